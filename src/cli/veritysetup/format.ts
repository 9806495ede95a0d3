import { statSync, writeFileSync } from 'node:fs';
import { DmError } from '../../errors.ts';
import { DEFAULT_ROOTS } from '../../verity/fec-area.ts';
import { formatVerity } from '../../verity/format.ts';
import { DEFAULTS } from '../../verity/parameters.ts';
import { progressOn } from '../progress.ts';
import type { Arguments } from './arguments.ts';
import { dumpText } from './dump.ts';
import { Failure } from './failures.ts';
import { fecOf, parametersOf } from './given.ts';
import type { Work } from './work.ts';

/** Of most machines; the kernel's own is not known to Node. */
const PAGE = 4096;
const PAGE_WARNING = `WARNING: Kernel cannot activate device if data block size exceeds page size (${PAGE}).`;

export async function format(work: Work): Promise<void> {
  const { args, operands, output, signal, names } = work;
  const [dataDevice, hashDevice] = operands as [string, string];
  Object.assign(names, { data: dataDevice, hash: hashDevice });
  const fec = fecOf(args);
  makeIfNew(hashDevice, 'hash');
  if (fec) makeIfNew(fec.device, 'FEC');
  const progress = progressOn(output.terminal, 'Hashing', statSync(dataDevice, { throwIfNoEntry: false })?.size ?? 0);
  const formatted = await formatVerity({
    dataDevice,
    hashDevice,
    hashOffset: args.numbers['hash-offset'],
    superblock: !args.switches.has('no-superblock'),
    uuid: args.texts.uuid,
    ...parametersOf(work),
    fec,
    signal,
    onProgress: progress.update,
  })
    .catch((error) => {
      throw unsupportedAlgorithm(error, args);
    })
    .finally(progress.end);
  const algorithm = args.texts.hash ?? DEFAULTS.algorithm;
  if (formatted.parameters.dataBlockSize > PAGE) output.error(PAGE_WARNING);
  const roots = fec && (fec.roots ?? DEFAULT_ROOTS);
  const parameters = { ...formatted.parameters, algorithm };
  output.text(dumpText({ ...formatted, parameters, hashDevice, roots, fecOffset: fec?.offset ?? 0 }));
  const file = args.texts['root-hash-file'];
  if (file !== undefined) writeRoot(file, formatted.rootDigest);
}

/** A file that was not there is made first, and stays when the rest fails. */
function makeIfNew(path: string, kind: string): void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new Failure(`Cannot create ${kind} image ${path} for writing.`);
  }
}

function unsupportedAlgorithm(error: unknown, { texts }: Arguments): unknown {
  const isUnknown = error instanceof DmError && /^verity_algorithm/.test(error.code);
  return isUnknown ? new Failure(`Hash algorithm ${texts.hash} not supported.`) : error;
}

function writeRoot(file: string, root: string): void {
  try {
    writeFileSync(file, root);
  } catch {
    throw new Failure(`Cannot create root hash file ${file} for writing.`);
  }
}

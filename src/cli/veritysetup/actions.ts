import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { DeviceMapper } from '../../device-mapper.ts';
import { DmError } from '../../errors.ts';
import { loadPlanner } from '../../planner/planner.ts';
import { closeVerity, openVerity, statusVerity, type VerityBehaviour } from '../../verity/device.ts';
import { DEFAULT_ROOTS, type FecArea } from '../../verity/fec-area.ts';
import { formatVerity } from '../../verity/format.ts';
import { withImage } from '../../verity/image.ts';
import { openToRead } from '../../verity/image-file.ts';
import { layoutOf } from '../../verity/layout.ts';
import { DEFAULTS, type VerityParameters } from '../../verity/parameters.ts';
import { type Corruption, verifyVerity } from '../../verity/verify.ts';
import { superblockAt } from '../commands/verity.ts';
import { mangle } from '../mangle.ts';
import type { Output } from '../output.ts';
import { progressOn } from '../progress.ts';
import type { Arguments } from './arguments.ts';
import { dumpText } from './dump.ts';
import { EXIT, Failure, type Names, NO_DEVICE_MAPPER } from './failures.ts';
import { statusText } from './status.ts';

/** What an action works with. */
export interface Work {
  args: Arguments;
  operands: string[];
  output: Output;
  signal: AbortSignal;
  names: Names;
  withDeviceMapper: (use: (dm: DeviceMapper) => Promise<void>) => Promise<void>;
}

/** The actions; each resolves when veritysetup would exit with 0. */
export const ACTIONS: Record<string, (work: Work) => Promise<void>> = { format, verify, open, close, status, dump };

/** In hex digits. veritysetup says nothing of a longer one. */
const LONGEST_SALT = 512;
const SUPERBLOCK_ALIGNMENT = 512;

/** Of most machines; the kernel's own is not known to Node. */
const PAGE = 4096;
const PAGE_WARNING = `WARNING: Kernel cannot activate device if data block size exceeds page size (${PAGE}).`;

function fecOf({ texts, numbers }: Arguments): FecArea | undefined {
  const device = texts['fec-device'];
  if (device === undefined) return undefined;
  return { device, offset: numbers['fec-offset'], roots: numbers['fec-roots'] };
}

function refuseFec({ texts }: Arguments): void {
  if (texts['fec-device'] === undefined) return;
  throw new Failure(
    'Repair with error correction is not supported by verify yet; leave --fec-device out, or open the device.',
  );
}

function saltOf({ texts }: Arguments): string | undefined {
  const { salt } = texts;
  if (salt === undefined) return undefined;
  if (salt === '-') return '';
  if (salt.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(salt)) throw new Failure('Invalid salt string specified.');
  if (salt.length > LONGEST_SALT) throw new Failure('');
  return salt.toLowerCase();
}

/** What was given, with veritysetup's default for what was not. */
function parametersOf({ args, names }: Work): Omit<VerityParameters, 'salt'> & { salt: string | undefined } {
  const { numbers, texts } = args;
  const dataBlockSize = numbers['data-block-size'] ?? DEFAULTS.dataBlockSize;
  const hashType = numbers.format ?? DEFAULTS.hashType;
  if (hashType > 1) throw new Failure(`Unsupported VERITY hash type ${hashType}.`);
  return {
    hashType: hashType as 0 | 1,
    algorithm: (texts.hash ?? DEFAULTS.algorithm).toLowerCase(),
    dataBlockSize,
    hashBlockSize: numbers['hash-block-size'] ?? DEFAULTS.hashBlockSize,
    dataBlocks: numbers['data-blocks'] || wholeBlocks(names.data!, dataBlockSize),
    salt: saltOf(args),
  };
}

/** As many as fit: the rest of the device is not verified, and not part of the image. */
function wholeBlocks(path: string, blockSize: number): number {
  const file = openToRead(path);
  file.close();
  return blockSize > 0 ? Math.floor(file.size / blockSize) : 0;
}

async function format(work: Work): Promise<void> {
  const { args, operands, output, signal, names } = work;
  const [dataDevice, hashDevice] = operands as [string, string];
  Object.assign(names, { data: dataDevice, hash: hashDevice });
  const fec = fecOf(args);
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

/** The root hash of `verify` and `open`, which stands behind the other operands. */
function rootOf({ args, operands }: Work, index: number): string {
  const file = args.texts['root-hash-file'];
  const given = operands[index];
  if (given !== undefined) return given;
  if (file === undefined) {
    throw new Failure('Command requires <root_hash> or --root-hash-file option as argument.');
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Failure(`Cannot read root hash file ${file}.`);
  }
}

/** Where the image is; without a superblock, with the parameters that were given. */
function imageOf(work: Work, dataDevice: string, hashDevice: string) {
  const { args, names } = work;
  Object.assign(names, { data: dataDevice, hash: hashDevice });
  const superblock = !args.switches.has('no-superblock');
  if (superblock) checkOffset(work, hashDevice);
  const parameters = superblock ? {} : { ...parametersOf(work), salt: saltOf(args) ?? '' };
  return { dataDevice, hashDevice, hashOffset: args.numbers['hash-offset'], superblock, parameters };
}

/** Before a superblock is read. */
function checkOffset({ args, output }: Work, hashDevice: string): void {
  if ((args.numbers['hash-offset'] ?? 0) % SUPERBLOCK_ALIGNMENT === 0) return;
  output.error('Unsupported VERITY hash offset.');
  throw new Failure(`Device ${hashDevice} is not a valid VERITY device.`);
}

async function verify(work: Work): Promise<void> {
  const [dataDevice, hashDevice] = work.operands as [string, string];
  const rootDigest = rootOf(work, 2);
  refuseFec(work.args);
  const image = imageOf(work, dataDevice, hashDevice);
  const size = statSync(dataDevice, { throwIfNoEntry: false })?.size ?? 0;
  const progress = progressOn(work.output.terminal, 'Verifying', size);
  const { signal } = work;
  const verified = await verifyVerity({ ...image, rootDigest, signal, onProgress: progress.update })
    .catch((error) => {
      throw invalidDevice(error, hashDevice);
    })
    .finally(progress.end);
  if (verified.valid) return;
  const wrong = verified.corruptions.filter(({ level }) => !isTop(level, verified.corruptions, verified.rootMatches));
  if (wrong.length === 0) throw new Failure('Verification of root hash failed.');
  const { numbers } = work.args;
  const first = await firstOf(wrong, image, numbers);
  work.output.error(first);
  throw new Failure('Verification of data area failed.', EXIT.denied);
}

/** The block above which there is only the root hash. */
function isTop(level: Corruption['level'], all: Corruption[], rootMatches: boolean): boolean {
  return (
    !rootMatches &&
    all[0]!.level === level &&
    all[0]!.what === 'content' &&
    !all.some((one) => one !== all[0] && one.level === level)
  );
}

const order = ({ level }: Corruption): number => (level === 'data' ? -1 : level);

/** veritysetup reads from the data up, and stops at the first block that is wrong. */
async function firstOf(wrong: Corruption[], image: Parameters<typeof withImage>[0], _: unknown): Promise<string> {
  const [first] = wrong.toSorted((a, b) => rank(a) - rank(b) || a.position - b.position);
  if (first!.what === 'content') return `Verification failed at position ${first!.position}.`;
  return withImage(image, async ({ layout, parameters }) => {
    const below = order(first!) === 0 ? Number(parameters.dataBlocks) : layout.levels[order(first!) - 1]!.blocks;
    const used = Math.min(layout.digestsPerBlock, below - first!.firstBlock * layout.digestsPerBlock);
    return `Spare area is not zeroed at position ${first!.position + used * layout.slotSize}.`;
  });
}

/** The padding of a level is read together with the blocks below it. */
function rank(corruption: Corruption): number {
  return corruption.what === 'padding' ? order(corruption) - 0.5 : order(corruption);
}

/** A hash device that ends before its superblock is no verity device. */
function invalidDevice(error: unknown, hashDevice: string): unknown {
  const isCut = error instanceof DmError && error.code === 'verity_truncated';
  if (!isCut) return error;
  if (/superblock/.test(error.message)) return new Failure(`Device ${hashDevice} is not a valid VERITY device.`);
  return new Failure(`Header detected but device ${error.message.split(' has ')[0]} is too small.`);
}

async function open(work: Work): Promise<void> {
  const { args, operands, output, signal, names } = work;
  const [dataDevice, given, hashDevice] = operands as [string, string, string];
  const rootDigest = rootOf(work, 3);
  names.name = given;
  const name = mangle(given);
  await work.withDeviceMapper(async (dm) => {
    const image = imageOf(work, dataDevice, hashDevice);
    await openVerity(dm, {
      ...image,
      ...behaviourOf(args),
      name,
      rootDigest,
      fec: fecOf(args),
      trustSuperblock: true,
      signal,
    }).catch((error) => {
      throw invalidDevice(error, hashDevice);
    });
    if ((await statusVerity(dm, name)).corrupt) {
      output.error('Verity device detected corruption after activation.');
    }
  });
}

function behaviourOf({ switches, texts }: Arguments): VerityBehaviour {
  if (texts['root-hash-signature'] !== undefined) {
    throw new Failure('Root hash signatures are not supported by this program yet.');
  }
  const modes = (['ignore', 'restart', 'panic'] as const).filter((mode) =>
    switches.has(mode === 'ignore' ? 'ignore-corruption' : `${mode}-on-corruption`),
  );
  return {
    ...(modes[0] ? { onCorruption: modes[0] } : {}),
    ...(switches.has('ignore-zero-blocks') ? { ignoreZeroBlocks: true } : {}),
    ...(switches.has('check-at-most-once') ? { checkAtMostOnce: true } : {}),
    ...(switches.has('use-tasklets') ? { tryVerifyInTasklet: true } : {}),
  };
}

async function close({ args, operands, names, withDeviceMapper }: Work): Promise<void> {
  names.name = operands[0]!;
  if (args.switches.has('cancel-deferred')) {
    throw new Failure('Cancelling a deferred removal is not supported by this program yet.');
  }
  const deferred = args.switches.has('deferred') ? { deferred: true } : {};
  await withDeviceMapper((dm) => closeVerity(dm, mangle(operands[0]!), deferred)).catch((error) => {
    throw error instanceof DmError && error.code === 'no_device_mapper'
      ? new Failure(NO_DEVICE_MAPPER, EXIT.device)
      : error;
  });
}

async function status({ operands, output, names, withDeviceMapper }: Work): Promise<void> {
  const [given] = operands as [string];
  names.name = given;
  const shown = given.includes('/') ? given : `/dev/mapper/${given}`;
  await withDeviceMapper(async (dm) => {
    try {
      output.text(statusText(shown, await statusVerity(dm, mangle(given.replace(/^\/dev\/mapper\//, '')))));
    } catch (error) {
      if (!(error instanceof DmError) || error.code !== 'no_such_device') throw error;
      output.text(`${shown} is inactive.\n`);
      throw new Failure('', EXIT.device);
    }
  });
}

async function dump(work: Work): Promise<void> {
  const { args, operands, output, names } = work;
  const [hashDevice] = operands as [string];
  names.hash = hashDevice;
  checkOffset(work, hashDevice);
  const hashOffset = args.numbers['hash-offset'] ?? 0;
  const {
    superblockVersion: _,
    uuid,
    ...parameters
  } = await superblockAt(hashDevice, hashOffset).catch((error) => {
    throw invalidDevice(error, hashDevice);
  });
  const layout = layoutOf(parameters, { hashOffset, superblock: true, sameDevice: false }, await loadPlanner());
  output.text(dumpText({ parameters, layout, hashDevice, hashOffset, uuid }));
}

import { statSync } from 'node:fs';
import { DmError } from '../../errors.ts';
import type { FecArea } from '../../verity/fec-area.ts';
import { type ImageOptions, withImage } from '../../verity/image.ts';
import { examineFec } from '../../verity/repair.ts';
import { type Corruption, type VerifyOptions, verifyVerity } from '../../verity/verify.ts';
import type { Output } from '../output.ts';
import { progressOn } from '../progress.ts';
import { EXIT, Failure, saidOf } from './failures.ts';
import { fecOf, imageOf, invalidDevice, rootOf } from './given.ts';
import type { Work } from './work.ts';

export async function verify(work: Work): Promise<void> {
  const [dataDevice, hashDevice] = work.operands as [string, string];
  const { signal } = work;
  const options = { ...imageOf(work, dataDevice, hashDevice), rootDigest: rootOf(work, 2), signal };
  const size = statSync(dataDevice, { throwIfNoEntry: false })?.size ?? 0;
  const progress = progressOn(work.output.terminal, 'Verifying', size);
  const verified = await verifyVerity({ ...options, onProgress: progress.update })
    .catch((error) => {
      throw invalidDevice(error, hashDevice);
    })
    .finally(progress.end);
  if (verified.valid) return;
  const fec = fecOf(work.args);
  const wrong = verified.corruptions.filter(({ level }) => !isTop(level, verified.corruptions, verified.rootMatches));
  const isRoot = wrong.length === 0;
  if (!isRoot) work.output.error(await firstOf(wrong, options));
  const failed = isRoot ? 'Verification of root hash failed.' : 'Verification of data area failed.';
  if (!fec) throw new Failure(failed, isRoot ? EXIT.wrong : EXIT.denied);
  work.output.error(failed);
  await examine({ ...options, fec }, isRoot, work);
}

/**
 * Tells of errors that could be repaired; nothing is. veritysetup takes any image for right whose codes can be made right; here
 * the root hash has to be the one that was given, too.
 */
async function examine(options: VerifyOptions & { fec: FecArea }, isRoot: boolean, { output }: Work): Promise<void> {
  const { errors, failedRound, valid } = await examineFec(options).catch((error) => {
    throw irreparable(error, output);
  });
  if (failedRound !== undefined) output.error(`Failed to repair parity for block ${failedRound}.`);
  if (valid) output.error(`Found ${errors} repairable errors with FEC device.`);
  else if (!isRoot) output.error(IRREPARABLE);
  if (!valid || isRoot) throw new Failure('', EXIT.denied);
}

const IRREPARABLE = 'Errors cannot be repaired with FEC device.';

/** An area that is no error correction of this image. */
function irreparable(error: unknown, output: Output): unknown {
  if (!(error instanceof DmError)) return error;
  if (error.code === 'verity_truncated') {
    output.error('Failed to repair parity for block 0.');
    return new Failure(IRREPARABLE, EXIT.denied);
  }
  if (!/^verity_fec_/.test(error.code)) return error;
  output.error(saidOf(error, {}).message);
  return new Failure(IRREPARABLE);
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
async function firstOf(wrong: Corruption[], image: ImageOptions): Promise<string> {
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

import { DmError } from '../errors.ts';
import { countErrors, type ErrorCount } from './fec.ts';
import { type FecArea, withFec } from './fec-area.ts';
import { withImage } from './image.ts';
import { type ImageFile, openNew, openToWrite } from './image-file.ts';
import { type BlockPlace, type Mended, Mender } from './mender.ts';
import { checkRoot, type OpenImage } from './tree.ts';
import type { VerifyOptions } from './verify.ts';

/** Where the repaired image goes. */
export type RepairTarget =
  /** Only say what could be repaired. */
  | 'nowhere'
  /** Into the corrupt blocks themselves, once it is known that all of them can be repaired. */
  | 'in-place'
  /** Into new files: the data, and the tree where that is on another device. Without `hashDevice` the tree stays as it is. */
  | { dataDevice: string; hashDevice?: string | undefined };

export interface RepairOptions extends Omit<VerifyOptions, 'threads'> {
  fec: FecArea;
  /** `nowhere` unless given. */
  into?: RepairTarget | undefined;
}

/** What was, or could be, repaired. */
export interface Repaired {
  dataBlocks: number;
  treeBlocks: number;
}

/**
 * Repairs the corrupt blocks of an image from its error correction area: in each round of blocks that share codes, as many as
 * there are parity symbols. A block is right when its digest leads to the root digest, so nothing wrong is ever written. The
 * superblock is not covered, nor is the area itself.
 *
 * @throws {DmError} `verity_irreparable` with the first block, and nothing is changed; `file_exists` for a file that is to be
 * made; `verity_fec_roots`, `verity_fec_overlap` …; those of opening an image
 */
export async function repairVerity(options: RepairOptions): Promise<Repaired> {
  return withImage(options, (image) =>
    withFec(image, options.fec, async (rounds) => {
      const root = checkRoot(options.rootDigest, image.layout.digestSize);
      const { signal, onProgress, into = 'nowhere' } = options;
      const mend = async (onMended: (place: BlockPlace, bytes: Uint8Array) => void): Promise<Repaired> => {
        const mender = new Mender(image, root, rounds);
        const { dataBlocks, treeBlocks, ...more } = await mender.run({ onMended, onProgress, signal });
        if (more.lost > 0) throw irreparable(more);
        return { dataBlocks, treeBlocks };
      };
      if (into === 'in-place') {
        await mend(() => {});
        return writeInto(openBoth(image, openToWrite), mend);
      }
      if (into === 'nowhere') return mend(() => {});
      return writeInto(await copies(image, into, signal), mend);
    }),
  );
}

/** What error correction finds without being told which blocks are corrupt. */
export interface Examined extends ErrorCount {
  /** Whether the image is right without the errors that were found. */
  valid: boolean;
}

/**
 * Looks for errors by the parity alone, as veritysetup does, and then whether the image would be right without them. Nothing
 * is changed. `repairVerity` can do more, as it knows corrupt blocks by their digests.
 *
 * @throws {DmError} those of `repairVerity` but `verity_irreparable`
 */
export async function examineFec(options: Omit<RepairOptions, 'into'>): Promise<Examined> {
  return withImage(options, (image) =>
    withFec(image, options.fec, async (rounds) => {
      const root = checkRoot(options.rootDigest, image.layout.digestSize);
      const counted = await countErrors(rounds, options.signal);
      if (counted.failedRound !== undefined) return { ...counted, valid: false };
      const { lost } = await new Mender(image, root, rounds).run({ onMended: () => {}, signal: options.signal });
      return { ...counted, valid: lost === 0 };
    }),
  );
}

/** Files to write what was mended of data and tree to; those of the tree may be unwanted. */
interface Written {
  data: ImageFile;
  hash: ImageFile | undefined;
}

async function writeInto(
  { data, hash }: Written,
  mend: (onMended: (place: BlockPlace, bytes: Uint8Array) => void) => Promise<Repaired>,
): Promise<Repaired> {
  const files = [...new Set([data, hash])].filter((file) => file !== undefined);
  try {
    const repaired = await mend(({ level, position }, bytes) =>
      (level === 'data' ? data : hash)?.write(bytes, position),
    );
    for (const file of files) file.sync();
    return repaired;
  } catch (error) {
    for (const file of files) file.discard();
    throw error;
  } finally {
    for (const file of files) file.close();
  }
}

function openBoth({ data, hash }: OpenImage, open: (path: string) => ImageFile): Written {
  const opened = open(data.path);
  if (data.isSameAs(hash)) return { data: opened, hash: opened };
  try {
    return { data: opened, hash: open(hash.path) };
  } catch (error) {
    opened.close();
    throw error;
  }
}

async function copies(
  { data, hash }: OpenImage,
  { dataDevice, hashDevice }: { dataDevice: string; hashDevice?: string | undefined },
  signal: AbortSignal | undefined,
): Promise<Written> {
  const made: ImageFile[] = [];
  const copy = async (source: ImageFile, path: string): Promise<ImageFile> => {
    const file = openNew(path);
    made.push(file);
    await source.copyTo(file, signal);
    return file;
  };
  try {
    const copied = await copy(data, dataDevice);
    if (data.isSameAs(hash)) return { data: copied, hash: copied };
    return { data: copied, hash: hashDevice === undefined ? undefined : await copy(hash, hashDevice) };
  } catch (error) {
    for (const file of made) {
      file.discard();
      file.close();
    }
    throw error;
  }
}

function irreparable({ lost, firstLost }: Pick<Mended, 'lost' | 'firstLost'>): DmError {
  const { level, block, position } = firstLost!;
  const where = level === 'data' ? 'the data' : `level ${level} of the tree`;
  return new DmError({
    code: 'verity_irreparable',
    message: `${lost === 1 ? 'a block is' : `${lost} blocks are`} beyond what error correction can repair; the first is block ${block} of ${where}, at byte ${position}. Nothing was changed`,
  });
}

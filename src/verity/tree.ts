import { DmError } from '../errors.ts';
import { nodeHashOf } from './algorithms.ts';
import { BlockHasher, type HashOptions } from './hasher.ts';
import type { ImageFile } from './image-file.ts';
import type { Found, LevelJob } from './job.ts';
import type { VerityLayout } from './layout.ts';
import type { VerityParameters } from './parameters.ts';
import { Pool, type WorkOptions } from './pool.ts';

/** An image: its two devices, open, and where everything is. */
export interface OpenImage {
  parameters: VerityParameters;
  layout: VerityLayout;
  data: ImageFile;
  hash: ImageFile;
}

/** How the blocks of an image are hashed. */
export function hashOptionsOf({ algorithm, hashType, salt }: VerityParameters): HashOptions {
  return { algorithm: nodeHashOf(algorithm), hashType, salt: Buffer.from(salt, 'hex') };
}

/** One job a level: the first reads data, each of the others the level that the one before it wrote. */
function jobsOf({ parameters, layout, data, hash }: OpenImage, compare: boolean): LevelJob[] {
  const { dataBlockSize, hashBlockSize, dataBlocks } = parameters;
  const { levels, digestSize, digestsPerBlock, slotSize } = layout;
  return levels.map((level, index) => {
    const below = levels[index - 1];
    return {
      hash: hashOptionsOf(parameters),
      inputFd: below ? hash.fd : data.fd,
      inputOffset: below ? below.firstBlock * hashBlockSize : 0,
      blockSize: below ? hashBlockSize : dataBlockSize,
      blocks: below ? below.blocks : Number(dataBlocks),
      hashFd: hash.fd,
      hashOffset: level.firstBlock * hashBlockSize,
      hashBlockSize,
      digestSize,
      digestsPerBlock,
      slotSize,
      compare,
    };
  });
}

/** Writes the tree (`compare`: compares it) level by level; what each level has wrong. */
export async function workOnTree(image: OpenImage, compare: boolean, options: WorkOptions): Promise<Found[]> {
  const pool = new Pool(image.layout.dataSize, options);
  try {
    return await pool.run(jobsOf(image, compare));
  } finally {
    await pool.close();
  }
}

/** The digest, in hex, of the block at the top: of the last level, or of the only data block. */
export function rootOf({ parameters, layout, data, hash }: OpenImage): string {
  const top = layout.levels.at(-1);
  const blockSize = top ? parameters.hashBlockSize : parameters.dataBlockSize;
  const hasher = new BlockHasher(hashOptionsOf(parameters), blockSize);
  if (top) hash.read(hasher.window(1), top.firstBlock * blockSize);
  else data.read(hasher.window(1), 0);
  return Buffer.from(hasher.digests(1)[0]!, 'latin1').toString('hex');
}

/**
 * A root digest as it was given.
 * @throws {DmError} `verity_root_digest`
 */
export function checkRoot(root: string, digestSize: number): string {
  if (/^[0-9a-f]*$/i.test(root) && root.length === digestSize * 2) return root.toLowerCase();
  throw new DmError({
    code: 'verity_root_digest',
    message: `a root digest has ${digestSize * 2} hex digits; this is ${JSON.stringify(root)}`,
  });
}

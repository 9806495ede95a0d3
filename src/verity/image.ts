import { DmError } from '../errors.ts';
import { loadPlanner, type Planner } from '../planner/planner.ts';
import { type ImageFile, openToRead } from './image-file.ts';
import { layoutOf } from './layout.ts';
import type { VerityParameters } from './parameters.ts';
import { readSuperblockOf, type VeritySuperblock } from './superblock.ts';
import type { OpenImage } from './tree.ts';

/** Where an image is, and what its parameters are. */
export interface ImageOptions {
  dataDevice: string;
  hashDevice: string;
  /** Bytes from the start of the hash device to the superblock, or to the tree. */
  hashOffset?: number | undefined;
  /** Whether there is a superblock; yes unless told. */
  superblock?: boolean | undefined;
  /** What is known beforehand. A superblock that says otherwise is refused; without one, all are needed but the salt. */
  parameters?: Partial<VerityParameters> | undefined;
  planner?: Planner | undefined;
}

export interface FoundImage extends OpenImage {
  /** What the image has of its own. */
  superblock: VeritySuperblock | undefined;
}

/**
 * Opens an image to read it, and hands it over.
 * @throws {DmError} `verity_parameter_mismatch`, `verity_unpinned`, `verity_truncated`, those of `decodeSuperblock`
 */
export async function withImage<T>(options: ImageOptions, use: (image: FoundImage) => Promise<T>): Promise<T> {
  const planner = options.planner ?? (await loadPlanner());
  const data = openToRead(options.dataDevice);
  try {
    const hash = openToRead(options.hashDevice);
    try {
      return await use(await find(data, hash, options, planner));
    } finally {
      hash.close();
    }
  } finally {
    data.close();
  }
}

async function find(data: ImageFile, hash: ImageFile, options: ImageOptions, planner: Planner): Promise<FoundImage> {
  const { hashOffset = 0, superblock: hasSuperblock = true, parameters: known = {} } = options;
  const superblock = hasSuperblock ? await readSuperblockOf(hash, hashOffset, planner) : undefined;
  const parameters = superblock ? agreed(known, superblock) : complete(known);
  const place = { hashOffset, superblock: hasSuperblock, sameDevice: data.isSameAs(hash) };
  const layout = layoutOf(parameters, place, planner);
  checkLength(data, layout.dataSize, 'data');
  // veritysetup ends a file that needs no tree behind the superblock, inside its hash block.
  if (layout.levels.length > 0) checkLength(hash, layout.end, 'hash area');
  return { parameters, layout, data, hash, superblock };
}

function checkLength(file: ImageFile, needed: number, what: string): void {
  if (file.size >= needed) return;
  throw new DmError({
    code: 'verity_truncated',
    message: `${file.path} has ${file.size} bytes, but its ${what} ends at ${needed}: it is cut short`,
  });
}

/** The parameters, in the words of the superblock and of whoever pinned them. */
export const PARAMETERS: readonly (keyof VerityParameters)[] = [
  'hashType',
  'algorithm',
  'dataBlockSize',
  'hashBlockSize',
  'dataBlocks',
  'salt',
];

/**
 * The superblock's parameters, when they are the known ones.
 * @throws {DmError} `verity_parameter_mismatch`
 */
export function agreed(known: Partial<VerityParameters>, superblock: VeritySuperblock): VerityParameters {
  for (const name of PARAMETERS) {
    const wanted = known[name];
    if (wanted === undefined || String(wanted).toLowerCase() === String(superblock[name])) continue;
    throw new DmError({
      code: 'verity_parameter_mismatch',
      path: name,
      message: `${name}: the superblock says ${superblock[name]}, but ${wanted} is pinned; the image is another, or was tampered with`,
    });
  }
  const { hashType, algorithm, dataBlockSize, hashBlockSize, dataBlocks, salt } = superblock;
  return { hashType, algorithm, dataBlockSize, hashBlockSize, dataBlocks, salt };
}

/**
 * All parameters from whoever pinned them.
 * @throws {DmError} `verity_unpinned` naming those that are missing
 */
export function complete(known: Partial<VerityParameters>): VerityParameters {
  const missing = PARAMETERS.filter((name) => known[name] === undefined);
  if (missing.length === 0) return known as VerityParameters;
  throw new DmError({
    code: 'verity_unpinned',
    path: missing[0],
    message: `not pinned: ${missing.join(', ')}. Give them as they were when the image was made; the root digest says nothing of them`,
  });
}

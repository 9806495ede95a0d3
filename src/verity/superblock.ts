import { DmError } from '../errors.ts';
import { loadPlanner, type Planner } from '../planner/planner.ts';
import { type ImageFile, openToRead } from './image-file.ts';
import type { VerityParameters } from './parameters.ts';

/** Bytes of a superblock on disk. */
export const SUPERBLOCK_SIZE = 512;

/** The fields of a superblock. Nothing authenticates them: what a caller has pinned goes before them. */
export interface VeritySuperblock extends VerityParameters {
  /** Of the superblock's own layout; 1. It is not the hash type, which is 1 in most images too. */
  superblockVersion: number;
  uuid: string;
}

/**
 * The 512 bytes of a superblock.
 * @throws {DmError} `verity_hash_type`, `verity_uuid`, `verity_algorithm`, `verity_block_size`, `verity_salt_size` …
 */
export function encodeSuperblock(fields: Omit<VeritySuperblock, 'superblockVersion'>, planner: Planner): Uint8Array {
  const { hashType, uuid, algorithm, dataBlockSize, hashBlockSize, dataBlocks, salt } = fields;
  const request = { hashType, uuid, algorithm, dataBlockSize, hashBlockSize, dataBlocks, salt };
  return (planner.compute('plan', { v: 1, action: 'verity_superblock', ...request }) as { superblock: Uint8Array })
    .superblock;
}

/**
 * The fields of the 512 bytes of a superblock, each of them checked.
 * @throws {DmError} `verity_no_superblock`, `verity_superblock_version`, `verity_salt_size` …
 */
export function decodeSuperblock(bytes: Uint8Array, planner: Planner): VeritySuperblock {
  return planner.compute('decode', { superblock: bytes }) as VeritySuperblock;
}

/** The superblock at that byte of an open file. @throws {DmError} `verity_truncated`, those of `decodeSuperblock` */
export async function readSuperblockOf(file: ImageFile, offset: number, planner?: Planner): Promise<VeritySuperblock> {
  const bytes = Buffer.alloc(SUPERBLOCK_SIZE);
  if (offset + SUPERBLOCK_SIZE > file.size) {
    throw new DmError({
      code: 'verity_truncated',
      message: `${file.path} ends at byte ${file.size}; a superblock at ${offset} would end behind it`,
    });
  }
  file.read(bytes, offset);
  return decodeSuperblock(bytes, planner ?? (await loadPlanner()));
}

/** The superblock at that byte of a file or device. @throws {DmError} `unreadable_file`, those of `readSuperblockOf` */
export async function superblockAt(path: string, offset: number): Promise<VeritySuperblock> {
  const file = openToRead(path);
  try {
    return await readSuperblockOf(file, offset);
  } finally {
    file.close();
  }
}

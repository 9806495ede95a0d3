import { DmError } from '../errors.ts';
import type { Planner } from '../planner/planner.ts';
import { type Sectors, toBytes } from '../units.ts';
import type { VerityParameters } from './parameters.ts';

/** Where the hash area is, and whether a superblock leads it. */
export interface VerityPlace {
  /** Bytes from the start of the hash device to the superblock, or to the tree where there is none. */
  hashOffset: number;
  superblock: boolean;
  /** Whether data and hash area are on one device. */
  sameDevice: boolean;
}

/** One level of the tree, in hash blocks of the hash device. */
export interface VerityLevel {
  firstBlock: number;
  blocks: number;
}

/** The geometry of a hash tree: sizes in bytes unless they are called blocks. */
export interface VerityLayout {
  digestSize: number;
  digestsPerBlock: number;
  /** From one digest of a hash block to the next. */
  slotSize: number;
  dataSize: number;
  hashStartBlock: number;
  hashBlocks: number;
  /** The one whose digests are the data's first; the last is a single block. None for one data block. */
  levels: VerityLevel[];
  /** Where the hash area ends. */
  end: number;
}

/**
 * The geometry of the tree that these parameters make.
 * @throws {DmError} `verity_no_data`, `verity_block_size`, `verity_hash_offset`, `verity_tree_in_data` …
 */
export function layoutOf(parameters: VerityParameters, place: VerityPlace, planner: Planner): VerityLayout {
  const { hashType, algorithm, dataBlockSize, hashBlockSize, dataBlocks } = parameters;
  const fields = { hashType, algorithm, dataBlockSize, hashBlockSize, dataBlocks, ...place };
  const layout = planner.layout({ kind: 'verity', ...fields });
  return {
    digestSize: Number(layout.digestSize),
    digestsPerBlock: Number(layout.digestsPerBlock),
    slotSize: Number(layout.slotSize),
    dataSize: bytesOf(layout.length),
    hashStartBlock: Number(layout.hashStartBlock),
    hashBlocks: Number(layout.hashBlocks),
    levels: layout.levels
      .toReversed()
      .map(({ start, blocks }) => ({ firstBlock: Number(start), blocks: Number(blocks) })),
    end: bytesOf(layout.hashDeviceSize),
  };
}

function bytesOf(sectors: Sectors): number {
  const bytes = Number(toBytes(sectors));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new DmError({
    code: 'verity_file_too_large',
    message: `a device of ${bytes} bytes cannot be read here; 2^53 are the most`,
  });
}

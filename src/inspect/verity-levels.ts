/** The hash tree of a verity target, and the way from a data block up to the root digest. */

import { DmError } from '../errors.ts';
import type { Planner } from '../planner/planner.ts';
import { plainText } from './plain-text.ts';

export interface Level {
  /** The first block on the hash device, in hash blocks. */
  start: number;
  blocks: number;
}

export interface Tree {
  target: number;
  /** The highest first; empty where the digest of the only data block is the root. */
  levels: Level[];
  dataBlocks: number;
  dataBlockSize: number;
  hashBlockSize: number;
  hashStartBlock: number;
  digestsPerBlock: number;
  rootDigest: string;
  algorithm: string;
  salt: string;
  dataDevice: string;
  hashDevice: string;
}

/** Nothing for fields that are no verity target's, or whose algorithm the planner does not know. */
export function treeOf(
  planner: Planner,
  target: number,
  fields: Record<string, unknown> | undefined,
): Tree | undefined {
  if (!fields || !('rootDigest' in fields)) return undefined;
  const number = (name: string): number => Number(fields[name]);
  const text = (name: string): string => plainText((fields[name] ?? '') as string | Uint8Array);
  const [dataBlockSize, hashBlockSize, hashStartBlock] = [
    number('dataBlockSize'),
    number('hashBlockSize'),
    number('hashStartBlock'),
  ];
  try {
    const { levels, digestsPerBlock } = planner.layout({
      kind: 'verity',
      hashType: number('hashType') === 0 ? 0 : 1,
      algorithm: text('algorithm'),
      dataBlockSize,
      hashBlockSize,
      dataBlocks: number('dataBlocks'),
      hashOffset: BigInt(hashStartBlock) * BigInt(hashBlockSize),
      superblock: false,
    });
    return {
      target,
      levels: levels.map(({ start, blocks }) => ({ start: Number(start), blocks: Number(blocks) })),
      dataBlocks: number('dataBlocks'),
      dataBlockSize,
      hashBlockSize,
      hashStartBlock,
      digestsPerBlock: Number(digestsPerBlock),
      rootDigest: text('rootDigest'),
      algorithm: text('algorithm'),
      salt: text('salt'),
      dataDevice: text('dataDevice'),
      hashDevice: text('hashDevice'),
    };
  } catch (error) {
    if (error instanceof DmError) return undefined;
    throw error;
  }
}

/** Where the digest of a data block, and of each block above it, stands. */
export interface PathStep {
  /** Among the blocks of its level. */
  index: number;
  /** On the hash device, in hash blocks. */
  block: number;
  /** Which digest of the block. */
  slot: number;
}

/** From the level above the data to the top: one for each level. */
export function pathOf({ levels, digestsPerBlock }: Tree, dataBlock: number): PathStep[] {
  let below = dataBlock;
  return levels.toReversed().map(({ start }) => {
    const index = Math.floor(below / digestsPerBlock);
    const slot = below % digestsPerBlock;
    below = index;
    return { index, block: start + index, slot };
  });
}

import type { VerityParameters } from '../../../src/index.ts';

/** What a parameter of a tree can be, and which values are worth trying. */
export interface Values {
  dataBlocks: readonly number[];
  dataBlockSize: readonly number[];
  hashBlockSize: readonly number[];
  hashType: readonly (0 | 1)[];
  algorithm: readonly string[];
  salt: readonly string[];
}

/** Around the places where a tree of 128 digests a block gets another block or level. */
export const BOUNDARIES = [1, 2, 127, 128, 129, 16384, 16385] as const;
export const SALTS = ['', 'da', 'e48da609055204e89ae53b655ca2216dd983cf3cb829f34f63a297d106d53e2d', 'c7'.repeat(256)];

/**
 * Parameters in which all of them vary together, `each` times for every number of blocks; always the same ones. Images of many
 * blocks have small ones, so that none is larger than 16 MiB.
 */
export function sample(values: Values, each: number): VerityParameters[] {
  let state = 1;
  const pick = <T>(from: readonly T[]): T => {
    state = (state * 48271) % 0x7fffffff;
    return from[state % from.length]!;
  };
  return values.dataBlocks.flatMap((dataBlocks) =>
    Array.from({ length: each }, () => ({
      dataBlocks,
      dataBlockSize: pick(values.dataBlockSize.filter((size) => size * dataBlocks <= 16 * 1024 * 1024 + 1024)),
      hashBlockSize: pick(values.hashBlockSize),
      hashType: pick(values.hashType),
      algorithm: pick(values.algorithm),
      salt: pick(values.salt),
    })),
  );
}

/** In words, for the name of a test. */
export function describeParameters(parameters: VerityParameters): string {
  const { dataBlocks, dataBlockSize, algorithm, hashBlockSize, hashType, salt } = parameters;
  return `${dataBlocks} blocks of ${dataBlockSize}, ${algorithm} in ${hashBlockSize}, type ${hashType}, salt of ${salt.length / 2}`;
}

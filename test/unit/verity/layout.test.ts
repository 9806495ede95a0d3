import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf, loadPlanner, type VerityParameters } from '../../../src/index.ts';

const planner = await loadPlanner();
const DIGESTS = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 } as const;

const parameters: VerityParameters = {
  hashType: 1,
  algorithm: 'sha256',
  dataBlockSize: 4096,
  hashBlockSize: 4096,
  dataBlocks: 1,
  salt: '',
};
const place = { hashOffset: 0, superblock: true, sameDevice: false };

const blocksOf = (dataBlocks: number): number[] =>
  layoutOf({ ...parameters, dataBlocks }, place, planner).levels.map(({ blocks }) => blocks);

/** The kernel's own arithmetic (drivers/md/dm-verity-target.c verity_ctr), in bigint. */
function kernelLevels(dataBlocks: bigint, hashBlockSize: number, digestSize: number): bigint[] {
  const bits = BigInt(Math.floor(Math.log2(hashBlockSize / digestSize)));
  let levels = 0n;
  while ((dataBlocks - 1n) >> (bits * levels)) levels++;
  return Array.from({ length: Number(levels) }, (_, level) => {
    const shift = (BigInt(level) + 1n) * bits;
    return (dataBlocks + (1n << shift) - 1n) >> shift;
  });
}

describe('the layout of a hash tree', () => {
  it('has the levels that the kernel counts, at every boundary', () => {
    expect(blocksOf(1)).toEqual([]);
    expect(blocksOf(2)).toEqual([1]);
    expect(blocksOf(128)).toEqual([1]);
    expect(blocksOf(129)).toEqual([2, 1]);
    expect(blocksOf(16384)).toEqual([128, 1]);
    expect(blocksOf(16385)).toEqual([129, 2, 1]);
  });

  it('agrees with the kernel for any sizes', () => {
    const shifts = fc.integer({ min: 9, max: 16 });
    const digests = fc.constantFrom(...(Object.keys(DIGESTS) as (keyof typeof DIGESTS)[]));
    fc.assert(
      fc.property(digests, shifts, fc.bigInt({ min: 1n, max: 2n ** 35n }), (algorithm, shift, dataBlocks) => {
        const hashBlockSize = 2 ** shift;
        const made = layoutOf({ ...parameters, algorithm, hashBlockSize, dataBlocks }, place, planner);
        const expected = kernelLevels(dataBlocks, hashBlockSize, DIGESTS[algorithm]);
        expect(made.levels.map(({ blocks }) => BigInt(blocks))).toEqual(expected);
        let at = made.hashStartBlock;
        for (const level of made.levels.toReversed()) {
          expect(level.firstBlock).toBe(at);
          at += level.blocks;
        }
        expect(made.end).toBe(at * hashBlockSize);
      }),
      { numRuns: 300 },
    );
  });

  it('starts behind the superblock, in whole hash blocks', () => {
    const start = (hashOffset: number, superblock: boolean, hashBlockSize = 4096): number =>
      layoutOf({ ...parameters, hashBlockSize }, { ...place, hashOffset, superblock }, planner).hashStartBlock;
    expect(start(0, true)).toBe(1);
    expect(start(512, true)).toBe(1);
    expect(start(4096, true)).toBe(2);
    expect(start(4096 - 512, true)).toBe(1);
    expect(start(4096, false)).toBe(1);
    expect(start(0, true, 512)).toBe(1);
  });

  it.each([
    ['verity_hash_offset', {}, { hashOffset: 100 }],
    ['verity_hash_offset', {}, { hashOffset: 512, superblock: false }],
    ['verity_tree_in_data', { dataBlocks: 350 }, { hashOffset: 1_228_800, sameDevice: true }],
    ['verity_no_data', { dataBlocks: 0 }, {}],
    ['verity_too_many_blocks', { dataBlocks: 2n ** 52n }, {}],
    ['verity_block_size', { dataBlockSize: 333 }, {}],
    ['verity_block_size', { dataBlockSize: 131_072 }, {}],
    ['verity_hash_type', { hashType: 3 as 1 }, {}],
    ['verity_algorithm', { algorithm: 'blah' }, {}],
    ['verity_file_too_large', { dataBlocks: 2n ** 45n }, {}],
  ])('is refused as %s', (code, changes, moved) => {
    expect(() => layoutOf({ ...parameters, ...changes }, { ...place, ...moved }, planner)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

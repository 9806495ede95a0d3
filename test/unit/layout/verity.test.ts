import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIGESTS } from '../../../assembly/tables/digests.ts';
import { layout, layoutUnless, refusal } from './ask.ts';
import { LAST_SECTOR, verityStart, verityTree } from './reference.ts';

const verity = (fields: object) => layout({ kind: 'verity', algorithm: 'sha256', ...fields });
const level = (start: number, blocks: number) => ({ start: BigInt(start), blocks: BigInt(blocks) });

describe('a hash tree', () => {
  test.each([
    [1, []],
    [2, [level(1, 1)]],
    [127, [level(1, 1)]],
    [128, [level(1, 1)]],
    [129, [level(1, 1), level(2, 2)]],
    [16384, [level(1, 1), level(2, 128)]],
    [16385, [level(1, 1), level(2, 2), level(4, 129)]],
    [2097152, [level(1, 1), level(2, 128), level(130, 16384)]],
    [2097153, [level(1, 1), level(2, 2), level(4, 129), level(133, 16385)]],
  ])('over %d blocks of 4 KiB with sha256', (dataBlocks, levels) => {
    const answer = verity({ dataBlocks });
    const blocks = levels.reduce((sum, each) => sum + each.blocks, 0n);
    expect(answer).toEqual({
      length: BigInt(dataBlocks) * 8n,
      dataBlocks: BigInt(dataBlocks),
      digestSize: 32n,
      digestsPerBlock: 128n,
      slotSize: 32n,
      hashOffset: 0n,
      hashStartBlock: 1n,
      hashBlocks: blocks,
      hashSectors: blocks * 8n,
      hashDeviceSize: (blocks + 1n) * 8n,
      levels,
    });
  });

  test.each([
    ['sha1', 1, 32n, 128n],
    ['sha1', 0, 20n, 128n],
    ['sha384', 1, 64n, 64n],
    ['sha384', 0, 48n, 64n],
    ['sha512', 0, 64n, 64n],
  ])('has digests of %s and type %d in slots of %d bytes', (algorithm, hashType, slotSize, digestsPerBlock) => {
    expect(verity({ dataBlocks: 2, algorithm, hashType })).toMatchObject({ slotSize, digestsPerBlock });
  });

  test('stands behind the data where both are on one device', () => {
    expect(verity({ dataSize: '1MiB', sameDevice: true })).toMatchObject({
      hashOffset: 1048576n,
      hashStartBlock: 257n,
      levels: [level(257, 1), level(258, 2)],
    });
    const small = { dataSize: 3, dataBlockSize: 512, sameDevice: true };
    expect(verity({ ...small, superblock: true })).toMatchObject({ hashOffset: 1536n, hashStartBlock: 1n });
    expect(verity({ ...small, superblock: false })).toMatchObject({ hashOffset: 4096n, hashStartBlock: 1n });
  });

  test('begins at a block of its own behind the superblock', () => {
    expect(verity({ dataBlocks: 8, hashOffset: 3584 }).hashStartBlock).toBe(1n);
    expect(verity({ dataBlocks: 8, hashOffset: 4096 }).hashStartBlock).toBe(2n);
    expect(verity({ dataBlocks: 8, hashOffset: 4096, superblock: false }).hashStartBlock).toBe(1n);
    expect(verity({ dataBlocks: 8, superblock: false }).hashStartBlock).toBe(0n);
  });

  test('is that of cryptsetup, whatever the sizes', () => {
    const power = (least: number, most: number) =>
      fc.integer({ min: least, max: most }).map((bits) => 2n ** BigInt(bits));
    const blocks = fc.oneof(fc.bigInt({ min: 1n, max: 100_000n }), fc.bigInt({ min: 1n, max: 2n ** 47n - 1n }));
    const digest = fc.oneof(fc.constantFrom(...Object.values(DIGESTS)), fc.integer({ min: 1, max: 256 }));
    fc.assert(
      fc.property(power(9, 16), power(9, 20), digest, blocks, fc.boolean(), fc.nat(64), (...values) => {
        const [dataBlockSize, hashBlockSize, digestSize, dataBlocks, superblock, at] = values;
        const hashOffset = BigInt(at) * (superblock ? 512n : hashBlockSize);
        const start = verityStart(hashOffset, hashBlockSize, superblock);
        const tree = verityTree(hashBlockSize, BigInt(digestSize), dataBlocks, start);
        const fields = { dataBlockSize, hashBlockSize, digestSize, dataBlocks, superblock, hashOffset };
        const answer = layoutUnless(digestSize * 2 > hashBlockSize ? 'digest_too_long' : 'hash_tree_too_high', {
          kind: 'verity',
          ...fields,
        });
        expect(answer?.levels).toEqual(tree?.levels);
        if (!tree) return;
        expect(answer.hashStartBlock).toBe(start);
        expect(answer.hashBlocks).toBe(tree.end - start);
        expect(answer.hashDeviceSize).toBe((tree.end * hashBlockSize) / 512n);
        expect(answer.length).toBe((dataBlocks * dataBlockSize) / 512n);
      }),
      { numRuns: 2000 },
    );
  });

  test('takes as many blocks as a device can have, and no more', () => {
    const most = LAST_SECTOR / 8n;
    expect(verity({ dataBlocks: most }).levels).toEqual(verityTree(4096n, 32n, most, 1n)!.levels);
    expect(refusal({ kind: 'verity', algorithm: 'sha256', dataBlocks: most + 1n })).toMatchObject({
      name: 'verity_too_many_blocks',
      path: 'dataBlocks',
    });
  });

  test('knows the digests of every algorithm that the table knows', () => {
    for (const [algorithm, digestSize] of Object.entries(DIGESTS)) {
      expect(verity({ dataBlocks: 12345, algorithm })).toEqual(
        layout({ kind: 'verity', dataBlocks: 12345, digestSize }),
      );
    }
  });

  test.each([
    ['no size', {}, 'missing_field', 'dataSize'],
    ['both sizes', { dataSize: 8, dataBlocks: 1 }, 'conflicting_fields', 'dataSize'],
    ['no blocks', { dataBlocks: 0 }, 'verity_no_data', 'dataBlocks'],
    ['half a block', { dataSize: 4 }, 'not_multiple', 'dataSize'],
    ['both digests', { dataBlocks: 1, digestSize: 32 }, 'conflicting_fields', 'algorithm'],
    ['an unknown digest', { dataBlocks: 1, algorithm: 'crc-none' }, 'verity_algorithm', 'algorithm'],
    [
      'a digest above half a block',
      { dataBlocks: 1, algorithm: 'sha512', hashBlockSize: 64 },
      'verity_block_size',
      'hashBlockSize',
    ],
    ['a block of 1000', { dataBlocks: 1, dataBlockSize: 1000 }, 'verity_block_size', 'dataBlockSize'],
    ['an offset inside a sector', { dataBlocks: 1, hashOffset: 100 }, 'verity_hash_offset', 'hashOffset'],
    [
      'an offset inside a block',
      { dataBlocks: 1, hashOffset: 512, superblock: false },
      'verity_hash_offset',
      'hashOffset',
    ],
    ['a tree in the data', { dataBlocks: 2, sameDevice: true, hashOffset: 4096 }, 'verity_tree_in_data', 'hashOffset'],
    ['a tree past the end', { dataBlocks: 2, hashOffset: 2n ** 63n - 512n }, 'verity_hash_too_far', 'hashOffset'],
    ['a switch that is a number', { dataBlocks: 2, sameDevice: 1 }, 'wrong_type', 'sameDevice'],
    ['a field of another layout', { dataBlocks: 2, chunkSize: 1 }, 'unknown_field', 'chunkSize'],
  ])('with %s is refused', (_, fields, name, path) => {
    expect(refusal({ kind: 'verity', algorithm: 'sha256', ...fields })).toMatchObject({ name, path });
  });
});

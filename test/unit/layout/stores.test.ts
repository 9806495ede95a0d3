import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layout, refusal } from './ask.ts';
import { filledSnapshot, LAST_SECTOR, mirrorLog } from './reference.ts';

const MIB = 2048n;
const GIB = 1024n * MIB;
const TIB = 1024n * GIB;

describe('the store of a snapshot', () => {
  test.each([
    [1, 8, 3n],
    [8, 8, 3n],
    [9, 8, 4n],
    [8 * 255, 8, 257n],
    [8 * 256, 8, 259n],
    [8 * 257, 8, 260n],
    [31, 1, 33n],
    [32, 1, 35n],
    [33, 1, 36n],
  ])('of %d sectors in chunks of %d has %d chunks', (originSize, chunkSize, chunks) => {
    expect(layout({ kind: 'snapshot', originSize, chunkSize }).cowSize).toBe(chunks * BigInt(chunkSize));
  });

  test('is what filling it chunk by chunk takes', () => {
    const power = fc.integer({ min: 0, max: 8 }).map((bits) => 2n ** BigInt(bits));
    fc.assert(
      fc.property(power, fc.bigInt({ min: 1n, max: 3000n }), fc.nat(255), (chunkSize, chunks, less) => {
        const originSize = chunks * chunkSize - (BigInt(less) % chunkSize);
        const answer = layout({ kind: 'snapshot', originSize, chunkSize });
        expect(answer.cowSize).toBe(filledSnapshot(originSize, chunkSize));
        expect(answer.chunks).toBe(chunks);
      }),
    );
  });

  test('that is transient holds the chunks alone', () => {
    expect(layout({ kind: 'snapshot', originSize: 100, chunkSize: 16, persistent: false })).toEqual({
      cowSize: 112n,
      chunks: 7n,
      areas: 0n,
    });
  });

  test.each([
    ['no origin', { chunkSize: 8 }, 'missing_field', 'originSize'],
    ['an empty origin', { originSize: 0, chunkSize: 8 }, 'out_of_range', 'originSize'],
    ['no chunk size', { originSize: 8 }, 'missing_field', 'chunkSize'],
    ['a chunk of 3', { originSize: 8, chunkSize: 3 }, 'not_power_of_two', 'chunkSize'],
    ['a chunk of 2 GiB', { originSize: 8, chunkSize: '2GiB' }, 'out_of_range', 'chunkSize'],
    ['an origin of 2^54 - 1', { originSize: LAST_SECTOR, chunkSize: 8 }, 'table_too_long', 'originSize'],
  ])('with %s is refused', (_, fields, name, path) => {
    expect(refusal({ kind: 'snapshot', ...fields })).toMatchObject({ name, path });
  });
});

describe('a thin pool', () => {
  const pool = (dataSize: bigint | string, dataBlockSize?: bigint) =>
    layout({ kind: 'thinPool', dataSize, ...(dataBlockSize === undefined ? {} : { dataBlockSize }) });

  test('has 48 bytes for every block, at least 2 MiB', () => {
    expect(pool(128n, 128n).metadataSize).toBe(2n * MIB);
    expect(pool(1n * TIB, 128n).metadataSize).toBe((48n * 2n ** 24n) / 512n);
    expect(pool(10n * TIB, 1024n)).toMatchObject({ metadataSize: (48n * 20n * 2n ** 20n) / 512n, capped: false });
  });

  test('rounds up to metadata blocks and down to data blocks', () => {
    const { metadataSize, dataBlocks, unused } = pool(1n * TIB + 129n, 128n);
    expect(metadataSize).toBe((48n * 2n ** 24n) / 512n + 8n);
    expect([dataBlocks, unused]).toEqual([2n ** 24n + 1n, 1n]);
  });

  test.each([
    [100n * GIB, 128n, 104040n],
    [1n * TIB, 128n, 1065232n],
    [10n * TIB, 128n, 10652216n],
    [20n * TIB, 128n, 21304416n],
    [1n * TIB, 1024n, 133168n],
    [100n * TIB, 1024n, 13315264n],
    [1n * TIB, 2048n, 66592n],
    [16n * TIB, 8192n, 266320n],
    [1024n * TIB, 2097152n, 66592n],
  ])('of %d sectors in blocks of %d has what thin_metadata_size says, and at most half as much again', (...row) => {
    const [size, block, estimate] = row; // thin_metadata_size 0.9.0 -m1 -us -n
    const { metadataSize } = pool(size, block);
    expect(metadataSize).toBeGreaterThanOrEqual(estimate);
    expect(metadataSize).toBeLessThanOrEqual((estimate * 3n) / 2n);
  });

  test('never asks for more than a pool can use, and says so', () => {
    expect(pool(21n * TIB, 128n)).toMatchObject({ metadataSize: 33030144n, capped: false });
    expect(pool(22n * TIB, 128n)).toMatchObject({ metadataSize: 33292800n, capped: true });
  });

  test.each([
    [128n, 128n],
    [170n * GIB, 128n],
    [171n * GIB, 256n],
    [341n * GIB, 256n],
    [1n * TIB, 1024n],
    [16n * TIB, 16384n],
    [LAST_SECTOR, 2097152n],
  ])('of %d sectors has blocks of %d', (size, block) => {
    expect(pool(size).dataBlockSize).toBe(block);
  });

  test('chooses the smallest block whose metadata fits into 128 MiB', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 128n, max: LAST_SECTOR }), (size) => {
        const { dataBlockSize, metadataSize } = pool(size);
        expect(metadataSize <= 128n * MIB || dataBlockSize === 2097152n).toBe(true);
        if (dataBlockSize > 128n) expect(pool(size, dataBlockSize / 2n).metadataSize).toBeGreaterThan(128n * MIB);
      }),
    );
  });

  test.each([
    ['no data', {}, 'missing_field', 'dataSize'],
    ['less than a block', { dataSize: 127 }, 'device_too_small', 'dataSize'],
    ['a block of 64 sectors', { dataSize: 8192, dataBlockSize: 64 }, 'out_of_range', 'dataBlockSize'],
    ['a block of 129 sectors', { dataSize: 8192, dataBlockSize: 129 }, 'not_multiple', 'dataBlockSize'],
    ['a block of 2 GiB', { dataSize: '1TiB', dataBlockSize: '2GiB' }, 'out_of_range', 'dataBlockSize'],
    ['more than a device has', { dataSize: 2n ** 54n }, 'out_of_range', 'dataSize'],
  ])('with %s is refused', (_, fields, name, path) => {
    expect(refusal({ kind: 'thinPool', ...fields })).toMatchObject({ name, path });
  });
});

describe('a mirror', () => {
  const mirror = (length: bigint, logicalBlockSize = 512) => layout({ kind: 'mirror', length, logicalBlockSize });

  test.each([
    [2n, 2n],
    [3n, 2n],
    [4095n, 2048n],
    [4096n, 4096n],
    [4n * TIB, 4096n],
    [4n * TIB + 1n, 8192n],
    [LAST_SECTOR, 2n ** 31n],
  ])('of %d sectors has regions of %d', (length, region) => {
    expect(mirror(length).regionSize).toBe(region);
  });

  test('has regions and a log that the kernel takes, and the smallest is the smallest', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n, max: LAST_SECTOR }), fc.constantFrom(512, 4096), (length, block) => {
        const { regionSize, smallestRegionSize, regions, logSize } = mirror(length, block);
        expect(mirrorLog(regionSize, length, BigInt(block))).toBe(logSize);
        expect(mirrorLog(smallestRegionSize, length, 512n)).toBeDefined();
        expect(mirrorLog(smallestRegionSize / 2n, length, 512n)).toBeUndefined();
        expect(regions).toBe((length + regionSize - 1n) / regionSize);
      }),
    );
  });

  test('of one sector is refused', () => {
    expect(refusal({ kind: 'mirror', length: 1 })).toMatchObject({ name: 'out_of_range', path: 'length' });
  });
});

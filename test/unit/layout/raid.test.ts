import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layout, layoutUnless, refusal } from './ask.ts';
import { LAST_SECTOR, type RaidGeometry, raidShare, raidSize, raidTakesRegion } from './reference.ts';

const geometry: fc.Arbitrary<RaidGeometry> = fc
  .record({
    level: fc.constantFrom(0, 1, 4, 5, 6, 10),
    devices: fc.bigInt({ min: 4n, max: 253n }),
    bits: fc.bigInt({ min: 3n, max: 12n }),
    copies: fc.bigInt({ min: 2n, max: 4n }),
    far: fc.boolean(),
  })
  .map(({ level, devices, bits, copies, far }) => ({
    level,
    devices: devices > 200n ? devices : (devices % 12n) + 4n,
    chunk: level === 1 ? 1n : 2n ** bits,
    copies: level === 10 ? copies : 1n,
    far: level === 10 && far,
  }));

const fieldsOf = ({ level, devices, chunk, copies, far }: RaidGeometry) => ({
  kind: 'raid',
  level,
  devices,
  ...(level === 1 ? {} : { chunkSize: chunk }),
  ...(level === 10 ? { raid10Copies: copies, raid10Format: far ? 'far' : 'near' } : {}),
});

describe('an array', () => {
  test('of devices of a size is as long as dm-raid and MD take it, and a unit more would not be', () => {
    fc.assert(
      fc.property(geometry, fc.bigInt({ min: 8n, max: 2n ** 40n }), (array, deviceSize) => {
        const answer = layoutUnless('device_too_small', { ...fieldsOf(array), deviceSize });
        if (!answer) {
          expect(deviceSize).toBeLessThan(array.chunk * array.copies);
          return;
        }
        const { length, deviceLength } = answer;
        expect(raidShare(array, length)).toBe(deviceLength);
        expect(deviceLength).toBeLessThanOrEqual(deviceSize);
        expect(raidSize(array, deviceLength)).toBe(length);
        expect(deviceSize - deviceLength).toBeLessThan(array.chunk * array.copies);
        expect(layout({ ...fieldsOf(array), length })).toEqual(answer);
      }),
      { numRuns: 2000 },
    );
  });

  test('has a region that the kernel takes, and no smaller one than the smallest', () => {
    fc.assert(
      fc.property(geometry, fc.bigInt({ min: 2n ** 14n, max: 2n ** 43n }), (array, deviceSize) => {
        const { length, regionSize, smallestRegionSize } = layout({ ...fieldsOf(array), deviceSize });
        if (array.level === 0) {
          expect([regionSize, smallestRegionSize]).toEqual([undefined, undefined]);
          return;
        }
        expect(raidTakesRegion(regionSize, length, array.chunk)).toBe(true);
        expect(raidTakesRegion(smallestRegionSize, length, array.chunk)).toBe(true);
        if (smallestRegionSize > 1n) expect(raidTakesRegion(smallestRegionSize / 2n, length, array.chunk)).toBe(false);
      }),
    );
  });

  test.each([
    [1n, 1n],
    [8191n, 4096n],
    [8192n, 8192n],
    [2n ** 34n, 8192n],
    [2n ** 34n + 2n ** 21n - 1n, 8192n],
    [2n ** 34n + 2n ** 21n, 16384n],
    [2n ** 51n, 2n ** 30n],
  ])('of %d sectors has regions of %d', (length, region) => {
    expect(layout({ kind: 'raid', level: 1, devices: 2, length }).regionSize).toBe(region);
  });

  test.each([
    [{ level: 0, devices: 2, chunkSize: 8, length: 32 }, 16n],
    [{ level: 1, devices: 3, length: 33 }, 33n],
    [{ level: 5, devices: 3, chunkSize: 8, length: 32 }, 16n],
    [{ level: 6, devices: 4, chunkSize: 8, length: 32 }, 16n],
    [{ level: 10, devices: 3, chunkSize: 8, length: 24 }, 16n],
    [{ level: 10, devices: 4, chunkSize: 8, length: 32, raid10Format: 'far' }, 16n],
    [{ level: 10, devices: 3, chunkSize: 8, length: 8, raid10Copies: 3 }, 8n],
  ])('of %o takes %d sectors of each device', (fields, share) => {
    expect(layout({ kind: 'raid', ...fields }).deviceLength).toBe(share);
  });

  const five = { level: 5, devices: 3, chunkSize: 8, length: 32 };
  test.each([
    ['level 2', { ...five, level: 2 }, 'unknown_level', 'level'],
    ['level 11', { ...five, level: 11 }, 'out_of_range', 'level'],
    ['one device', { ...five, devices: 1 }, 'out_of_range', 'devices'],
    ['254 devices', { ...five, devices: 254 }, 'out_of_range', 'devices'],
    ['three devices of level 6', { ...five, level: 6 }, 'out_of_range', 'devices'],
    ['no chunk', { ...five, chunkSize: undefined }, 'missing_field', 'chunkSize'],
    ['a chunk of 4', { ...five, chunkSize: 4 }, 'out_of_range', 'chunkSize'],
    ['a chunk of 24', { ...five, chunkSize: 24 }, 'not_power_of_two', 'chunkSize'],
    ['a chunk of level 1', { ...five, level: 1 }, 'not_for_level', 'chunkSize'],
    ['copies of level 5', { ...five, raid10Copies: 2 }, 'not_for_level', 'raid10Copies'],
    ['a format of level 5', { ...five, raid10Format: 'near' }, 'not_for_level', 'raid10Format'],
    ['more copies than devices', { ...five, level: 10, raid10Copies: 4 }, 'out_of_range', 'raid10Copies'],
    ['an unknown format', { ...five, level: 10, raid10Format: 'wide' }, 'unknown_choice', 'raid10Format'],
    ['a length that does not divide', { ...five, length: 24 }, 'not_multiple', 'length'],
    ['no length', { ...five, length: undefined }, 'missing_field', 'length'],
    ['both lengths', { ...five, deviceSize: 8 }, 'conflicting_fields', 'length'],
    ['devices below a chunk', { ...five, length: undefined, deviceSize: 7 }, 'device_too_small', 'deviceSize'],
    ['more than 2^54', { ...five, length: undefined, deviceSize: LAST_SECTOR }, 'table_too_long', 'deviceSize'],
    ['more than 2^21 regions', { level: 1, devices: 2, length: LAST_SECTOR }, 'table_too_long', 'length'],
  ])('with %s is refused', (_, fields, name, path) => {
    expect(refusal({ kind: 'raid', ...fields })).toMatchObject({ name, path });
  });
});

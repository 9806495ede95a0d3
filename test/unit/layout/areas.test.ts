import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { specsOf } from '../planner/harness.ts';
import { host, layout, refusal } from './ask.ts';
import { LAST_SECTOR } from './reference.ts';

const area = (length: bigint | number | string, offset?: bigint | number | string, device = '/dev/sda') => ({
  device,
  length,
  ...(offset === undefined ? {} : { offset }),
});

/** The rows that a create with these targets loads. */
function rowsOf(targets: object[]) {
  const steps = host.steps({ v: 1, action: 'create', name: 'x', targets });
  return specsOf(steps[1]!.payload);
}

describe('areas one behind the other', () => {
  test('are a linear target each, and as long as their sum', () => {
    expect(layout({ kind: 'concat', devices: [area('1MiB'), area(8, '4KiB', '7:1')] })).toEqual({
      length: 2056n,
      targets: [
        { type: 'linear', length: 2048n, device: '/dev/sda', offset: 0n },
        { type: 'linear', length: 8n, device: '7:1', offset: 8n },
      ],
    });
  });

  test('can be created as they are answered', () => {
    const { length, targets } = layout({ kind: 'concat', devices: [area(5, 7), area(2n ** 40n), area(1)] });
    const rows = rowsOf(targets);
    expect(rows.map(({ type, params }) => [type, params])).toEqual([
      ['linear', '/dev/sda 7'],
      ['linear', '/dev/sda 0'],
      ['linear', '/dev/sda 0'],
    ]);
    expect(rows.at(-1)!.start + rows.at(-1)!.length).toBe(length);
  });

  test('reach to sector 2^54 - 1 and no further', () => {
    expect(layout({ kind: 'concat', devices: [area(LAST_SECTOR - 1n), area(1)] }).length).toBe(LAST_SECTOR);
    expect(refusal({ kind: 'concat', devices: [area(LAST_SECTOR), area(1)] })).toMatchObject({
      name: 'table_too_long',
      path: 'devices[1].length',
    });
    expect(refusal({ kind: 'concat', devices: [area(1), area(LAST_SECTOR, 1)] })).toMatchObject({
      name: 'table_too_long',
      path: 'devices[1].length',
    });
  });

  test.each([
    ['none at all', [], 'list_too_short', 'devices'],
    ['a list that is none', 'x', 'wrong_type', 'devices'],
    ['an element that is no map', [7], 'wrong_type', 'devices[0]'],
    ['a length of 0', [area(8), area(0)], 'out_of_range', 'devices[1].length'],
    ['a length that is missing', [{ device: '/dev/sda' }], 'missing_field', 'devices[0].length'],
    ['a device that is missing', [{ length: 8 }], 'missing_field', 'devices[0].device'],
    ['a device that is no text', [{ length: 8, device: 8 }], 'wrong_type', 'devices[0].device'],
    ['a field that is not known', [{ ...area(8), size: 8 }], 'unknown_field', 'devices[0].size'],
    ['half a sector', [area('100B')], 'not_whole_sectors', 'devices[0].length'],
  ])('are refused with %s', (_, devices, name, path) => {
    expect(refusal({ kind: 'concat', devices })).toMatchObject({ name, path });
  });
});

describe('areas side by side', () => {
  test('give each a share of whole chunks', () => {
    expect(layout({ kind: 'stripe', chunkSize: 128, devices: [area(1000), area(900, 8, '/dev/sdb')] })).toEqual({
      length: 1792n,
      targets: [
        {
          type: 'striped',
          length: 1792n,
          chunkSize: 128n,
          stripes: [
            { device: '/dev/sda', offset: 0n },
            { device: '/dev/sdb', offset: 8n },
          ],
        },
      ],
      unused: [104n, 4n],
    });
  });

  test('are the largest that the kernel takes, whatever they are', () => {
    const lengths = fc.array(fc.bigInt({ min: 1n, max: 2n ** 30n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.bigInt({ min: 1n, max: 2n ** 12n }), (sizes, chunkSize) => {
        const devices = sizes.map((length) => area(length));
        if (sizes.some((size) => size < chunkSize)) {
          expect(refusal({ kind: 'stripe', chunkSize, devices })).toMatchObject({ name: 'device_too_small' });
          return;
        }
        const { length, targets, unused } = layout({ kind: 'stripe', chunkSize, devices });
        const count = BigInt(sizes.length);
        expect(length % count).toBe(0n);
        expect((length / count) % chunkSize).toBe(0n);
        expect(sizes.map((size) => size - length / count)).toEqual(unused);
        expect(unused.some((rest: bigint) => rest < chunkSize)).toBe(true);
        expect(rowsOf(targets)[0]!.length).toBe(length);
      }),
    );
  });

  test.each([
    ['a chunk of 0', { chunkSize: 0, devices: [area(8)] }, 'out_of_range', 'chunkSize'],
    ['a chunk of 2^32', { chunkSize: 2 ** 32, devices: [area(8)] }, 'out_of_range', 'chunkSize'],
    ['a device below a chunk', { chunkSize: 9, devices: [area(8)] }, 'device_too_small', 'devices'],
    ['more than 2^54 - 1', { chunkSize: 1, devices: [area(2n ** 53n), area(2n ** 53n)] }, 'table_too_long', 'devices'],
    ['no chunk', { devices: [area(8)] }, 'missing_field', 'chunkSize'],
    ['no devices', { chunkSize: 8 }, 'missing_field', 'devices'],
  ])('are refused with %s', (_, fields, name, path) => {
    expect(refusal({ kind: 'stripe', ...fields })).toMatchObject({ name, path });
  });
});

describe('a single target', () => {
  test.each([
    [{ deviceSize: 1 }, 1n, 0n],
    [{ deviceSize: 2048, offset: 34 }, 2014n, 0n],
    [{ deviceSize: 2047, offset: 8, logicalBlockSize: 4096 }, 2032n, 7n],
    [{ deviceSize: 8, logicalBlockSize: 4096 }, 8n, 0n],
    [{ deviceSize: LAST_SECTOR }, LAST_SECTOR, 0n],
    [{ deviceSize: '1MiB', offset: '1020KiB', logicalBlockSize: 4096 }, 8n, 0n],
  ])('on %o is %d long and leaves %d', (fields, length, unused) => {
    expect(layout({ kind: 'usable', ...fields })).toEqual({ length, unused });
  });

  test.each([
    ['no device', {}, 'missing_field', 'deviceSize'],
    ['an empty device', { deviceSize: 0 }, 'out_of_range', 'deviceSize'],
    ['2^54 sectors', { deviceSize: 2n ** 54n }, 'out_of_range', 'deviceSize'],
    ['less than a block', { deviceSize: 7, logicalBlockSize: 4096 }, 'device_too_small', 'deviceSize'],
    ['an offset at the end', { deviceSize: 8, offset: 8 }, 'offset_past_end', 'offset'],
    ['an offset inside a block', { deviceSize: 80, offset: 4, logicalBlockSize: 4096 }, 'not_multiple', 'offset'],
    ['a block of 768', { deviceSize: 80, logicalBlockSize: 768 }, 'not_power_of_two', 'logicalBlockSize'],
    ['a block of 128 KiB', { deviceSize: 80, logicalBlockSize: 131072 }, 'out_of_range', 'logicalBlockSize'],
  ])('with %s is refused', (_, fields, name, path) => {
    expect(refusal({ kind: 'usable', ...fields })).toMatchObject({ name, path });
  });
});

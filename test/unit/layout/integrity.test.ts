import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layout, layoutUnless, refusal } from './ask.ts';
import { type IntegrityDevice, integrity, LAST_SECTOR } from './reference.ts';

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const anySize = fc.oneof(
  fc.bigInt({ min: 1n, max: 5000n }),
  fc.bigInt({ min: 5000n, max: 2n ** 22n }),
  fc.bigInt({ min: 1n, max: LAST_SECTOR }),
);
const u32 = (most = 2n ** 32n - 1n) => fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: most }));

const device: fc.Arbitrary<IntegrityDevice> = fc.record({
  size: anySize,
  metaSize: optional(anySize),
  start: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 9000n })),
  tag: fc.bigInt({ min: 1n, max: 255n }),
  spb: fc.constantFrom(1n, 2n, 4n, 8n),
  journalSectors: optional(u32()),
  interleave: optional(u32()),
  buffer: optional(u32()),
  mac: fc.boolean(),
  fixPadding: fc.boolean(),
}) as fc.Arbitrary<IntegrityDevice>;

const fieldsOf = (ic: IntegrityDevice) => ({
  kind: 'integrity',
  deviceSize: ic.size,
  metadataDeviceSize: ic.metaSize,
  offset: ic.start,
  tagSize: ic.tag,
  blockSize: ic.spb * 512n,
  journalSectors: ic.journalSectors,
  interleaveSectors: ic.interleave,
  bufferSectors: ic.buffer,
  journalMac: ic.mac,
  fixPadding: ic.fixPadding,
});

describe('an integrity device', () => {
  test('provides what the kernel computes, whatever it is made of', () => {
    let accepted = 0;
    fc.assert(
      fc.property(device, (ic) => {
        const expected = integrity(ic);
        const answer = layoutUnless('device_too_small', fieldsOf(ic));
        expect(answer === undefined).toBe(expected === undefined);
        if (!expected) return;
        accepted++;
        expect(answer).toMatchObject({
          length: expected.provided,
          journalSections: expected.journalSections,
          journalSectors: expected.initialSectors - 8n,
          interleaveSectors: 2n ** BigInt(expected.log2Interleave),
          bufferSectors: 2n ** BigInt(expected.log2Buffer),
        });
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(1000);
  });

  test('is as large as data and metadata together, up to seven sectors and the last tags', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 16n, max: 2n ** 40n }), fc.bigInt({ min: 1n, max: 64n }), (size, tag) => {
        const { length, metadataSectors } = layout({ kind: 'integrity', deviceSize: size, tagSize: tag });
        expect(length + metadataSectors).toBeLessThanOrEqual(size);
        expect(size - length - metadataSectors).toBeLessThan(16384n);
      }),
    );
  });

  test.each(['journal', 'bitmap', 'direct', 'recovery'])('provides the same in %s mode', (mode) => {
    const fields = { kind: 'integrity', deviceSize: '64MiB', tagSize: 4 };
    expect(layout({ ...fields, mode })).toEqual(layout(fields));
  });

  test.each([
    ['no device', { deviceSize: undefined }, 'missing_field', 'deviceSize'],
    ['an empty device', { deviceSize: 0 }, 'out_of_range', 'deviceSize'],
    ['one that is too small', { deviceSize: 100 }, 'device_too_small', 'deviceSize'],
    ['a metadata device too small', { metadataDeviceSize: 100 }, 'device_too_small', 'metadataDeviceSize'],
    ['no tag', { tagSize: 0 }, 'out_of_range', 'tagSize'],
    ['a tag of 256', { tagSize: 256 }, 'out_of_range', 'tagSize'],
    ['a block of 8 KiB', { blockSize: 8192 }, 'out_of_range', 'blockSize'],
    ['a block of 1536', { blockSize: 1536 }, 'not_power_of_two', 'blockSize'],
    ['inline mode', { mode: 'inline' }, 'inline_not_computed', 'mode'],
    ['an unknown mode', { mode: 'J' }, 'unknown_choice', 'mode'],
    ['an offset past the end', { offset: 131072 }, 'device_too_small', 'deviceSize'],
  ])('with %s is refused', (_, fields, name, path) => {
    expect(refusal({ kind: 'integrity', deviceSize: '64MiB', tagSize: 4, ...fields })).toMatchObject({ name, path });
  });
});

import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Bytes,
  bytes,
  linear,
  type SectorCount,
  type Sectors,
  sectors,
  toBytes,
  toSectors,
} from '../../../src/index.ts';

describe('the types of units', () => {
  it('tell sectors from bytes, and both from a bare bigint', () => {
    expectTypeOf<Bytes>().not.toExtend<Sectors>();
    expectTypeOf<Sectors>().not.toExtend<Bytes>();
    expectTypeOf<bigint>().not.toExtend<Sectors>();
    expectTypeOf<bigint>().not.toExtend<Bytes>();
    expectTypeOf<Sectors>().toExtend<bigint>();
  });

  it('let no bytes stand where a request wants sectors', () => {
    expectTypeOf<Bytes>().not.toExtend<SectorCount>();
    expectTypeOf<Sectors>().toExtend<SectorCount>();
    // @ts-expect-error bytes are no sectors
    linear({ length: bytes(512), device: '/dev/a', offset: 0 });
    // @ts-expect-error a bare bigint has no unit
    linear({ length: 8n, device: '/dev/a', offset: 0 });
    // @ts-expect-error sectors are no bytes
    toSectors(sectors(512));
    // @ts-expect-error bytes are no sectors
    toBytes(bytes(512));
  });
});

describe('a unit', () => {
  it('is made of any whole number from none on', () => {
    expect([sectors(0), sectors(2048), sectors(2n ** 63n), bytes(Number.MAX_SAFE_INTEGER)]).toEqual([
      0n,
      2048n,
      2n ** 63n,
      9007199254740991n,
    ]);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])('is not made of %d', (value) => {
    expect(() => sectors(value)).toThrow(expect.objectContaining({ code: 'bad_number' }));
    expect(() => bytes(value)).toThrow(expect.objectContaining({ code: 'bad_number' }));
  });

  it.each([-1, -1n, -(2n ** 63n)])('is not made of %s, which is fewer than none', (value) => {
    expect(() => sectors(value)).toThrow(expect.objectContaining({ code: 'negative_number' }));
    expect(() => bytes(value)).toThrow(expect.objectContaining({ code: 'negative_number' }));
  });

  it.each([[undefined], [null], ['8'], ['x'], [{}]])('is not made of %o, which is no number', (value) => {
    expect(() => bytes(value as never)).toThrow(expect.objectContaining({ code: 'bad_number' }));
  });

  it('goes from bytes to sectors and back without loss', () => {
    for (const count of [0n, 1n, 2n ** 55n - 1n]) expect(toSectors(toBytes(sectors(count)))).toBe(count);
  });

  it.each([1, 511, 513, 1023])('of %d bytes is not rounded to sectors', (size) => {
    expect(() => toSectors(bytes(size))).toThrow(
      expect.objectContaining({ code: 'not_whole_sectors', message: expect.stringContaining(String(size)) }),
    );
  });
});

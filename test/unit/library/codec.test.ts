import { describe, expect, it } from 'vitest';
import { loadPlanner, type Request } from '../../../src/index.ts';
import { decode, encode } from '../../../src/planner/codec.ts';
import { encode as canonical, map } from '../executor/payloads.ts';

const planner = await loadPlanner();

describe('the encoding of a request', () => {
  it('leaves out fields that are undefined, at every depth', () => {
    const request = { a: undefined, b: [{ c: undefined, d: 1 }], e: { f: undefined } };
    expect(Buffer.from(encode(request))).toEqual(canonical(map({ b: [map({ d: 1 })], e: map({}) })));
  });

  it('keeps null, false, zero and empty text, which mean something', () => {
    expect(decode(encode({ a: null, b: false, c: 0, d: '', e: [] }))).toEqual({
      a: null,
      b: false,
      c: 0,
      d: '',
      e: [],
    });
  });

  it.each([0n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n, -1n, -(2n ** 63n)])(
    'takes the bigint %s exactly',
    (value) => {
      expect(BigInt((decode(encode({ value })) as { value: number | bigint }).value)).toBe(value);
    },
  );

  it.each([2n ** 64n, -(2n ** 63n) - 1n, 10n ** 40n])('writes %s, for which 64 bits do not do, as text', (value) => {
    expect(decode(encode({ value }))).toEqual({ value: String(value) });
  });

  it('takes bytes as they are', () => {
    const table = Uint8Array.of(0, 255, 10);
    expect(Buffer.from(encode({ table }))).toEqual(canonical(map({ table })));
    expect(Buffer.from(encode({ table: Buffer.from(table) }))).toEqual(canonical(map({ table })));
  });

  it('never changes what it is given', () => {
    const request = { a: undefined, b: [Object.freeze({ c: undefined })], table: Uint8Array.of(1) };
    const before = structuredClone(request);
    encode(Object.freeze(request));
    expect(request).toEqual(before);
    expect('a' in request).toBe(true);
  });
});

describe('a request', () => {
  it('may give its table as text or as bytes, with the same plan', () => {
    const table = '0 8 linear /dev/größe 0\n';
    const plan = (table: string | Uint8Array): Uint8Array => planner.plan({ action: 'load', name: 'a', table }).bytes;
    expect(plan(new TextEncoder().encode(table))).toEqual(plan(table));
  });

  it.each([8, 8n, '8', '8s', '4KiB'])('may give a length as %o, with the same plan', (length) => {
    const plan = (length: unknown): Uint8Array =>
      planner.plan({ action: 'load', name: 'a', targets: [{ type: 'zero', length }] } as Request).bytes;
    expect(plan(length)).toEqual(plan(8));
  });

  it.each([
    [2n ** 64n, 'number_too_large'],
    [2n ** 63n, 'table_too_long'],
    [-1n, 'negative_number'],
    [-(2n ** 63n) - 1n, 'bad_number'],
    [0.5, 'fraction'],
    [Number.NaN, 'fraction'],
    [Number.POSITIVE_INFINITY, 'fraction'],
    [undefined, 'missing_field'],
    [null, 'wrong_type'],
  ])('with the length %s is refused as %s', (length, code) => {
    const request = { action: 'load', name: 'a', targets: [{ type: 'zero', length }] } as never;
    expect(() => planner.plan(request)).toThrow(expect.objectContaining({ name: 'DmError', code }));
  });
});

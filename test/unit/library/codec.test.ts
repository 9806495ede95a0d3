import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadPlanner, type Request } from '../../../src/index.ts';
import { decode, encode } from '../../../src/planner/codec.ts';
import { encode as canonical, map } from '../executor/payloads.ts';

const planner = await loadPlanner();

/** More than the planner's memory is kept for. */
const ROWS = 300_000;

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

  it('may give a table of many rows as text or as bytes, with the plan of the same request in one piece', () => {
    const table = Array.from({ length: 9000 }, (_, row) => `${row * 8} 8 linear /dev/größe ${row}\n`).join('');
    const plan = (table: string | Uint8Array): Uint8Array =>
      planner.plan({ action: 'create', name: 'a', uuid: 'U', table, readOnly: true }).bytes;
    const packed = encode({ v: 1, action: 'create', name: 'a', uuid: 'U', table, readOnly: true });
    const expected = Buffer.from(planner.planEncoded(packed).bytes);
    expect(Buffer.compare(plan(table), expected)).toBe(0);
    expect(Buffer.compare(plan(new TextEncoder().encode(table)), expected)).toBe(0);
  });

  it('of many rows is refused with the line at fault', () => {
    const rows = Array.from({ length: 9000 }, (_, row) => `${row * 8} 8 linear 7:0 ${row === 8000 ? 'x' : row}`);
    expect(() => planner.plan({ action: 'load', name: 'a', table: rows.join('\n') })).toThrow(
      expect.objectContaining({
        code: 'bad_number',
        path: 'table[8000].offset',
        tableLine: '64000 8 linear 7:0 x',
      }),
    );
  });

  it('of many rows has a plan that stays what it is when others are made', () => {
    const line = (row: number): string => `${row * 8} 8 linear 253:${row % 1000} ${row * 16}\n`;
    const table = Buffer.from(Array.from({ length: ROWS }, (_, row) => line(row)).join(''));
    const { payload } = planner.plan({ action: 'load', name: 'a', table }).steps[0]!;
    const digest = (): string => createHash('sha256').update(payload).digest('hex');
    const before = digest();
    for (let more = 0; more < 3; more++) planner.plan({ action: 'load', name: 'b', table: '0 8 error\n' });
    expect(digest()).toBe(before);
    expect(new DataView(payload.buffer, payload.byteOffset).getUint32(20, true)).toBe(ROWS);
    expect(Buffer.from(payload.subarray(-24)).toString('latin1')).toContain('253:999 4799984\0');
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

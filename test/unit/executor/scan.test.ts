import fc from 'fast-check';
import { Unpackr } from 'msgpackr/index-no-eval';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../../executor/failure.ts';
import { scan } from '../../../executor/scan.ts';
import { encode, map, Raw, type Value } from './payloads.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const holding = (digits: string) => Buffer.concat([hex('81 a1 61'), hex(digits)]);

function refusal(bytes: Uint8Array): string | null {
  try {
    scan(bytes);
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    expect(error.failure).toMatchObject({ name: 'malformed_frame', rule: null, step: null });
    return error.message;
  }
}

function nested(depth: number): Buffer {
  let value: Value = 1;
  for (let i = 1; i < depth; i++) value = [value];
  return encode(map({ a: value }));
}

describe('the scan accepts', () => {
  test.each([
    ['an empty map', hex('80')],
    ['nil, false and true', hex('83 a1 61 c0 a1 62 c2 a1 63 c3')],
    ['the bounds of every integer form', encode(map({ a: integers() }))],
    ['binary of every width', encode(map({ a: [0, 255, 256, 65535, 65536].map((n) => new Uint8Array(n)) }))],
    ['text of every width', encode(map({ a: [0, 31, 32, 255, 256, 4096].map((n) => 'x'.repeat(n)) }))],
    ['arrays of every width', encode(map({ a: [0, 15, 16, 40000].map((n) => new Array<null>(n).fill(null)) }))],
    ['maps of every width', encode(map({ a: [15, 16].map((n) => new Map(keys(n))) }))],
    ['six levels', nested(6)],
    ['a key that begins with a byte order mark', encode(map({ '\ufeffa': 1, a: 2 }))],
    ['65536 values in all', encode(map({ a: new Array<null>(65533).fill(null) }))],
  ])('%s', (_, bytes) => {
    expect(refusal(bytes)).toBeNull();
  });
});

function keys(count: number): [string, Value][] {
  return Array.from({ length: count }, (_, i) => [`k${i}`, null]);
}

function integers(): bigint[] {
  const powers = [5n, 7n, 8n, 15n, 16n, 31n, 32n, 63n].map((n) => 1n << n);
  return powers.flatMap((n) => [n - 1n, n, -n, ...(n < 1n << 63n ? [-n - 1n] : [])]).concat([(1n << 64n) - 1n, 0n]);
}

describe('the scan refuses', () => {
  test.each([
    ['an empty frame', hex(''), 'ends inside'],
    ['a bare integer', hex('01'), 'one map'],
    ['a bare array', hex('90'), 'one map'],
    ['a fixext 1', holding('d4 01 00'), 'extension'],
    ['a fixext 16', holding('d8 01 00000000000000000000000000000000'), 'extension'],
    ['an ext 8', holding('c7 01 78 00'), 'extension'],
    ['an ext 32', holding('c9 00000001 78 00'), 'extension'],
    ['a record of msgpackr', holding('d4 72 40'), 'extension'],
    ['a float', holding('ca 3f800000'), 'float'],
    ['a double', holding('cb 3ff0000000000000'), 'float'],
    ['the reserved byte', holding('c1'), 'reserved'],
    ['an integer as key', hex('81 01 01'), 'key that is not a string'],
    ['nil as key', hex('81 c0 01'), 'key that is not a string'],
    ['binary as key', hex('81 c4 01 61 01'), 'key that is not a string'],
    ['an array as key', hex('81 90 01'), 'key that is not a string'],
    ['a key given twice', hex('82 a1 61 01 a1 61 02'), 'given twice'],
    ['a key given twice further in', holding('83 a1 61 01 a1 62 01 a1 61 02'), 'given twice'],
    ['a lone continuation byte', holding('a1 80'), 'UTF-8'],
    ['an overlong slash', holding('a2 c0 af'), 'UTF-8'],
    ['a surrogate', holding('a3 ed a0 80'), 'UTF-8'],
    ['text cut inside a character', holding('a1 c3'), 'UTF-8'],
    ['a key that is not UTF-8', hex('81 a1 ff 01'), 'UTF-8'],
    ['uint 8 for 127', holding('cc 7f'), 'shortest'],
    ['uint 16 for 255', holding('cd 00ff'), 'shortest'],
    ['uint 32 for 65535', holding('ce 0000ffff'), 'shortest'],
    ['uint 64 for 2^32 - 1', holding('cf 00000000ffffffff'), 'shortest'],
    ['int 8 for -32', holding('d0 e0'), 'shortest'],
    ['int 8 for 1', holding('d0 01'), 'shortest'],
    ['int 16 for -128', holding('d1 ff80'), 'shortest'],
    ['int 32 for -32768', holding('d2 ffff8000'), 'shortest'],
    ['int 64 for -2^31', holding('d3 ffffffff80000000'), 'shortest'],
    ['int 64 for 2^40', holding('d3 0000010000000000'), 'shortest'],
    ['str 8 for 31 bytes', holding(`d9 1f ${'61'.repeat(31)}`), 'shortest'],
    ['str 16 for 255 bytes', holding(`da 00ff ${'61'.repeat(255)}`), 'shortest'],
    ['str 32 for 1 byte', holding('db 00000001 61'), 'shortest'],
    ['bin 16 for 255 bytes', holding(`c5 00ff ${'61'.repeat(255)}`), 'shortest'],
    ['bin 32 for 1 byte', holding('c6 00000001 61'), 'shortest'],
    ['array 16 for 15 values', holding(`dc 000f ${'c0'.repeat(15)}`), 'shortest'],
    ['array 32 for no values', holding('dd 00000000'), 'shortest'],
    ['map 16 for no values', holding('de 0000'), 'shortest'],
    ['map 32 for no values', holding('df 00000000'), 'shortest'],
    ['text of 4097 bytes', encode(map({ a: 'x'.repeat(4097) })), 'more than 4096'],
    ['text of 65536 bytes', encode(map({ a: 'x'.repeat(65536) })), 'more than 4096'],
    ['a key of 4097 bytes', encode(map({ ['x'.repeat(4097)]: 1 })), 'more than 4096'],
    ['seven levels', nested(7), 'deeper'],
    ['a thousand levels', nested(1000), 'deeper'],
    ['65537 values', encode(map({ a: new Array<null>(65534).fill(null) })), 'more than 65536'],
    ['an array that claims 2^32 - 1 values', holding('dd ffffffff'), 'ends inside'],
    ['text that claims 2^32 - 1 bytes', holding('db ffffffff'), 'ends inside'],
    ['a map without its value', hex('81 a1 61'), 'ends inside'],
    ['bytes behind the value', hex('80 00'), 'behind'],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  test('every frame that is cut short', () => {
    const whole = encode(map({ type: 'apply', id: 70000, plan: map({ v: 1, steps: [[3, new Uint8Array(312)]] }) }));
    for (let size = 0; size < whole.length; size++) expect(refusal(whole.subarray(0, size))).not.toBeNull();
  });
});

const decoder = new Unpackr({ useRecords: false, mapsAsObjects: false, int64AsType: 'bigint' });

/** No `__proto__`, which msgpackr renames. */
const key = fc.string({ maxLength: 40, unit: 'binary' }).filter((k) => k !== '__proto__');
const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
  fc.string({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }),
);
const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 20 }).map((entries) => new Map(entries)),
  ),
})).value;
const message = fc.array(fc.tuple(key, value), { maxLength: 20 }).map((entries) => new Map(entries));

/** What msgpackr read, written again canonically. */
function again(bytes: Uint8Array): Buffer {
  return encode(decoder.unpack(Buffer.from(bytes)) as Value);
}

describe('what the scan accepts', () => {
  test('is every canonical message, and msgpackr reads the same from it', () => {
    fc.assert(
      fc.property(message, (tree) => {
        const bytes = encode(tree);
        expect(refusal(bytes)).toBeNull();
        expect(again(bytes).equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('is canonical, however a message was damaged: what msgpackr reads encodes to the same bytes', () => {
    let accepted = 0;
    fc.assert(
      fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), (tree, damage) => {
        const bytes = encode(tree);
        for (const [at, byte] of damage) bytes[at % bytes.length] = byte;
        if (refusal(bytes) !== null || bytes.includes('__proto')) return;
        accepted++;
        expect(again(bytes).equals(bytes)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  test('is decided for any bytes at all, with nothing thrown but the refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void refusal(bytes)),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void refusal(encode(map({ a: new Raw(bytes) })))),
      { numRuns: 5000 },
    );
  });
});

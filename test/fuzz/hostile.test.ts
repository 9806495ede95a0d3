/** Requests that are built to cost much: none traps or hangs, and the next is answered as ever. */
import { describe, expect, test } from 'vitest';
import { Host, readFailure } from '../unit/planner/harness.ts';
import { type Packable, pack, packMap, Raw } from '../unit/planner/pack.ts';

const IS_FULL = Number(process.env.DMPLAN_FUZZ_RUNS ?? 0) >= 100_000;
/** Milliseconds after which a call counts as hanging. */
const HANGS = 20_000;
const SIZE = 65536;

const create = { v: 1, action: 'create', name: 'x' };
const VERITY = `0 8 verity 1 /a /b 4096 4096 1 1 sha256 ${'ab'.repeat(32)} -`;

/** An array of so many small numbers, without building it. */
function manyNumbers(count: number): Raw {
  const bytes = Buffer.alloc(5 + count, 1);
  bytes[0] = 0xdd;
  bytes.writeUInt32BE(count, 1);
  return new Raw(bytes);
}

/** Maps of 64 fields inside each other, the first field of each holding the next. */
function nestedMaps(levels: number, inner: Packable): Packable {
  if (levels === 0) return inner;
  const fields = Array.from({ length: 63 }, (_, i): [string, number] => [`k${i}`, 0]);
  return new Raw(packMap([['a', nestedMaps(levels - 1, inner)], ...fields]));
}

const HOSTILE: [what: string, request: Packable, name: string][] = [
  ['arrays in arrays', { v: Array(SIZE / 4).fill([[1]]) }, 'wrong_type'],
  ['maps of 64 fields in each other around a long array', nestedMaps(6, manyNumbers(SIZE)), 'missing_field'],
  ['many numbers for targets', { ...create, targets: manyNumbers(SIZE) }, 'wrong_type'],
  ['many empty maps for targets', { ...create, targets: Array(SIZE).fill({}) }, 'missing_field'],
  [
    '2^32 - 1 stripes, many of which follow',
    { ...create, table: `0 8 striped 4294967295 8 ${'/a 0 '.repeat(SIZE / 5)}` },
    'missing_word',
  ],
  [
    'an option many times',
    { ...create, readOnly: true, table: `${VERITY} ${SIZE / 4} ${'ignore_zero_blocks '.repeat(SIZE / 4)}` },
    'option_repeated',
  ],
  [
    'many words that are no option',
    { ...create, readOnly: true, table: `${VERITY} ${SIZE} ${'x '.repeat(SIZE)}` },
    'unknown_option',
  ],
  ['a word as long as the request', { ...create, table: `0 8 linear /${'a'.repeat(SIZE)} 0` }, 'device_too_long'],
  [
    'a number as long as the request',
    { ...create, targets: [{ type: 'zero', length: '9'.repeat(SIZE) }] },
    'number_too_large',
  ],
  ['a name as long as the request', { v: 1, action: 'info', name: 'n'.repeat(SIZE) }, 'name_too_long'],
  ['a field as long as the request', { ...create, ['f'.repeat(SIZE)]: 1 }, 'unknown_field'],
  ['newlines alone', { ...create, table: '\n'.repeat(SIZE) }, 'empty_table'],
  ['comments alone', { ...create, table: '#\n'.repeat(SIZE) }, 'empty_table'],
  ['a line of blanks', { ...create, table: `0 8 zero${' '.repeat(SIZE)}x` }, 'extra_word'],
  [
    'backslashes alone',
    { ...create, targets: [{ type: 'foo', length: 8, params: '\\'.repeat(SIZE + 1) }] },
    'trailing_backslash',
  ],
];

describe('a request that is built to cost much is refused in time', () => {
  const host = new Host();

  test.each(HOSTILE)('%s', (_, request, name) => {
    const bytes = pack(request);
    const started = performance.now();
    const { code, bytes: answer } = host.call('plan', bytes);
    expect(performance.now() - started).toBeLessThan(HANGS);
    expect(readFailure(code, answer).name).toBe(name);
    expect(answer.length).toBeLessThan(1024);
    expect(host.steps({ v: 1, action: 'version' })).toHaveLength(1);
  });
});

describe('a request near the end of the memory', () => {
  const table = (size: number): Uint8Array => {
    const text = Buffer.alloc(size, 0x78);
    text.write('0 8 foo ');
    return pack({ ...create, table: text });
  };

  test('is compiled while it fits', () => {
    const size = IS_FULL ? 300_000_000 : 20_000_000;
    const { code, bytes } = new Host().call('plan', table(size));
    expect(code).toBe(0);
    expect(bytes.length - size).toBeGreaterThan(0);
    expect(bytes.length - size).toBeLessThan(4096);
  });

  if (IS_FULL) {
    test('is request_too_large, without a trap, when its plan does not fit; the next is answered', () => {
      const host = new Host();
      const { code, bytes } = host.call('plan', table(700_000_000));
      expect(readFailure(code, bytes).name).toBe('request_too_large');
      expect(host.steps({ v: 1, action: 'version' })).toHaveLength(1);
    });
  }
});

/**
 * A reply of 19 MB whose texts all run on to its last byte: a small part of it, again and again, is more than the memory
 * holds. Each `next` is past 2^24, so that none of its bytes ends the text before.
 */
test('texts of a reply that run into each other are refused, not copied out', () => {
  const size = 19 * 2 ** 20;
  const payload = Buffer.alloc(size, 0x41);
  payload.fill(0, 0, 312);
  payload.writeUInt32LE(4, 0);
  payload.writeUInt32LE(size, 12);
  payload.writeUInt32LE(312, 16);
  payload[size - 1] = 0;
  let next = 0x01010101;
  let at = 312;
  let count = 1;
  for (; 312 + next + 100 < size; count++) {
    payload.writeUInt32LE(next, at + 20);
    at = 312 + next;
    do next += 41;
    while ([0, 8, 16, 24].some((shift) => ((next >>> shift) & 255) === 0));
  }
  payload.writeUInt32LE(count, 20);
  const host = new Host();
  const failure = host.failure('decode', { command: 12, payload });
  expect(failure.name).toBe('reply_malformed');
  expect(host.exports.memory.buffer.byteLength).toBeLessThan(8 * size);
});

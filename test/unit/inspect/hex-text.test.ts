import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { looksLikeHex, readHex } from '../../../src/inspect/hex-text.ts';
import { Problem } from '../../../src/inspect/problem.ts';
import { asC, HEX, hexOf } from '../../../src/web/copies.ts';

const planner = await loadPlanner();
const { payload } = planner.plan({ action: 'create', name: 'data', table: '0 8 linear /dev/a 0\n' }).steps[1]!;
const bytes = Array.from(payload, (byte) => HEX[byte]!);

/** As `xxd` prints it. */
const xxd = rows(16).map((row, index) => {
  const pairs = row
    .join('')
    .match(/.{1,4}/g)!
    .join(' ');
  return `${(index * 16).toString(16).padStart(8, '0')}: ${pairs.padEnd(39)}  ${'.'.repeat(row.length)}`;
});

function rows(width: number): string[][] {
  return Array.from({ length: Math.ceil(bytes.length / width) }, (_, i) => bytes.slice(i * width, (i + 1) * width));
}

/** As `hexdump -C` prints it, `*` for rows that repeat. */
function hexdump(): string {
  let last = '';
  let starred = false;
  const lines = rows(16).flatMap((row, index) => {
    const text = row.join(' ');
    const repeats = text === last;
    last = text;
    if (repeats && starred) return [];
    starred = repeats;
    if (repeats) return ['*'];
    const halves = `${row.slice(0, 8).join(' ')}  ${row.slice(8).join(' ')}`;
    return [`${(index * 16).toString(16).padStart(8, '0')}  ${halves}  |${'.'.repeat(row.length)}|`];
  });
  return [...lines, bytes.length.toString(16).padStart(8, '0')].join('\n');
}

const FORMS: [string, string][] = [
  ['plain digits', bytes.join('')],
  [
    'capitals in groups',
    bytes
      .join('')
      .toUpperCase()
      .match(/.{1,8}/g)!
      .join(' '),
  ],
  ['bytes with 0x and commas', bytes.map((byte) => `0x${byte}`).join(', ')],
  ['escapes of C', bytes.map((byte) => `\\x${byte}`).join('')],
  ['xxd', xxd.join('\n')],
  ['hexdump -C', hexdump()],
  [
    'the C array that the inspector copies',
    asC([{ command: 'TABLE_LOAD', payload, fields: planner.inspect('TABLE_LOAD', payload) }]),
  ],
];

describe('bytes are read', () => {
  test.each(FORMS)('as %s', (_, text) => {
    expect(looksLikeHex(text)).toBe(true);
    expect(hexOf(readHex(text))).toBe(bytes.join(''));
  });

  test('as od would have them after all', () => {
    const od = execFileSync('od', ['-An', '-v', '-tx1'], { input: payload, encoding: 'utf8' });
    expect(hexOf(readHex(od))).toBe(bytes.join(''));
  });
});

describe('a table is not taken for bytes', () => {
  test.each([
    '0 2048 linear /dev/sda 0',
    '10 20 zero',
    '00 80 error',
    'data: 0 8 zero',
    '# 00112233',
    '10 2048 dead beef:00',
    '',
  ])('%s', (text) => {
    expect(looksLikeHex(text)).toBe(false);
  });
});

describe('what is no hex is told with its place', () => {
  test.each([
    ['0400 00zz 00', 'bad_hex', '00zz'],
    ['0400 000 00', 'odd_hex', '000'],
    ['00000000: 0400 0000  ....\nwhat is this', 'bad_hex', 'what is this'],
  ])('%j', (text, code, word) => {
    const problem = (() => {
      try {
        return readHex(text);
      } catch (error) {
        return error;
      }
    })() as Problem;
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.code).toBe(code);
    const { start, end } = problem.place as { start: number; end: number };
    expect(text.slice(start, end)).toBe(word);
  });
});

import { describe, expect, test } from 'vitest';
import { Host, payloadOf, specsOf } from './harness.ts';

const host = new Host();
const plan = (table: string | Uint8Array) => host.steps({ v: 1, action: 'create', name: 'x', table });
const rowsOf = (table: string | Uint8Array) =>
  specsOf(payloadOf(plan(table), 9)).map(({ start, length, type, params }) => `${start} ${length} ${type} ${params}`);
const failure = (table: string | Uint8Array) => host.failure('plan', { v: 1, action: 'create', name: 'x', table });

const PLAIN = '0 8 zero\n8 16 linear /dev/sda 0\n';

describe("dmsetup's text means the same", () => {
  test.each([
    ['without a newline at the end', '0 8 zero\n8 16 linear /dev/sda 0'],
    ['with comments', '# first\n0 8 zero\n   # indented\n8 16 linear /dev/sda 0\n#last'],
    ['with a comment that ends in no newline', `${PLAIN}#`],
    ['with blank lines', '\n\n0 8 zero\n \t \n8 16 linear /dev/sda 0\n\n'],
    ['with CRLF', '0 8 zero\r\n8 16 linear /dev/sda 0\r\n'],
    ['with CRLF on blank and comment lines', '\r\n0 8 zero\r\n#\r\n8 16 linear /dev/sda 0\r\n'],
    ['with tabs', '0\t8\tzero\n8\t16\tlinear\t/dev/sda\t0\n'],
    ['with blanks in front, between and behind', '  0   8  zero  \n\t8 16 linear  \t /dev/sda   0\t\n'],
    ['as binary', Buffer.from(PLAIN)],
  ])('%s', (_, table) => {
    expect(plan(table)).toEqual(plan(PLAIN));
  });
});

describe('a control character', () => {
  const row = (byte: number, place: number) => {
    const bytes = Buffer.from(`0 8 unheard-of ${'\x80'.repeat(24)}e\n8 8 zero`, 'latin1');
    bytes[15 + place] = byte;
    return bytes;
  };
  const places = Array.from({ length: 24 }, (_, place) => place);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x0a && byte !== 0x0d);
  const isControl = (byte: number) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f;

  test.each(places)('is refused at place %i of the params, and no other byte is', (place) => {
    for (const byte of bytes.filter((each) => !isControl(each))) expect(plan(row(byte, place))).toHaveLength(3);
    for (const byte of bytes.filter(isControl)) {
      expect(failure(row(byte, place))).toMatchObject({ name: 'params_character', path: 'table[0].params' });
    }
  });
});

describe('a comment', () => {
  test('is a line whose first word begins with #, and nothing else', () => {
    expect(rowsOf('0 8 foo a # b\n#8 8 zero\n8 8 foo #')).toEqual(['0 8 foo a # b', '8 8 foo #']);
  });

  test('may hold any byte', () => {
    const table = Buffer.concat([Buffer.from('# '), Buffer.from([0, 1, 0x7f, 0xff, 0x0d]), Buffer.from('\n0 8 zero')]);
    expect(rowsOf(table)).toEqual(['0 8 zero ']);
  });
});

describe('every byte of the params is what it looks like', () => {
  test.each([
    ['a backslash is doubled', '0 8 foo a\\b', '0 8 foo a\\\\b'],
    ['a backslash at the end is doubled', '0 8 foo a\\', '0 8 foo a\\\\'],
    ['two backslashes are four', '0 8 foo \\\\', '0 8 foo \\\\\\\\'],
    ['the byte 0xA0 is quoted', '0 8 foo /dev/à', '0 8 foo /dev/\u00c3\\\u00a0'],
    ['a tab is a blank', '0 8 foo a\tb', '0 8 foo a b'],
    ['blanks between words stay', '0 8 foo a   b', '0 8 foo a   b'],
    ['other UTF-8 stays', '0 8 foo /dev/é', '0 8 foo /dev/\u00c3\u00a9'],
    ['a quote stays', `0 8 foo "a" 'b'`, `0 8 foo "a" 'b'`],
    ["a known target's device is quoted too", '0 8 linear /dev/à\\b 0', '0 8 linear /dev/\u00c3\\\u00a0\\\\b 0'],
    ['an unknown target may have no params', '0 8 foo', '0 8 foo '],
  ])('%s', (_, table, expected) => {
    expect(rowsOf(table)).toEqual([expected]);
  });

  test('and a control byte is refused, wherever in the line it is', () => {
    for (let byte = 1; byte < 0x20; byte++) {
      if ([0x09, 0x0a].includes(byte)) continue;
      const control = String.fromCharCode(byte);
      expect(failure(`0 8 foo a${control}b`)).toMatchObject({
        name: 'params_character',
        path: 'table[0].params',
        offset: 9,
        message: expect.stringContaining(`(${byte})`) as string,
      });
    }
    expect(failure('0 8 foo \x7f')).toMatchObject({ name: 'params_character', offset: 8 });
  });

  test('and bytes that are not UTF-8 are taken as they are, in a text given as binary', () => {
    expect(rowsOf(Buffer.from([...Buffer.from('0 8 foo '), 0xff, 0xfe]))).toEqual(['0 8 foo \u00ff\u00fe']);
  });
});

describe('the offset of an error counts the bytes of the text', () => {
  test.each([
    ['a start that is no number', '0 8 zero\nx 8 zero', 9, 'table[1].start'],
    ['a length that is no number', '# é\n0 x zero', 7, 'table[0].length'],
    ['a line that ends early', '0 8 zero\n8 8', 12, 'table[1].type'],
    ['a line that ends early, before others', '0\n0 8 zero', 1, 'table[0].length'],
    ['a type', '0 8 Z', 4, 'table[0].type'],
    ['a character of a type', '0 8 zeRo', 6, 'table[0].type'],
    ['a word that is missing', '0 8 linear /a', 13, 'table[0].offset'],
    ['a word too many', '0 8 linear /a 0 zz', 16, 'table[0].params'],
    ['a device', '\n\n0 8 linear sda 0', 13, 'table[0].device'],
    ['a rule', '0 17 striped 2 8 /a 0 /b 0', 2, 'table[0].length'],
    ['the second of two stripes', '0 16 striped 2 8 /a 0 /b x', 25, 'table[0].stripes[1].offset'],
    ['a gap', '0 8 zero\r\n  9 8 zero', 12, 'table[1].start'],
  ])('at %s', (_, table, offset, path) => {
    expect(failure(table)).toMatchObject({ path, offset });
  });
});

test('the row of a path counts targets, not lines', () => {
  expect(failure('# one\n\n0 8 zero\n# two\n9 8 zero').path).toBe('table[1].start');
});

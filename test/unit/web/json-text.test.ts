import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexInString, placeOf, syntaxFault } from '../../../src/web/json-text.ts';

const at = (text: string, path: string): string => {
  const { start, end } = placeOf(text, path);
  return text.slice(start, end);
};

describe('a path is found in the text', () => {
  const text = '{ "a": [1, {"b": "x, ]}", "c.d": null}], "é": [[true]], "a2": {"b": -1e3} }';

  test.each([
    ['a[0]', '1'],
    ['a[1].b', '"x, ]}"'],
    ['é[0][0]', 'true'],
    ['a2.b', '-1e3'],
    ['', '{'],
    ['a', '['],
  ])('%s', (path, found) => expect(at(text, path)).toBe(found));

  test.each([
    ['a[7]', '['],
    ['a[1].missing', '{'],
    ['missing.more', '{'],
  ])('%s is not there: the value around it is', (path, found) => expect(at(text, path)).toBe(found));
});

test('a byte of a text is found behind escapes and letters of several bytes', () => {
  const value = 'é\n€𝄞"x';
  const text = ` ${JSON.stringify(value).replace('é', '\\u00e9')}`;
  const byte = new TextEncoder().encode(value).length - 1;
  expect(text[indexInString(text, 1, byte)]).toBe('x');
});

describe('what is not JSON is told where it begins', () => {
  test.each([
    ['{"a" 1}', 5, /colon/],
    ['{"a": 1,}', 8, /comma stands before/],
    ['[1 2]', 3, /comma or \]/],
    ["{'a': 1}", 1, /name of a field/],
    ['{"a": \'b\'}', 6, /quotes text with "/],
    ['{"a": "b}', 6, /does not end/],
    ['{"a": 01}', 7, /comma or }/],
    ['{"a": 1} x', 9, /nothing may follow/],
    ['[', 1, /ends here/],
  ])('%s', (text, start, message) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(syntaxFault(text)).toMatchObject({ place: { start }, message: expect.stringMatching(message) });
  });

  test('and nothing that is JSON', () => {
    fc.assert(fc.property(fc.json(), (text) => syntaxFault(text) === undefined));
  });

  test('of junk, exactly what JSON.parse refuses', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      ' ',
      '\\',
      '\n',
      'nul',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('');
        const isJson = ((): boolean => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        })();
        return (syntaxFault(text) === undefined) === isJson;
      }),
      { numRuns: 3000 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { showsUnicode, widthOf } from '../../../../src/cli/draw/style.ts';
import { columnsOf, wrapped } from '../../../../src/cli/draw/text.ts';

describe('the width', () => {
  test.each<[string, number | undefined, Record<string, string>, number]>([
    ['is the terminal’s', 100, { COLUMNS: '90' }, 100],
    ['is that of the environment where there is no terminal', undefined, { COLUMNS: '90' }, 90],
    ['is 80 where nothing tells', undefined, {}, 80],
    ['is 80 for what is no number', undefined, { COLUMNS: 'wide' }, 80],
    ['is not less than can be drawn in', 10, {}, 40],
    ['is not more than can be followed', undefined, { COLUMNS: '100000' }, 200],
  ])('%s', (_, columns, environment, expected) => {
    expect(widthOf(columns, environment)).toBe(expected);
  });
});

describe('more than ASCII', () => {
  test.each<[Record<string, string>, boolean]>([
    [{ LANG: 'en_US.UTF-8', TERM: 'xterm-256color' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'de_DE.ISO-8859-1', TERM: 'xterm' }, false],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8', TERM: 'xterm' }, false],
    [{ TERM: 'xterm' }, false],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, false],
    [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, false],
  ])('%j: %s', (environment, expected) => {
    expect(showsUnicode(environment)).toBe(expected);
  });
});

describe('text', () => {
  test('takes two columns for a wide character, and none for a mark on another', () => {
    expect(['abc', 'é', 'e\u0301', '漢字', '🙂'].map(columnsOf)).toEqual([3, 1, 1, 4, 2]);
  });

  test('is broken at blanks, and words only where they are longer than a line', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('a/long/path b', 4)).toEqual(['a/lo', 'ng/p', 'ath', 'b']);
    expect(wrapped('', 4)).toEqual(['']);
  });
});

import { describe, expect, it } from 'vitest';
import { localeHasUtf, type TreeDevice, treeJson, treeText } from '../../../src/cli/tree.ts';

const dev = (minor: number, major = 254) => ({ major, minor });
const device = (name: string, minor: number, ...deps: ReturnType<typeof dev>[]): TreeDevice => ({
  device: { name, dev: dev(minor) },
  deps,
});

/** As test/kernel/verbs.test.ts has them from dmsetup. */
const DEVICES = [
  device('a', 0, dev(0, 7)),
  device('b\\x20c', 1, dev(0)),
  device('c', 2, dev(1, 7), dev(0)),
  device('d', 3),
];

describe('the tree of devices', () => {
  it('is dmsetup’s', () => {
    expect(treeText(DEVICES, { utf: false, inverted: false })).toBe(
      [
        'b c (254:1)',
        ' `-a (254:0)',
        '    `- (7:0)',
        'c (254:2)',
        ' |- (7:1)',
        ' `-a (254:0)',
        '    `- (7:0)',
        'd (254:3)',
        '',
      ].join('\n'),
    );
  });

  it('is dmsetup’s in UTF-8', () => {
    expect(treeText(DEVICES, { utf: true, inverted: false })).toContain(
      'c (254:2)\n ├─ (7:1)\n └─a (254:0)\n    └─ (7:0)\n',
    );
  });

  it('goes on past a branch', () => {
    const deep = [device('a', 0, dev(0, 7)), device('top', 1, dev(0), dev(1, 7))];
    expect(treeText(deep, { utf: false, inverted: false })).toBe(
      'top (254:1)\n |-a (254:0)\n |  `- (7:0)\n `- (7:1)\n',
    );
  });

  it('is dmsetup’s upside down', () => {
    expect(treeText(DEVICES, { utf: false, inverted: true })).toBe(
      [
        ' (7:0)',
        ' `-a (254:0)',
        '    |-b c (254:1)',
        '    `-c (254:2)',
        ' (7:1)',
        ' `-c (254:2)',
        'd (254:3)',
        '',
      ].join('\n'),
    );
  });

  it('is nested as JSON', () => {
    expect(treeJson(DEVICES.slice(0, 2))).toEqual([
      {
        name: 'b\\x20c',
        dev: dev(1),
        children: [{ name: 'a', dev: dev(0), children: [{ name: '', dev: dev(0, 7), children: [] }] }],
      },
    ]);
  });

  it.each([
    [{}, false],
    [{ LANG: 'C' }, false],
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LC_ALL: 'C', LANG: 'C.UTF-8' }, false],
    [{ LC_CTYPE: 'C.utf8', LANG: 'C' }, true],
  ])('has the characters of the locale %o: %s', (environment, expected) => {
    expect(localeHasUtf(environment as NodeJS.ProcessEnv)).toBe(expected);
  });
});

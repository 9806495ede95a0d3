import { describe, expect, it } from 'vitest';
import { localeHasUtf } from '../../../src/cli/locale.ts';
import { type TreeDevice, type TreeOption, type TreeStyle, treeJson, treeText } from '../../../src/cli/tree.ts';
import type { DeviceInfo } from '../../../src/index.ts';

const dev = (minor: number, major = 254) => ({ major, minor });
const device = (name: string, minor: number, ...deps: ReturnType<typeof dev>[]): TreeDevice => ({
  device: { name, dev: dev(minor) },
  deps,
});

const style = (...options: TreeOption[]): TreeStyle => ({ options: new Set(options), width: 80 });

/** As test/kernel/verbs.test.ts has them from dmsetup. */
const DEVICES = [
  device('a', 0, dev(0, 7)),
  device('b\\x20c', 1, dev(0)),
  device('c', 2, dev(1, 7), dev(0)),
  device('d', 3),
];

describe('the tree of devices', () => {
  it('is dmsetup’s', () => {
    expect(treeText(DEVICES, style())).toBe(
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
    expect(treeText(DEVICES, style('utf'))).toContain('c (254:2)\n ├─ (7:1)\n └─a (254:0)\n    └─ (7:0)\n');
  });

  it('goes on past a branch', () => {
    const deep = [device('a', 0, dev(0, 7)), device('top', 1, dev(0), dev(1, 7))];
    expect(treeText(deep, style())).toBe('top (254:1)\n |-a (254:0)\n |  `- (7:0)\n `- (7:1)\n');
  });

  it('is dmsetup’s upside down', () => {
    expect(treeText(DEVICES, style('inverted'))).toBe(
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

  it('is dmsetup’s on as few lines as there are ends', () => {
    expect(treeText(DEVICES, style('compact'))).toBe(
      [
        'b c (254:1)---a (254:0)--- (7:0)',
        'c (254:2)-+- (7:1)',
        '          `-a (254:0)--- (7:0)',
        'd (254:3)',
        '',
      ].join('\n'),
    );
    expect(treeText(DEVICES, style('compact', 'inverted', 'utf'))).toBe(
      [
        ' (7:0)───a (254:0)─┬─b c (254:1)',
        '                   └─c (254:2)',
        ' (7:1)───c (254:2)',
        'd (254:3)',
        '',
      ].join('\n'),
    );
  });

  it('is cut off where a line is longer than 80 columns, unless that is not wanted', () => {
    const [whole, longer] = ['n'.repeat(72), 'n'.repeat(73)];
    const devices = [device(whole, 4), device(longer, 5)];
    expect(treeText(devices, style())).toBe(`${whole} (254:4)\n${longer} (254:...\n`);
    expect(treeText(devices, style('notrunc'))).toBe(`${whole} (254:4)\n${longer} (254:5)\n`);
  });

  it('shows the state of devices, in dmsetup’s order, and leaves out those that have no label', () => {
    const info = { suspended: true, readOnly: false, openCount: 2, uuid: 'U' } as DeviceInfo;
    const devices = [{ ...device('top', 1, dev(0, 7)), info }];
    expect(treeText(devices, style('uuid', 'open', 'rw', 'active', 'nodevice'))).toBe('top [SUSPENDED, RW, 2, U]\n');
    const names = new Map([['7:0', 'loop0']]);
    expect(treeText(devices, { ...style('blkdevname', 'nodevice'), names })).toBe('top\n `- <loop0>\n');
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

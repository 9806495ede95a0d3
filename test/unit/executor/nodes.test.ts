import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refused } from '../../../executor/failure.ts';
import { createNodes } from '../../../executor/nodes.ts';
import { loadSystem } from '../../../executor/system.ts';

const DEV = 0xfe05;
const OTHER = 0xfe06;

let root: string;
let directory: string;
let udev: string;
let pauses: number;
let onPause: () => void;
let mknod: (path: string, mode: number, dev: number) => number;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'nodes-'));
  [directory, udev] = [join(root, 'mapper'), join(root, 'udev')];
  mkdirSync(directory);
  [pauses, onPause] = [0, () => undefined];
  mknod = (await loadSystem('/dev/null')).mknod;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function nodes(make = mknod) {
  const pause = () => {
    pauses++;
    onPause();
  };
  return createNodes({ mknod: make, pause, directory, udev });
}

function failing(act: () => unknown): [string, number | null] {
  try {
    act();
  } catch (refused) {
    if (refused instanceof Refused) return [refused.failure.name, refused.failure.errno];
    throw refused;
  }
  throw new Error('not refused');
}

const canMake = process.getuid!() === 0;

describe.runIf(canMake)('where no udev runs, a node', () => {
  const path = () => join(directory, 'a');

  test('is made', () => {
    expect(nodes().appear('a', DEV)).toBe(path());
    expect(lstatSync(path())).toMatchObject({ rdev: DEV, mode: 0o060600 });
    expect(pauses).toBe(0);
  });

  test('with the right number is kept', () => {
    nodes().appear('a', DEV);
    const { ino } = lstatSync(path());
    expect(nodes(() => expect.unreachable()).appear('a', DEV)).toBe(path());
    expect(lstatSync(path()).ino).toBe(ino);
  });

  test('with another number is replaced', () => {
    nodes().appear('a', OTHER);
    nodes().appear('a', DEV);
    expect(lstatSync(path()).rdev).toBe(DEV);
  });

  test('that is a link to the device is kept', () => {
    nodes().appear('b', DEV);
    symlinkSync('b', path());
    nodes().appear('a', DEV);
    expect(lstatSync(path()).isSymbolicLink()).toBe(true);
  });

  test.each(['b', '/nowhere', '/etc/passwd'])(
    'that is a link to %s, which is not the device, is replaced',
    (target) => {
      nodes().appear('b', OTHER);
      symlinkSync(target, path());
      nodes().appear('a', DEV);
      expect(lstatSync(path())).toMatchObject({ rdev: DEV });
      expect(lstatSync(join(directory, 'b')).rdev).toBe(OTHER);
    },
  );

  test('is removed, and so is a link, and nothing is no matter', () => {
    nodes().appear('a', DEV);
    symlinkSync('/nowhere', join(directory, 'b'));
    for (const name of ['a', 'b', 'c']) nodes().vanish(name);
    expect(existsSync(path())).toBe(false);
    expect(() => lstatSync(join(directory, 'b'))).toThrow();
  });
});

describe('a name', () => {
  test('that a file holds is an error for a device, and the file stays', () => {
    writeFileSync(join(directory, 'a'), 'kept');
    expect(failing(() => nodes().appear('a', DEV))).toEqual(['node_failed', 17]);
    nodes().vanish('a');
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('kept');
  });

  test('that a directory holds is an error too', () => {
    mkdirSync(join(directory, 'a'), { recursive: true });
    expect(failing(() => nodes().appear('a', DEV))).toEqual(['node_failed', 17]);
    nodes().vanish('a');
    expect(existsSync(join(directory, 'a'))).toBe(true);
  });

  test.each(['', '.', '..', 'control', 'a/b', '../a', 'a\n', 'é'])('%j has no node, and none is removed', (name) => {
    const none = nodes(() => expect.unreachable());
    expect(none.appear(name, DEV)).toBeNull();
    none.vanish(name);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('what the system refuses is reported', () => {
  test('of mknod', () => {
    expect(failing(() => nodes(() => 1).appear('a', DEV))).toEqual(['node_failed', 1]);
  });

  test('of the directory', () => {
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'a file');
    expect(failing(() => nodes().appear('a', DEV))).toEqual(['node_failed', 20]);
  });
});

describe('where udev runs', () => {
  const link = (target: string) => {
    rmSync(join(directory, 'a'), { force: true });
    symlinkSync(target, join(directory, 'a'));
  };
  beforeEach(() => {
    writeFileSync(udev, '');
  });

  test.runIf(canMake)('its link is waited for, past one that leads elsewhere', () => {
    expect(mknod(join(root, 'dm-5'), 0o060600, DEV)).toBe(0);
    link('/nowhere');
    onPause = () => pauses === 3 && link('../dm-5');
    expect(nodes(() => expect.unreachable()).appear('a', DEV)).toBe(join(directory, 'a'));
    expect(pauses).toBe(3);
  });

  test('two seconds without it are too long, and no node is made in its place', () => {
    expect(failing(() => nodes(() => expect.unreachable()).appear('a', DEV))).toEqual(['node_failed', 110]);
    expect(pauses).toBe(200);
  });

  test('a file of the name is an error at once', () => {
    writeFileSync(join(directory, 'a'), '');
    expect(failing(() => nodes().appear('a', DEV))).toEqual(['node_failed', 17]);
    expect(pauses).toBe(0);
  });

  test('its link is waited for to go', () => {
    link('/nowhere');
    onPause = () => pauses === 2 && rmSync(join(directory, 'a'));
    nodes().vanish('a');
    expect(pauses).toBe(2);
  });

  test('a link that it leaves behind for two seconds is removed', () => {
    link('/nowhere');
    nodes().vanish('a');
    expect(pauses).toBe(200);
    expect(() => lstatSync(join(directory, 'a'))).toThrow();
  });
});

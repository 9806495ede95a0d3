import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkArguments, loadSystem, requestOf } from '../../../executor/system.ts';
import { bare } from './payloads.ts';

test('a request number is the one that dm-ioctl.h gives the command', () => {
  expect(requestOf(0)).toBe(0xc138fd00);
  expect(requestOf(17)).toBe(0xc138fd11);
});

test.each<[string, unknown[]]>([
  ['a fraction as descriptor', [1.5, 0, bare()]],
  ['NaN as descriptor', [Number.NaN, 0, bare()]],
  ['a negative descriptor', [-1, 0, bare()]],
  ['a command beyond a byte', [3, 256, bare()]],
  ['a negative command', [3, -1, bare()]],
  ['a command that is no number', [3, '0', bare()]],
  ['fewer bytes than a header', [3, 0, bare().slice(0, 305)]],
  ['a view of a larger buffer', [3, 0, new Uint8Array(new ArrayBuffer(624), 0, 312)]],
  ['a view that starts inside its buffer', [3, 0, new Uint8Array(new ArrayBuffer(624), 312)]],
  ['a Buffer of the pool', [3, 0, Buffer.from(bare())]],
  ['shared memory', [3, 0, new Uint8Array(new SharedArrayBuffer(312))]],
  ['data_size 0', [3, 0, new Uint8Array(312)]],
])('koffi is never handed %s', (_, args) => {
  expect(() => checkArguments(...(args as Parameters<typeof checkArguments>))).toThrow(TypeError);
});

test('koffi is never handed a buffer that was transferred away', () => {
  const payload = bare();
  structuredClone(payload, { transfer: [payload.buffer] });
  expect(() => checkArguments(3, 0, payload)).toThrow(TypeError);
});

test('koffi is handed a whole payload', () => {
  expect(() => checkArguments(0, 255, bare())).not.toThrow();
});

test('an ioctl gives its errno, and no device but device-mapper knows the command', async () => {
  const { ioctl } = await loadSystem('/dev/null');
  expect(ioctl(0, bare())).toBe(25);
  expect(() => ioctl(0, new Uint8Array(312))).toThrow(TypeError);
});

test('an ioctl on a control node that is not there gives the errno of opening it', async () => {
  const { ioctl } = await loadSystem('/nowhere/control');
  expect(ioctl(0, bare())).toBe(2);
});

test('mknod gives its errno', async () => {
  const { mknod } = await loadSystem('/dev/null');
  expect(mknod('/nowhere/node', 0o060600, 0xfd00)).toBe(process.getuid!() === 0 ? 2 : expect.any(Number));
});

test.runIf(process.getuid!() === 0)('mknod makes the very number that stat reads back', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'control-'));
  const { mknod } = await loadSystem('/dev/null');
  for (const [major, minor] of [
    [254, 0],
    [4095, 1048575],
    [259, 0x12345],
  ] as const) {
    const dev = ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
    const path = join(directory, `${major}-${minor}`);
    expect(mknod(path, 0o060600, dev)).toBe(0);
    expect(lstatSync(path)).toMatchObject({ rdev: dev });
    expect(lstatSync(path).isBlockDevice()).toBe(true);
  }
  rmSync(directory, { recursive: true });
});

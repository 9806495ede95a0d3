/** A host in C that asks the planner and calls the kernel itself: no JavaScript, no library of device-mapper. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHosts } from '../embed/c/build.ts';
import { pattern, quote, SECTOR, useKernel } from './harness.ts';

const WASM = fileURLToPath(new URL('../../dist/planner.wasm', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dmplan-c-'));
const host = join(folder, 'host');

beforeAll(() => buildHosts(WASM, folder, ['host']), 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kernel = useKernel({ disks: [1], programs: [host] });

const run = (...words: string[]) => kernel.guest.run([host, ...words].map(quote).join(' '));

describe('the C host', () => {
  it('is C and nothing else: it is linked to no other library', () => {
    const needed = readFileSync(host, 'latin1').match(/\blib[\w+-]+\.so(\.\d+)?/g) ?? [];
    expect(needed).toContain('libc.so.6');
    expect(needed.filter((name) => !/^lib[cm]\.so\.6$/.test(name))).toEqual([]);
  });

  it('creates a device, reads what lies below it, and removes it', async () => {
    const [disk] = kernel.disks;
    const below = pattern(4 * SECTOR, 7);
    await kernel.write(disk!, 0, below);
    const created = await run('create', 'from-c', `0 1 zero\n1 2 linear ${disk} 2\n`);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(Buffer.from(created.stdoutBytes)).toEqual(Buffer.alloc(SECTOR));
    expect(await kernel.sh('dmsetup table from-c')).toMatch(/^0 1 zero *\n1 2 linear \d+:\d+ 2$/);

    const second = await run('create', 'second', `0 2 linear ${disk} 3`);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(Buffer.from(second.stdoutBytes)).toEqual(below.subarray(3 * SECTOR, 4 * SECTOR));

    expect(await run('remove', 'second')).toMatchObject({ code: 0, stdout: '' });
    expect(await run('remove', 'from-c')).toMatchObject({ code: 0, stdout: '' });
    expect(await kernel.sh('dmsetup ls')).toBe('No devices found');
  });

  it("tells the planner's error, and the kernel's, and changes nothing", async () => {
    expect(await run('create', 'gap', '0 8 zero\n16 8 zero\n')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the planner refuses, error 44: .*gap/),
    });
    expect(await run('remove', 'nobody')).toMatchObject({
      code: 1,
      stderr: 'host: ioctl: No such device or address\n',
    });
    expect(await kernel.sh('dmsetup ls')).toBe('No devices found');
  });

  it('undoes what a plan that failed had done, and no more', async () => {
    expect(await run('create', 'half', '0 8 linear /dev/nothing 0')).toMatchObject({ code: 1, stdout: '' });
    expect(await kernel.sh('dmsetup ls')).toBe('No devices found');
    await run('create', 'taken', '0 8 zero');
    expect(await run('create', 'taken', '0 8 error')).toMatchObject({
      code: 1,
      stderr: 'host: ioctl: Device or resource busy\n',
    });
    expect(await kernel.sh('dmsetup table taken')).toMatch(/^0 8 zero *$/);
    expect(await run('remove', 'taken')).toMatchObject({ code: 0 });
  });
});

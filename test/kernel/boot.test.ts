import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BootOptions, bootKernel, type Guest } from '../../src/kernel/boot.ts';
import { ensureKernel, type InstalledKernel } from '../../src/kernel/install.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';

const MIB = 1 << 20;
const folder = mkdtempSync(join(tmpdir(), 'boot-test-'));
const release = kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1');
let kernel: InstalledKernel;

const boot = (options: Partial<BootOptions> = {}): Promise<Guest> => bootKernel({ kernel, ...options });

/** Processes of this test's kernels, but not those that are dead and only wait to be collected. */
function kernelProcesses(): string[] {
  return execFileSync('ps', ['axo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder) && !/^\s*\d+ Z/.test(line));
}

function everyByte(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31) >>> 3));
}

/** dm-init is built only into a kernel that has device-mapper itself: test/unit/library/forms.test.ts holds the form instead. */
it('no kernel here can make devices from dm-mod.create=', () => {
  const config = execFileSync(kernel.binary, ['--showconfig'], { encoding: 'utf8' });
  expect(config).toMatch(/^CONFIG_BLK_DEV_DM=m$/m);
  expect(config).not.toMatch(/^CONFIG_DM_INIT=y$/m);
});

beforeAll(async () => {
  process.env.TMPDIR = folder;
  kernel = await ensureKernel(release, { install: true });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

describe('a guest', () => {
  const big = join(folder, "it's big, and has a comma.img");
  const small = join(folder, 'small.img');
  const writable = join(folder, 'writable');
  let guest: Guest;

  beforeAll(async () => {
    writeFileSync(big, Buffer.alloc(8 * MIB, 1));
    writeFileSync(small, Buffer.alloc(MIB, 2));
    mkdirSync(writable);
    const disks = [{ file: big }, { file: small, readOnly: true }];
    guest = await boot({ disks, writable: [writable], executor: ['cat'] });
  }, 60_000);

  afterAll(() => guest?.close(), 20_000);

  it('runs the kernel asked for, with device-mapper', async () => {
    const { stdout } = await guest.run('uname -r; test -c /dev/mapper/control && dmsetup version');
    expect(stdout.split('\n')[0]).toBe(kernel.release);
    expect(guest.release).toBe(kernel.release);
    expect(kernel.release.startsWith(`${release.key}.`)).toBe(true);
    expect(stdout).toMatch(/Driver version:\s+4\./);
  });

  it('makes and removes a device over a disk', async () => {
    const [disk] = guest.disks;
    expect(await guest.run(`dmsetup create made --table '0 8 linear ${disk} 8'`)).toMatchObject({ code: 0 });
    const read = await guest.run('dd if=/dev/mapper/made bs=4096 status=none');
    expect(read.stdoutBytes).toEqual(Buffer.alloc(4096, 1));
    expect(await guest.run('dmsetup remove made && dmsetup ls')).toMatchObject({
      code: 0,
      stdout: 'No devices found\n',
    });
  });

  it('has every target', async () => {
    const { stdout } = await guest.run('dmsetup targets');
    const targets = stdout.split('\n').map((line) => line.split(' ')[0]);
    for (const name of ['crypt', 'era', 'integrity', 'linear', 'raid', 'thin-pool', 'verity', 'writecache', 'zero']) {
      expect(targets).toContain(name);
    }
  });

  it('has the disks in order, with their sizes and whether they are read-only', async () => {
    expect(guest.disks).toHaveLength(2);
    const { stdout } = await guest.run(guest.disks.map((disk) => `blockdev --getsize64 --getro ${disk}`).join(';'));
    expect(stdout).toBe(`${8 * MIB}\n0\n${MIB}\n1\n`);
  });

  it('cannot write in the host, except where it was allowed', async () => {
    const forbidden = join(homedir(), 'dmplan-was-here');
    expect(await guest.run(`: > ${forbidden}`)).toMatchObject({ code: 2 });
    expect(existsSync(forbidden)).toBe(false);
    await guest.run(`echo in > /tmp/from-guest; echo out > ${writable}/file`);
    expect(existsSync('/tmp/from-guest')).toBe(false);
    expect(readFileSync(join(writable, 'file'), 'utf8')).toBe('out\n');
  });

  it('tells the code, the errors and the bytes of a command', async () => {
    const command = "printf '\\000\\377\\n'; echo wrong >&2; exit 3";
    const result = await guest.run(command);
    expect(result).toMatchObject({ code: 3, stderr: 'wrong\n' });
    expect([...result.stdoutBytes]).toEqual([0, 255, 10]);
    expect(await guest.run('kill -9 $$')).toMatchObject({ code: 137 });
  });

  it('kills a command that takes too long, and takes the next', async () => {
    await expect(guest.run('echo begun; sleep 60', { timeoutMs: 300 })).rejects.toThrow(/longer than 300 ms.*begun/);
    expect(await guest.run('echo next')).toMatchObject({ stdout: 'next\n' });
  });

  it('takes commands while another runs, and with more text than a serial line holds', async () => {
    const slow = guest.run('sleep 0.5; echo slow');
    const long = `echo ${'x'.repeat(20_000)}`;
    expect((await guest.run(long)).stdout).toBe(`${'x'.repeat(20_000)}\n`);
    expect((await slow).stdout).toBe('slow\n');
  });

  it('carries every byte to the executor and back', async () => {
    const sent = everyByte(200_000);
    const { input, output, exited } = guest.executor!;
    const echoed = buffer(output);
    input.end(sent);
    expect((await echoed).equals(sent)).toBe(true);
    expect(await exited).toBe(0);
  });

  it('starts another executor when one was killed', async () => {
    const first = await guest.startExecutor(['cat']);
    first.kill();
    expect(await first.exited).toBe(137);
    const second = await guest.startExecutor(['sh', '-c', 'cat; echo heard >&2; exit 7']);
    second.input.end('hello');
    expect(await text(second.output)).toBe('hello');
    expect(await second.exited).toBe(7);
    await expect.poll(() => guest.log()).toContain('heard');
    expect(await (await guest.startExecutor(['/no/such/program'])).exited).toBe(127);
  });

  it('holds back a writer whose program does not read, and serves the others meanwhile', async () => {
    const idle = await guest.startExecutor(['sleep', '60']);
    idle.input.write(Buffer.alloc(400_000));
    expect(idle.input.write('more')).toBe(false);
    expect(await guest.run('echo served')).toMatchObject({ stdout: 'served\n' });
    idle.kill();
    expect(await idle.exited).toBe(137);
  });

  it("shows the kernel's messages", async () => {
    await guest.run('echo a message > /dev/kmsg');
    await expect.poll(() => guest.log()).toContain('device-mapper: ioctl: 4.');
    await expect.poll(() => guest.log()).toContain('a message');
  });
});

describe('guests', () => {
  it('two run at once, and closing leaves neither processes nor files', async () => {
    const image = join(folder, 'written.img');
    writeFileSync(image, Buffer.alloc(MIB));
    const before = readdirSync(folder);
    const [first, second] = await Promise.all([boot({ disks: [{ file: image }] }), boot()]);
    await first.run(`printf kept | dd of=${first.disks[0]} conv=notrunc status=none`);
    expect((await second.run('hostname other; hostname')).stdout).toBe('other\n');
    expect((await first.run('hostname')).stdout).not.toBe('other\n');
    expect(kernelProcesses()).not.toEqual([]);
    await Promise.all([first.close(), second.close(), first.close()]);
    await first.exited;
    expect(kernelProcesses()).toEqual([]);
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(image, 'latin1').slice(0, 4)).toBe('kept');
    await expect(first.run('true')).rejects.toThrow('the guest is gone');
  });

  it('without its modules loads those that a table asks for', async () => {
    const guest = await boot({ modules: [] });
    expect((await guest.run('dmsetup targets')).stdout).not.toContain('zero');
    expect(await guest.run("dmsetup create empty --table '0 8 zero'")).toMatchObject({ code: 0, stderr: '' });
    await guest.close();
  });

  it('a suspended device does not keep it from closing', async () => {
    const guest = await boot();
    await guest.run("dmsetup create held --table '0 8 zero' && dmsetup suspend held");
    void guest.run('dd if=/dev/mapper/held of=/dev/null').catch(() => {});
    await guest.close();
    expect(kernelProcesses()).toEqual([]);
  });

  it('a boot that hangs is ended in time, with the console in the error', async () => {
    const stuck = boot({ prepare: 'echo came this far; sleep 1000', timeoutMs: 8_000 });
    await expect(stuck).rejects.toThrow(/did not come up in 8000 ms[\s\S]*came this far/);
    expect(kernelProcesses()).toEqual([]);
  });

  it('a boot that fails says so at once, with the console in the error', async () => {
    await expect(boot({ modules: ['no-such-module'] })).rejects.toThrow(/died while booting[\s\S]*no-such-module/);
    expect(kernelProcesses()).toEqual([]);
  });

  it('an abort ends the boot, and the guest', async () => {
    const booting = new AbortController();
    setTimeout(() => booting.abort(new Error('changed my mind')), 300);
    await expect(boot({ signal: booting.signal })).rejects.toThrow('changed my mind');
    const running = new AbortController();
    const guest = await boot({ signal: running.signal });
    running.abort();
    await guest.exited;
    expect(kernelProcesses()).toEqual([]);
  });
});

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { DeviceMapper, OpenOptions } from '../../src/device-mapper.ts';
import { type BootOptions, bootKernel, type Guest } from '../../src/kernel/boot.ts';
import { ensureKernel } from '../../src/kernel/install.ts';
import type { GuestProgram } from '../../src/kernel/program.ts';
import { type KernelKey, kernelRelease } from '../../src/kernel/releases.ts';
import { executorArguments, hidden, openInGuest } from '../../src/kernel/session.ts';

/** The kernel that these tests run on. */
export const KERNEL: KernelKey = kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1').key;

export const EXECUTOR = fileURLToPath(new URL('../../dist/executor.cjs', import.meta.url));
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export const SECTOR = 512;
export const MIB = 1 << 20;

/** What the kernel's log must never hold, as grep takes it. */
const ALARMS = 'WARNING: |BUG: |kernel BUG at|Oops|cut here|Call Trace|blocked for more than';

export interface KernelOptions extends Pick<BootOptions, 'modules' | 'systemd' | 'prepare'> {
  /** Sizes in MiB of disks to attach, empty ones. */
  disks?: number[];
  /** Programs of the host that run in the guest, wherever they lie. */
  programs?: string[];
}

/** A device-mapper over an executor in the guest, and that executor's process. */
export interface Opened {
  dm: DeviceMapper;
  program: GuestProgram;
}

/** A real kernel for the tests of one file, with the built executor in it. */
export class Kernel {
  #guest: Guest | undefined;
  #opened: Opened | undefined;
  readonly #heard = new Set<string>();
  #baseline = '';
  #folder = '';

  get guest(): Guest {
    return this.#guest!;
  }

  get dm(): DeviceMapper {
    return this.#opened!.dm;
  }

  get disks(): readonly string[] {
    return this.guest.disks;
  }

  /** Ends the executor in order, perhaps does something while there is none, and starts another. */
  async restart(meanwhile?: () => Promise<void>): Promise<void> {
    await this.dm.close();
    expect(await this.#opened!.program.exited).toBe(0);
    await meanwhile?.();
    this.#opened = await this.open();
  }

  /** Another executor; the built one unless another program is given. */
  async open(program: string = EXECUTOR): Promise<Opened> {
    return this.openBy(executorArguments(program));
  }

  /** Another executor, started by a command of one's own. */
  async openBy(command: string[], options: Pick<OpenOptions, 'uuidPrefix'> = {}): Promise<Opened> {
    const started = await this.guest.startExecutor(command);
    return { dm: await openInGuest(this.guest, started, { keep: true, ...options }), program: started };
  }

  /** Runs a command that has to succeed; what it printed, without the last newline. */
  async sh(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.guest.run(command);
    expect(code, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout.replace(/\n$/, '');
  }

  /** Reads at a byte of a device: the bytes, or the name of the errno. */
  async read(path: string, at: number, length: number): Promise<Buffer | string> {
    const { code, stdoutBytes, stderr } = await this.guest.run(perl(READ, path, at, length));
    return code === 0 ? Buffer.from(stdoutBytes) : errnoName(stderr);
  }

  /** Writes at a byte of a device, down to the disk; the name of the errno where it fails. */
  async write(path: string, at: number, bytes: Uint8Array): Promise<string | undefined> {
    const { code, stderr } = await this.guest.run(perl(WRITE, path, at, Buffer.from(bytes).toString('hex')));
    return code === 0 ? undefined : errnoName(stderr);
  }

  /** What read devices hold in the page cache is forgotten. */
  async dropCaches(): Promise<void> {
    await this.sh('sync; echo 3 > /proc/sys/vm/drop_caches');
  }

  async boot({ disks = [], programs = [], ...boot }: KernelOptions): Promise<void> {
    const kernel = await ensureKernel(kernelRelease(KERNEL), { install: true });
    this.#folder = mkdtempSync(join(tmpdir(), 'dmplan-disks-'));
    const files = disks.map((mebibytes, index) => {
      const file = join(this.#folder, `disk${index}`);
      writeFileSync(file, '');
      truncateSync(file, mebibytes * MIB);
      return { file };
    });
    this.#guest = await bootKernel({
      kernel,
      disks: files,
      readable: hidden([EXECUTOR, process.execPath, ...programs]),
      ...boot,
    });
    this.#opened = await this.open();
    this.#baseline = (await this.#inventory()).devices;
  }

  async shutDown(): Promise<void> {
    await this.#opened?.dm.close();
    await this.#guest?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Fails where a test left a device or a node, or the kernel raised an alarm; what was left is taken away first. */
  async assertNothingLeft(): Promise<void> {
    const { devices, alarms } = await this.#inventory();
    if (devices !== this.#baseline) await this.guest.run(SWEEP);
    const fresh = alarms.filter((alarm) => !this.#heard.has(alarm));
    for (const alarm of fresh) this.#heard.add(alarm);
    expect(devices, 'devices and nodes after the test').toBe(this.#baseline);
    expect(fresh, this.guest.log().slice(-4000)).toEqual([]);
  }

  /** The log is the kernel's own: the console may still be on its way here. */
  async #inventory(): Promise<{ devices: string; alarms: string[] }> {
    const [devices, alarms] = (await this.sh(INVENTORY)).split('\n--\n') as [string, string];
    return { devices, alarms: alarms.split('\n').filter((line) => line !== '') };
  }
}

const INVENTORY = `
  dmsetup ls
  find /dev/mapper -mindepth 1 -exec stat -c '%N %F %t:%T' {} + | sort
  echo -- && { dmesg | grep -E '${ALARMS}'; echo; }`;

const SWEEP = `
  for device in $(dmsetup ls 2>/dev/null | cut -f1); do dmsetup resume "$device" 2>/dev/null; done
  dmsetup remove_all --force
  find /dev/mapper -mindepth 1 ! -name control -delete`;

/** Boots the kernel of DMPLAN_KERNEL for this file, and holds every test to leaving nothing behind. */
export function useKernel(options: KernelOptions = {}): Kernel {
  const kernel = new Kernel();
  beforeAll(() => kernel.boot(options));
  afterAll(() => kernel.shutDown());
  afterEach(() => kernel.assertNothingLeft());
  return kernel;
}

/** Bytes that differ from sector to sector and within one. */
export function pattern(length: number, seed = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => seed + at * 31 + (at >>> 9) * 7));
}

/** A word for the shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function perl(script: string, ...args: (string | number)[]): string {
  return `perl -e ${quote(script)} ${args.map((word) => quote(String(word))).join(' ')}`;
}

const FAIL = 'sub fail { print STDERR $! + 0; exit 1 }';

const READ = `${FAIL}
  sysopen(F, $ARGV[0], 0) or fail; sysseek(F, $ARGV[1], 0) // fail;
  my $left = $ARGV[2];
  while ($left > 0) {
    my $count = sysread(F, my $bytes, $left) // fail;
    last if $count == 0;
    print $bytes; $left -= $count;
  }`;

const WRITE = `${FAIL}
  sysopen(F, $ARGV[0], 0x101001) or fail; sysseek(F, $ARGV[1], 0) // fail;
  my $bytes = pack('H*', $ARGV[2]);
  (syswrite(F, $bytes) // fail) == length $bytes or die;`;

function errnoName(stderr: string): string {
  const found = Object.entries(constants.errno).find(([, number]) => String(number) === stderr.trim());
  return found ? found[0] : `not an errno: ${stderr}`;
}

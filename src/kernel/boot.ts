import { realpathSync, statSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GuestDisk, initScript } from './guest.ts';
import type { InstalledKernel } from './install.ts';
import { Line } from './line.ts';
import { Machine } from './machine.ts';
import type { GuestProgram } from './program.ts';

/** How a guest is made. */
export interface BootOptions {
  readonly kernel: InstalledKernel;
  /** The argv of a program to start in the guest; none by default. */
  readonly executor?: readonly string[];
  /** Image files that become loop devices, in this order. */
  readonly disks?: readonly GuestDisk[];
  /** Folders of the host in which the guest may write; it can read whatever its user can, except /tmp and /run. */
  readonly writable?: readonly string[];
  /** Folders of the host below /tmp or /run that it may read too. */
  readonly readable?: readonly string[];
  /** Modules to load besides dm-mod and loop, `DEFAULT_MODULES` by default. A table loads those that it asks for. */
  readonly modules?: readonly string[];
  /** Shell commands that run as root in the guest before anything is started; a failing one fails the boot. */
  readonly prepare?: string;
  /** Whether the host's own systemd is PID 1 of the guest, without any unit of the host's but what it is asked for. */
  readonly systemd?: boolean;
  /** The guest's memory, a number with M or G; 512M by default. Only what it touches is taken. */
  readonly memory?: string;
  /** Ends the boot, or the guest at once, when aborted. */
  readonly signal?: AbortSignal;
  /** How long booting may take, in milliseconds; 60,000 by default. */
  readonly timeoutMs?: number;
}

/** What a command of the shell came to. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array;
  readonly stderr: string;
}

/** A real Linux that runs in processes of this host and has the host's files. */
export interface Guest {
  /** What `uname -r` says in it. */
  readonly release: string;
  /** The program of `BootOptions.executor`. */
  readonly executor: GuestProgram | undefined;
  /** The loop device of each disk, such as /dev/loop0. */
  readonly disks: readonly string[];
  /**
   * Runs a command of /bin/sh as root.
   *
   * @throws Error where it takes longer than `timeoutMs` (it is killed then), or the guest is gone.
   */
  run(command: string, options?: { readonly timeoutMs?: number }): Promise<CommandResult>;
  /** Starts a program joined to two pipes; its standard error goes to the console, which `log` shows. */
  startExecutor(argv: readonly string[]): Promise<GuestProgram>;
  /** The console, that is the kernel's messages and the programs' errors; its end when there is much. */
  log(): string;
  /** Settled when the guest is gone, whatever ended it. */
  readonly exited: Promise<void>;
  /** Powers off in order, and by force when that takes longer than a few seconds. Leaves no process. */
  close(): Promise<void>;
}

/** The modules of every device-mapper target that Debian's kernels have, at a third of a second for all. */
export const DEFAULT_MODULES: readonly string[] = [
  ...[
    'dm-cache',
    'dm-clone',
    'dm-crypt',
    'dm-delay',
    'dm-dust',
    'dm-era',
    'dm-flakey',
    'dm-integrity',
    'dm-log-writes',
  ],
  ...['dm-mirror', 'dm-multipath', 'dm-raid', 'dm-snapshot', 'dm-switch', 'dm-thin-pool', 'dm-unstripe', 'dm-verity'],
  ...['dm-writecache', 'dm-zero'],
];

const BOOT_TIMEOUT_MS = 60_000;
const POWER_OFF_GRACE_MS = 5_000;
const LOG_TAIL = 3_000;

/**
 * Boots a kernel and hands it over when it takes commands.
 *
 * @throws Error with the end of the console where it does not come up, or not in time; the signal's reason where that
 * was aborted; Error of `node:fs` where a disk or folder is not there.
 */
export async function bootKernel(options: BootOptions): Promise<Guest> {
  const { kernel, signal, memory = '512M' } = options;
  signal?.throwIfAborted();
  const machine = new Machine(kernel, initScript(guestSetup(options)), memory);
  const line = new Line(machine.toGuest, machine.fromGuest);
  const kill = (): void => machine.kill();
  signal?.addEventListener('abort', kill);
  const exited = machine.exited.then(() => {
    signal?.removeEventListener('abort', kill);
    line.end(new Error(`the guest is gone. The end of its console:\n${machine.console().slice(-LOG_TAIL)}`));
  });
  try {
    const disks = await firstWords(line, exited, machine, options);
    return makeGuest(kernel.release, machine, line, exited, disks, options.executor);
  } catch (error) {
    machine.kill();
    await exited;
    signal?.throwIfAborted();
    throw error;
  }
}

function guestSetup({
  kernel,
  disks = [],
  writable = [],
  readable = [],
  modules = DEFAULT_MODULES,
  prepare = '',
  systemd = false,
}: BootOptions) {
  for (const { file } of disks) {
    if (!statSync(file).isFile()) throw new TypeError(`disks: expected a file, received '${file}'`);
  }
  return {
    modules: realpathSync(kernel.modules),
    disks: disks.map((disk) => ({ ...disk, file: realpathSync(disk.file) })),
    folders: [
      ...readable.map((folder) => ({ path: realpathSync(folder), writable: false })),
      ...writable.map((folder) => ({ path: realpathSync(folder), writable: true })),
    ],
    load: modules,
    prepare,
    systemd,
  };
}

async function firstWords(line: Line, exited: Promise<void>, machine: Machine, options: BootOptions) {
  const { kernel, timeoutMs = BOOT_TIMEOUT_MS } = options;
  const done = new AbortController();
  const died = exited.then(() => 'died');
  const late = sleep(timeoutMs, `did not come up in ${timeoutMs} ms`, { signal: done.signal }).catch(() => '');
  const outcome = await Promise.race([line.booted, died, late]);
  done.abort();
  if (Array.isArray(outcome)) return outcome;
  throw new Error(
    `Linux ${kernel.release} ${outcome} while booting. The end of its console:\n${machine.console().slice(-LOG_TAIL)}`,
  );
}

function makeGuest(
  release: string,
  machine: Machine,
  line: Line,
  exited: Promise<void>,
  disks: readonly string[],
  argv: readonly string[] | undefined,
): Guest {
  let closing: Promise<void> | undefined;
  return {
    release,
    disks,
    exited,
    executor: argv === undefined ? undefined : line.start(argv, 'console'),
    run: (command, options) => runShell(line, command, options?.timeoutMs),
    startExecutor: async (program) => line.start(program, 'console'),
    log: () => machine.console(),
    close() {
      closing ??= powerOff(machine, line, exited);
      return closing;
    },
  };
}

async function runShell(line: Line, command: string, timeoutMs?: number): Promise<CommandResult> {
  const program = line.start(['/bin/sh', '-c', command], 'stream');
  program.input.end();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    program.kill();
  }, timeoutMs ?? 0x7fffffff);
  try {
    const [code, stdout, stderr] = await Promise.all([program.exited, buffer(program.output), buffer(program.errors)]);
    if (late) throw new Error(`'${command}' took longer than ${timeoutMs} ms; it said: ${stdout}${stderr}`);
    return { code, stdout: stdout.toString(), stdoutBytes: stdout, stderr: stderr.toString() };
  } finally {
    clearTimeout(timer);
  }
}

async function powerOff(machine: Machine, line: Line, exited: Promise<void>): Promise<void> {
  const done = new AbortController();
  line.quit();
  const grace = sleep(POWER_OFF_GRACE_MS, undefined, { signal: done.signal }).then(
    () => machine.kill(),
    () => {},
  );
  await Promise.race([exited, grace.then(() => exited)]);
  done.abort();
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstalledKernel } from './install.ts';

/** How much of the console is kept, in characters; the oldest goes first. */
const CONSOLE_MAX = 1 << 20;

/** How long the streams may outlive the kernel, in milliseconds. */
const STRAGGLERS_MS = 1_000;

/**
 * Runs the kernel, and ends it together with the process that holds the other end of standard input, however that one
 * ends. User-Mode Linux is several processes that outlive their first, and a session of its own (`setsid`): that is
 * what has to be killed. The folder with what the kernel was given goes at the same time.
 */
const KEEPER = `
folder=$1
shift
exec 8<&0
"$@" </dev/null 8<&- &
kernel=$!
end() {
  kill -s KILL -- -$kernel $kernel
  rm -rf -- "$folder"
  kill -s KILL 0
}
exec 2>/dev/null 3<&- 4<&-
{ read -r _ <&8; end; } &
exec 8<&-
wait $kernel
end
`;

/** A User-Mode Linux that runs: processes of this host, a console, and a serial line. */
export class Machine {
  /** Settled when no process of it is left. */
  readonly exited: Promise<void>;
  /** The serial line: what is written to it, and what is read from it. */
  readonly toGuest: Duplex;
  readonly fromGuest: Readable;
  readonly #child: ChildProcess;
  #console = '';

  /**
   * @param init the text of the script that is PID 1.
   * @param memory as the kernel's `mem=` takes it, such as `512M`.
   */
  constructor(kernel: InstalledKernel, init: string, memory: string) {
    const env = { ...process.env, TMPDIR: memoryFolder(memory) };
    const folder = mkdtempSync(join(tmpdir(), 'dmplan-'));
    const script = join(folder, 'init');
    writeFileSync(script, init, { mode: 0o755 });
    const preload = kernel.preload === undefined ? [] : ['/usr/bin/env', `LD_PRELOAD=${kernel.preload}`];
    const command = [...preload, kernel.binary, ...kernelArguments(folder, script, memory)];
    this.#child = spawn('/bin/sh', ['-c', KEEPER, 'dmplan-kernel', folder, ...command], {
      detached: true,
      cwd: '/',
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.toGuest = this.#child.stdio[3] as Duplex;
    this.fromGuest = this.#child.stdio[4] as Readable;
    this.#child.stdin?.on('error', () => {});
    this.toGuest.resume();
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('error', () => {});
      stream?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    }
    this.exited = this.#whenGone(folder);
  }

  /** The console so far, or as much of its end as is kept. */
  console(): string {
    return this.#console;
  }

  /** Ends every process of it at once. */
  kill(): void {
    this.#child.stdin?.destroy();
  }

  #keep(text: string): void {
    this.#console = (this.#console + text.replaceAll('\r', '')).slice(-CONSOLE_MAX);
  }

  /** Its processes share the streams: these close when the last one is dead, whoever is to reap it. */
  async #whenGone(folder: string): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#child.once('close', () => resolve());
    });
    await new Promise<void>((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', (error) => {
        this.#keep(`${error.message}\n`);
        resolve();
      });
    });
    await Promise.race([closed, sleep(STRAGGLERS_MS, undefined, { ref: false })]);
    for (const stream of this.#child.stdio) stream?.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything the kernel leaves in the host's file system, its control socket, goes in `folder`. */
function kernelArguments(folder: string, script: string, memory: string): string[] {
  return [
    `mem=${memory}`,
    'rootfstype=hostfs',
    'rootflags=/',
    'rw',
    `init=${script}`,
    'con=null',
    'con0=null,fd:1',
    'ssl=null',
    'ssl0=fd:3,fd:4',
    `uml_dir=${folder}`,
    'umid=guest',
  ];
}

/** A kernel's memory is an unlinked file, best on the tmpfs /dev/shm; containers often have it small and noexec. */
function memoryFolder(memory: string): string {
  const mount = readFileSync('/proc/mounts', 'utf8').match(/^\S+ \/dev\/shm tmpfs (\S+)/m);
  if (mount === null || mount[1]!.split(',').includes('noexec')) return tmpdir();
  const { bavail, bsize } = statfsSync('/dev/shm');
  return bavail * bsize > memoryBytes(memory) ? '/dev/shm' : tmpdir();
}

/**
 * @throws TypeError where the text is not a number of mebi- or gibibytes.
 */
function memoryBytes(memory: string): number {
  const [, count, unit] = /^([1-9]\d*)([MG])$/.exec(memory) ?? [];
  if (count === undefined) throw new TypeError(`memory: expected a number with M or G, received '${memory}'`);
  return Number(count) * 2 ** (unit === 'G' ? 30 : 20);
}

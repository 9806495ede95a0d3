import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { bootKernel, type Guest } from '../../src/kernel/boot.ts';
import { ensureKernel } from '../../src/kernel/install.ts';
import type { GuestProgram } from '../../src/kernel/program.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';
import { hidden } from '../../src/kernel/session.ts';
import type { Orders } from './client.ts';
import { cpuOfChildren } from './cpu-time.ts';
import type { Spent } from './measure.ts';

/** `npm run` starts in the package's folder; the bundle of this file lies elsewhere. */
const ROOT = process.cwd();
const LONGEST_MS = 3_600_000;

/** A throwaway kernel with a client that drives a warm executor in it, and the peers beside it. */
export class BenchKernel {
  readonly #folder: string;
  readonly #guest: Guest;
  readonly #client: GuestProgram;
  readonly #answers: AsyncIterator<string>;

  private constructor(folder: string, guest: Guest, client: GuestProgram) {
    this.#folder = folder;
    this.#guest = guest;
    this.#client = client;
    this.#answers = createInterface({ input: client.output })[Symbol.asyncIterator]();
  }

  /** Boots it for as long as `use` takes. `memory`: as the kernel takes it. */
  static async use<T>(memory: string, use: (kernel: BenchKernel) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'dmplan-bench-'));
    try {
      await bundle(folder);
      const kernel = await ensureKernel(kernelRelease('6.1'), { install: true });
      const readable = [folder, ...hidden([join(ROOT, 'dist/executor.cjs'), process.execPath])];
      const guest = await bootKernel({ kernel, readable: [...new Set(readable)], memory });
      try {
        const client = await guest.startExecutor([
          process.execPath,
          join(folder, 'client.mjs'),
          join(ROOT, 'dist/executor.cjs'),
          join(folder, 'bare.cjs'),
        ]);
        return await use(new BenchKernel(folder, guest, client));
      } finally {
        await guest.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Has the client do something, and resolves with what it tells. */
  async ask<K extends keyof Orders>(order: K, ...args: Parameters<Orders[K]>): Promise<Awaited<ReturnType<Orders[K]>>> {
    this.#client.input.write(`${JSON.stringify([order, ...args])}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the client ended at ${order}: ${this.#guest.log().slice(-3000)}`);
    const { told, failed } = JSON.parse(value as string);
    if (failed !== undefined) throw new Error(`${order}: ${failed}`);
    return told;
  }

  /** Runs a command of the shell in the kernel, and resolves with what it prints. */
  async run(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.#guest.run(command, { timeoutMs: LONGEST_MS });
    if (code !== 0) throw new Error(`${command} failed: ${stderr}`);
    return stdout;
  }

  /** Nanoseconds that a command of the shell takes, without the start of the shell. */
  async time(command: string): Promise<number> {
    const [before, after] = (await this.run(`date +%s%N; { ${command}; } >/dev/null; date +%s%N`)).trim().split('\n');
    return Number(BigInt(after!) - BigInt(before!));
  }

  /** Nanoseconds that plain C takes for making devices and for removing them; `how`, `care` and `first`: see raw-dm.c. */
  async raw(
    how: 'turns' | 'all' | 'make' | 'remove',
    devices: number,
    { care = 0, first = 0 }: { care?: 0 | 1 | 2; first?: number } = {},
  ): Promise<{ make: number; remove: number }> {
    const [make, remove] = (await this.run(`${this.#folder}/raw-dm ${how} ${devices} ${care} ${first}`)).split(' ');
    return { make: Number(make), remove: Number(remove) };
  }

  /** What `act` says that it took, in nanoseconds, with the CPU time that all of the kernel's processes took meanwhile. */
  async spend(act: () => Promise<number>): Promise<Spent> {
    const before = cpuOfChildren();
    const wall = await act();
    return { wall, cpu: cpuOfChildren() - before };
  }
}

async function bundle(folder: string): Promise<void> {
  execFileSync('cc', ['-O2', '-o', join(folder, 'raw-dm'), join(ROOT, 'test/bench/raw-dm.c')]);
  copyFileSync(join(ROOT, 'test/bench/bare.cjs'), join(folder, 'bare.cjs'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: [join(ROOT, 'test/bench/client.ts')],
    outfile: join(folder, 'client.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
}

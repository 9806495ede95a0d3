import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { type CommandName, commandName } from '../../src/commands.ts';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import type { GuestProgram } from '../../src/kernel/program.ts';
import { encode } from '../../src/planner/codec.ts';
import { Plan } from '../../src/planner/plan.ts';
import type { Kernel } from './harness.ts';
import { header } from './raw-plan.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The faulty executor as one file, in a folder of its own. */
export interface FaultyProgram {
  file: string;
  remove(): void;
}

export function bundleFaultyExecutor(): FaultyProgram {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dmplan-faulty-')));
  symlinkSync(here('../../node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'executor.cjs');
  buildSync({
    entryPoints: [here('faulty-executor.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['koffi'],
    logLevel: 'warning',
  });
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** A client of an executor whose system calls fail when they are told to; `faulty-executor.ts` has the words. */
export class Faulty {
  readonly dm: DeviceMapper;
  readonly program: GuestProgram;

  private constructor(dm: DeviceMapper, program: GuestProgram) {
    this.dm = dm;
    this.program = program;
  }

  static async start(kernel: Kernel, { file }: FaultyProgram): Promise<Faulty> {
    const { dm, program } = await kernel.open(file);
    return new Faulty(dm, program);
  }

  async arm(faults: string): Promise<void> {
    await this.#say(faults);
  }

  /** No more faults; the commands that were called since they were armed. */
  async disarm(): Promise<CommandName[]> {
    const called = await this.#say('none');
    return called === '' ? [] : called.split('.').map((number) => commandName(Number(number)));
  }

  async #say(name: string): Promise<string> {
    const { answers } = await this.dm.apply(Plan.fromBytes(encode({ v: 1, steps: [[0, header(name, 312)]] })));
    return answers[0]!.header.name;
  }
}

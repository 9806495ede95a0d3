import { type CommandName, commandName } from '../../src/commands.ts';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import type { GuestProgram } from '../../src/kernel/program.ts';
import { encode } from '../../src/planner/codec.ts';
import { Plan } from '../../src/planner/plan.ts';
import { type Bundle, bundle } from './bundle.ts';
import type { Kernel } from './harness.ts';
import { header } from './raw-plan.ts';

export const bundleFaultyExecutor = (): Bundle => bundle('faulty-executor.ts');

/** A client of an executor whose system calls fail when they are told to; `faulty-executor.ts` has the words. */
export class Faulty {
  readonly dm: DeviceMapper;
  readonly program: GuestProgram;

  private constructor(dm: DeviceMapper, program: GuestProgram) {
    this.dm = dm;
    this.program = program;
  }

  static async start(kernel: Kernel, { file }: Bundle): Promise<Faulty> {
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

/**
 * The program that measures inside the throwaway kernel: a client of the library with a warm executor. It takes orders, a
 * line of JSON each (name and arguments), and tells what came of each in a line. Its arguments: the executor's file, bare.cjs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Executor } from '../../src/client/connection.ts';
import { NODE_FLAGS } from '../../src/client/spawn.ts';
import { DeviceMapper } from '../../src/device-mapper.ts';
import { Plan } from '../../src/planner/plan.ts';
import { loadPlanner } from '../../src/planner/planner.ts';
import { openBare, startBare } from './bare.ts';
import { checksOf, type Layers, openLayers } from './layers.ts';
import type { Start } from './starts.ts';

const [program, bareProgram] = process.argv.slice(2) as [string, string];
const IN_FLIGHT = 16;
/** How memory is measured over many devices: so many by plans of their own, the others by plans of so many. */
const [ONE_BY_ONE, IN_ONE_PLAN] = [1000, 100];
const JOURNAL = '/run/dmplan';
const planner = await loadPlanner();

/** An executor, its process, and a device-mapper over it. */
interface Started {
  dm: DeviceMapper;
  executor: Executor;
  child: ChildProcess;
  /** Nanoseconds from its start to its hello. */
  ready: number;
}

async function start(flags: string[] = []): Promise<Started> {
  const began = process.hrtime.bigint();
  const args = [...flags, ...NODE_FLAGS, program, '--stdio', '--policy', 'unrestricted'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = once(child, 'close');
  const executor = await connect({ input: child.stdout!, output: child.stdin!, close: async () => void (await gone) });
  const ready = Number(process.hrtime.bigint() - began);
  return { dm: new DeviceMapper(executor, planner), executor, child, ready };
}

/** Nanoseconds. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await act();
  return Number(process.hrtime.bigint() - began);
}

const table = '0 8 zero';
const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `bench${index}`);

async function inFlight(names: string[], act: (name: string) => Promise<unknown>): Promise<void> {
  const left = names[Symbol.iterator]();
  const one = async (): Promise<void> => {
    for (const name of left) await act(name);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
}

/** MiB of the process that are in memory now, and at most so far. */
function memoryOf({ child }: Started): { now: number; most: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)![1]) / 1024;
  return { now: field('VmRSS'), most: field('VmHWM') };
}

async function cycle(dm: DeviceMapper, devices: number): Promise<void> {
  for (const name of namesOf(devices)) {
    await dm.create({ name, table });
    await dm.remove(name);
  }
}

async function inOnePlan(dm: DeviceMapper, devices: number): Promise<{ make: number; remove: number }> {
  const names = namesOf(devices);
  const make = () => dm.apply(Plan.join(names.map((name) => planner.plan({ action: 'create', name, table }))));
  const remove = () => dm.apply(Plan.join(names.map((name) => planner.plan({ action: 'remove', name }))));
  return { make: await timed(make), remove: await timed(remove) };
}

function zeroTable(targets: number) {
  return planner.plan({
    action: 'load',
    name: 'large',
    table: Array.from({ length: targets }, (_, row) => `${row * 8} 8 zero\n`).join(''),
  });
}

let bare: ReturnType<typeof openBare> | undefined;
let warm: Started | undefined;
let interpreted: Started | undefined;
let layers: Awaited<ReturnType<typeof openLayers>> | undefined;
const running = async (): Promise<Started> => {
  warm ??= await start();
  return warm;
};

/** All times in nanoseconds. */
const orders = {
  /** One device after the other, made and removed. */
  async turns(devices: number): Promise<number> {
    const { dm } = await running();
    return timed(() => cycle(dm, devices));
  },

  /** A plan for each device, up to 16 on their way at a time: all made, then all removed. */
  async pipelined(devices: number): Promise<number> {
    const { dm } = await running();
    const names = namesOf(devices);
    return timed(async () => {
      await inFlight(names, (name) => dm.create({ name, table }));
      await inFlight(names, (name) => dm.remove(name));
    });
  },

  /** All in one plan, and removed in one: from the requests to the answers. */
  async batch(devices: number): Promise<{ make: number; remove: number }> {
    return inOnePlan((await running()).dm, devices);
  },

  async layers(devices: number): Promise<Layers> {
    layers ??= await openLayers(planner, JOURNAL);
    return layers(devices);
  },

  /** As `turns`, by the system calls alone, of Node in a loop, of a worker, or of another process's worker. */
  async bare(how: 'loop' | 'worker' | 'process', devices: number): Promise<number> {
    bare ??= openBare(bareProgram);
    const { ask } = bare;
    if (how !== 'process') return Number(await ask(`${how} ${devices}`));
    return timed(async () => {
      for (let device = 0; device < devices; device++) {
        await ask('make');
        await ask('take');
      }
    });
  },

  /** From the start of a program to its end, or an executor's hello or first answer. */
  async start(name: Start): Promise<number> {
    const flags = name === 'executorJitless' ? ['--jitless'] : [];
    if (name !== 'executor' && name !== 'executorAnswer' && name !== 'executorJitless')
      return timed(() => startBare(name, program));
    const started = await start(flags);
    const answer = name === 'executorAnswer' ? await timed(() => started.dm.version()) : 0;
    await started.dm.close();
    return started.ready + answer;
  },

  /** MiB of a fresh executor with these options of node, after its hello and after each of so many devices. */
  async memory(counts: number[], flags: string[]): Promise<{ devices: number; now: number; most: number }[]> {
    const fresh = await start(flags);
    await sleep(1000);
    const points = [{ devices: 0, ...memoryOf(fresh) }];
    let done = 0;
    for (const devices of counts) {
      for (; done < Math.min(devices, ONE_BY_ONE); done++) await cycle(fresh.dm, 1);
      for (; done < devices; done += Math.min(IN_ONE_PLAN, devices - done))
        await inOnePlan(fresh.dm, Math.min(IN_ONE_PLAN, devices - done));
      points.push({ devices, ...memoryOf(fresh) });
    }
    await fresh.dm.close();
    return points;
  },

  /** As `turns`, by an executor without a just-in-time compiler. */
  async jitless(devices: number): Promise<number> {
    interpreted ??= await start(['--jitless']);
    const { dm } = interpreted;
    return timed(() => cycle(dm, devices));
  },

  /** The checks of a table of so many targets. */
  async checks(targets: number): Promise<{ payload: number; taken: ReturnType<typeof checksOf> }> {
    const plan = zeroTable(targets);
    return { payload: plan.steps[0]!.payload.length, taken: checksOf(plan) };
  },

  /** A table of so many targets loaded by a running executor, from the plan to the answer, and its bytes. */
  async load(targets: number): Promise<number> {
    const { dm, executor } = await running();
    const plan = zeroTable(targets);
    await dm.create({ name: 'large', noTable: true });
    try {
      return await timed(() => executor.apply(plan));
    } finally {
      await dm.remove('large');
    }
  },

  /** The list of all devices, decoded; `first`: by a client that has not asked before, and guesses how long it is. */
  async list(devices: number, first: boolean): Promise<number> {
    const { dm: known, executor } = await running();
    const dm = first ? new DeviceMapper(executor, planner) : known;
    let found = 0;
    const taken = await timed(async () => {
      found = (await dm.list()).length;
    });
    if (found !== devices) throw new Error(`${found} devices in the list, not ${devices}`);
    return taken;
  },

  /** A device with so many targets. */
  async make(name: string, targets: number): Promise<void> {
    const rows = Array.from({ length: targets }, (_, row) => `${row * 8} 8 zero\n`);
    await (await running()).dm.create({ name, table: rows.join('') });
  },

  async remove(name: string): Promise<void> {
    await (await running()).dm.remove(name);
  },

  /** The status of a device, decoded. */
  async status(name: string, targets: number): Promise<number> {
    const { dm } = await running();
    let found = 0;
    const taken = await timed(async () => {
      found = (await dm.status(name)).length;
    });
    if (found !== targets) throw new Error(`${found} targets, not ${targets}`);
    return taken;
  },
};

export type Orders = typeof orders;

for await (const line of createInterface({ input: process.stdin })) {
  const [order, ...args] = JSON.parse(line) as [keyof Orders, ...unknown[]];
  const act = orders[order] as (...args: unknown[]) => Promise<unknown>;
  const answer = await act(...args).then(
    (told) => ({ told }),
    (error: Error) => ({ failed: error.stack }),
  );
  console.log(JSON.stringify(answer));
}
process.exit(0);

import type { Worker } from 'node:worker_threads';
import { journalAt } from './journal.ts';
import { describe } from './log.ts';
import type { Apply } from './messages.ts';
import { type Control, driverOf, kernelOf } from './readiness.ts';
import { applyPlan, type Outcome } from './transaction.ts';

type Order = Pick<Apply, 'steps' | 'due'>;
/** Loaded where it is needed: it is a tenth of the start. */
const threads = () => process.getBuiltinModule('node:worker_threads');

/** `own` is how the uuids of the devices begin that may be touched, `journal` the descriptor of its file. */
type Settings = { own: string; journal: number };
type Data = Settings & { halted: Int32Array };

export type Applier = ReturnType<typeof startWorker>;

/**
 * Has the worker run `file`, which calls serveWorker in its turn. It has a thread of its own since an ioctl blocks for as
 * long as a device flushes; libuv's pool has four, and four blocked calls would stop all of node:fs. It starts when this
 * thread has nothing else to do, behind the hello, or is asked. `died` is called when it is gone, which is a defect.
 */
export function startWorker(file: string, settings: Settings, died: (why: unknown) => void) {
  const halted = new Int32Array(new SharedArrayBuffer(4));
  const workerData: Data = { ...settings, halted };
  const asked: ((answer: never) => void)[] = [];
  const gone = (why: unknown) => {
    died(why);
    for (const resolve of asked.splice(0)) resolve({ defect: describe(why) } as never);
  };
  let worker: Worker | null = null;
  const start = () => {
    // stdout: true keeps whatever the worker might print off this process's standard output, which carries frames.
    worker ??= new (threads().Worker)(file, { workerData, stdout: true, env: {}, argv: ['--worker'] })
      .on('message', (answer) => asked.shift()?.(answer as never))
      .on('error', gone)
      .on('exit', () => gone('the worker ended'));
    return worker;
  };
  const ask = <T>(order: Order | null, moved: ArrayBuffer[] = []) => {
    start().postMessage(order, moved);
    return new Promise<T>((resolve) => asked.push(resolve));
  };
  setImmediate(start);
  return {
    /** Applies a plan, when those before it are done. */
    async apply({ steps, due }: Order): Promise<Outcome> {
      Atomics.store(halted, 0, 0);
      const moved = steps.map(({ payload }) => payload.buffer);
      const outcome = await ask<Outcome | { defect: string }>({ steps, due }, moved);
      if ('defect' in outcome) throw new Error(outcome.defect);
      return outcome;
    },
    /** The running plan goes no further than its present step, and is undone. */
    halt: (): void => void Atomics.store(halted, 0, 1),
    /** Resolves when the worker answers, which is between two plans, with whether it can reach the kernel. */
    ping: () => ask<boolean>(null),
  };
}

/** The worker's side. A test hands in a control whose ioctl it has wrapped. */
export function serveWorker(load: () => Promise<Control>): void {
  const { parentPort, workerData } = threads();
  const control = load();
  parentPort!.on('message', async (order) => parentPort!.postMessage(...answer(order, await control, workerData)));
}

function answer(order: Order | null, control: Control, data: Data): [message: unknown, moved?: ArrayBuffer[]] {
  const { own, journal, halted } = data;
  if (order === null) return [Array.isArray(driverOf(control))];
  const late = () => order.due !== null && process.hrtime.bigint() >= order.due;
  const halt = () => (Atomics.load(halted, 0) !== 0 ? 'cancelled' : late() ? 'deadline_exceeded' : null);
  try {
    const outcome = applyPlan(order.steps, kernelOf(control, own), journalAt(journal), halt);
    return [outcome, 'replies' in outcome ? outcome.replies.map(({ buffer }) => buffer) : []];
  } catch (error) {
    return [{ defect: describe(error) }];
  }
}

import type { Worker as Thread } from 'node:worker_threads';
import { journalAt } from './journal.ts';
import type { Allowed } from './judge.ts';
import type { Apply } from './messages.ts';
import { type Control, driverOf, kernelOf } from './readiness.ts';
import { loadSystem } from './system.ts';
import { applyPlan, type Outcome } from './transaction.ts';

type Order = Pick<Apply, 'steps' | 'due'> & Partial<Allowed>;
/** Loaded where it is needed: it is a tenth of the start. */
const threads = () => process.getBuiltinModule('node:worker_threads');

/** `own` is how the uuids of the devices begin that may be touched, `journal` the descriptor of its file. */
type Data = { own: string; journal: number; halted: Int32Array };

export type Worker = ReturnType<typeof startWorker>;

/**
 * Has the worker run `file`, which calls serveWorker in its turn. It has a thread of its own since an ioctl blocks for as
 * long as a device flushes; libuv's pool has four, and four blocked calls would stop all of node:fs. It starts when this
 * thread has nothing else to do, behind the hello, or is asked. `died` is called when it is gone, which is a defect.
 */
export function startWorker(file: string, settings: Omit<Data, 'halted'>, died: (why: unknown) => void) {
  const halted = new Int32Array(new SharedArrayBuffer(4));
  const workerData: Data = { ...settings, halted };
  const asked: ((answer: never) => void)[] = [];
  let worker: Thread | null = null;
  const start = () => {
    // stdout: true keeps whatever the worker might print off this process's standard output, which carries frames.
    worker ??= new (threads().Worker)(file, { workerData, stdout: true, env: {}, argv: ['--worker'] })
      .on('message', (answer) => asked.shift()?.(answer as never))
      .on('error', died)
      .on('exit', () => died('the worker ended'));
    return worker;
  };
  const ask = <T>(order: Order | null, moved: ArrayBuffer[] = []) => {
    start().postMessage(order, moved);
    return new Promise<T>((resolve) => asked.push(resolve));
  };
  setImmediate(start);
  return {
    /** Applies a plan, when those before it are done. */
    apply({ steps, due }: Pick<Apply, 'steps' | 'due'>, allowed: Partial<Allowed> = {}): Promise<Outcome> {
      Atomics.store(halted, 0, 0);
      const moved = steps.map(({ payload }) => payload.buffer);
      return ask({ ...allowed, steps, due }, moved);
    },
    /** The running plan goes no further than its present step, and is undone. */
    halt: (): void => void Atomics.store(halted, 0, 1),
    /** Resolves when the worker answers, which is between two plans, with whether it can reach the kernel. */
    ping: () => ask<boolean>(null),
  };
}

/** The worker's side. A test hands in a control whose ioctl it has wrapped. */
export function serveWorker(load: () => Promise<Control> = loadSystem): void {
  const { parentPort, workerData } = threads();
  const control = load();
  parentPort!.on('message', async (order) => parentPort!.postMessage(...answer(order, await control, workerData)));
}

/** What it throws is a defect, and ends the worker. */
function answer(order: Order | null, control: Control, { own, journal, halted }: Data): [unknown, ArrayBuffer[]] {
  if (order === null) return [Array.isArray(driverOf(control)), []];
  const late = () => order.due !== null && process.hrtime.bigint() >= order.due;
  const halt = () => (Atomics.load(halted, 0) !== 0 ? 'cancelled' : late() ? 'deadline_exceeded' : null);
  const outcome = applyPlan(order, kernelOf(control, own), journalAt(journal), halt);
  return [outcome, 'replies' in outcome ? outcome.replies.map(({ buffer }) => buffer) : []];
}

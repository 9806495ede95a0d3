import { constants } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import * as abi from '../assembly/abi.ts';
import type { Control } from './control.ts';
import { errnoOf, errnoPair } from './errno.ts';
import { buildHeader, viewOf } from './header.ts';
import { abandoned, type Journal, type Lock, openJournal } from './journal.ts';
import { describe, log } from './log.ts';
import type { Driver, Reason, Step } from './messages.ts';
import { createNodes } from './nodes.ts';
import { applyPlan, type Halt, type Outcome } from './transaction.ts';
import { type Ioctl, type Kernel, recover } from './undo.ts';

/** What the worker says first: that it can forward, or why there is nothing to forward to. */
export type Greeting = { driver: Driver } | { reason: Reason } | { defect: string };

/** Applies whole plans, one at a time. */
export interface Applier {
  apply(steps: Step[], due: bigint | null): Promise<Outcome>;
  /** The running plan goes no further than its present step, and is undone. */
  halt(): void;
}

/** What the worker is started with; `journal` is the folder. */
type Data = { halted: Int32Array; journal: string };

interface Order {
  steps: Step[];
  due: bigint | null;
}

/**
 * Starts the worker from `file`, which calls serveWorker in its turn. It has a thread of its own since an ioctl blocks
 * for as long as a device flushes; libuv's pool has four, and four blocked calls would stop all of node:fs.
 * `died` is called when the worker is gone, which is a defect.
 */
export function startWorker(
  file: string,
  journal: string,
  died: (why: unknown) => void,
): { greeting: Promise<Greeting>; applier: Applier } {
  const halted = new Int32Array(new SharedArrayBuffer(4));
  const data: Data = { halted, journal };
  // stdout: true keeps whatever the worker might print off this process's standard output, which carries frames.
  const worker = new Worker(file, { workerData: data, stdout: true, env: {}, argv: [] });
  worker.on('error', died);
  worker.on('exit', () => died('the worker ended'));
  const answer = () => new Promise((resolve) => worker.once('message', resolve));
  return {
    greeting: answer() as Promise<Greeting>,
    applier: {
      async apply(steps, due) {
        Atomics.store(halted, 0, 0);
        const order: Order = { steps, due };
        worker.postMessage(
          order,
          steps.map(({ payload }) => payload.buffer),
        );
        const outcome = (await answer()) as Outcome | { defect: string };
        if ('defect' in outcome) throw new Error(outcome.defect);
        return outcome;
      },
      halt: () => void Atomics.store(halted, 0, 1),
    },
  };
}

/** The worker's side. `makeControl` opens the control node; a test hands in one whose ioctl it has wrapped. */
export async function serveWorker(makeControl: () => Promise<Control>): Promise<void> {
  const port = parentPort!;
  try {
    const { ioctl, mknod, lock } = await makeControl();
    const kernel: Kernel = { ioctl, nodes: createNodes({ mknod, pause }), pause };
    const greeting = greet(ioctl);
    const journal = 'driver' in greeting ? begin(kernel, lock) : greeting;
    port.on('message', (order: Order) => 'clear' in journal && answer(order, kernel, journal));
    port.postMessage('clear' in journal ? greeting : journal);
  } catch (error) {
    // Keeps the thread alive: its end would overtake the reason.
    port.on('message', () => {});
    // koffi that does not load has no errno.
    const errno = error instanceof Error && 'errno' in error ? errnoOf(error) : 0;
    port.postMessage(errno === 0 ? { defect: describe(error) } : unavailable(errno));
  }
}

/** Undoes what dead executors owed, before anything else is done. */
function begin(kernel: Kernel, lock: Lock): Journal | Greeting {
  const { journal: folder } = workerData as Data;
  try {
    const journal = openJournal(folder, lock);
    for (const debts of abandoned(folder, lock)) {
      const devices = [...new Set(debts.map(({ name }) => name))];
      if (debts.length > 0) log('recovered', { devices, undone: recover(kernel, debts) });
    }
    return journal;
  } catch (error) {
    const message = `${folder}: ${errnoPair(errnoOf(error))?.[1]}: name a folder that can be written with --journal`;
    return { reason: { name: 'no_journal', message } };
  }
}

function answer({ steps, due }: Order, kernel: Kernel, journal: Journal): void {
  const halt: Halt = () => {
    if (Atomics.load((workerData as Data).halted, 0) !== 0) return 'cancelled';
    return due !== null && process.hrtime.bigint() >= due ? 'deadline_exceeded' : null;
  };
  try {
    const outcome = applyPlan(steps, kernel, journal, halt);
    parentPort!.postMessage(outcome, 'replies' in outcome ? outcome.replies.map(({ buffer }) => buffer) : []);
  } catch (error) {
    parentPort!.postMessage({ defect: describe(error) });
  }
}

/** VERSION is the first ioctl: the kernel checks CAP_SYS_ADMIN before anything else (dm-ioctl.c ctl_ioctl). */
function greet(ioctl: Ioctl): Greeting {
  const payload = buildHeader('', '');
  const errno = ioctl(abi.DM_VERSION, payload);
  if (errno !== 0) return unavailable(errno);
  const part = (index: number) => viewOf(payload).getUint32(abi.VERSION_OFFSET + 4 * index, true);
  return { driver: [part(0), part(1), part(2)] };
}

const { EACCES, EPERM, ENOENT, ENXIO, ENODEV, ENOTTY } = constants.errno;
const DENIED: Reason = {
  name: 'permission_denied',
  message: 'the control node may not be used: run with CAP_SYS_ADMIN as a user that may open it',
};
const MISSING: Reason = {
  name: 'no_device_mapper',
  message: 'no device-mapper behind /dev/mapper/control: load it (modprobe dm_mod), or make the node',
};

function unavailable(errno: number): Greeting {
  if ([EACCES, EPERM].includes(errno)) return { reason: DENIED };
  if ([ENOENT, ENXIO, ENODEV, ENOTTY].includes(errno)) return { reason: MISSING };
  return { defect: `/dev/mapper/control could not be used: ${errnoPair(errno)?.[1]}` };
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread, which has nothing else to do. */
function pause(milliseconds: number): void {
  Atomics.wait(NEVER, 0, 0, milliseconds);
}

import { constants } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import * as abi from '../assembly/abi.ts';
import { errnoOf } from './failure.ts';
import { buildHeader, viewOf } from './header.ts';
import { abandoned, type Journal, openJournal } from './journal.ts';
import { describe, log } from './log.ts';
import type { Apply, Driver, Reason } from './messages.ts';
import { createNodes } from './nodes.ts';
import type { Control } from './system.ts';
import { applyPlan, type Outcome } from './transaction.ts';
import { type Kernel, recover } from './undo.ts';

type Order = Pick<Apply, 'steps' | 'due'>;
/** What the worker says first: that it can forward, or why there is nothing to forward to. */
export type Greeting = { driver: Driver } | { reason: Reason } | { defect: string };
/** `own` is how the uuids of the devices begin that may be touched, `folder` the journal's. */
type Settings = { own: string; folder: string };
type Data = Settings & { halted: Int32Array };

export type Applier = ReturnType<typeof startWorker>['applier'];

/**
 * Starts the worker from `file`, which calls serveWorker in its turn. It has a thread of its own since an ioctl blocks
 * for as long as a device flushes; libuv's pool has four, and four blocked calls would stop all of node:fs.
 * `died` is called when the worker is gone, which is a defect.
 */
export function startWorker(file: string, settings: Settings, died: (why: unknown) => void) {
  const halted = new Int32Array(new SharedArrayBuffer(4));
  const workerData: Data = { ...settings, halted };
  // stdout: true keeps whatever the worker might print off this process's standard output, which carries frames.
  const worker = new Worker(file, { workerData, stdout: true, env: {}, argv: [] });
  const asked: ((answer: never) => void)[] = [];
  const answered = <T>() => new Promise<T>((resolve) => asked.push(resolve));
  const ask = <T>(order: Order | null, moved: ArrayBuffer[] = []) => {
    worker.postMessage(order, moved);
    return answered<T>();
  };
  const gone = (why: unknown) => {
    died(why);
    for (const resolve of asked.splice(0)) resolve({ defect: describe(why) } as never);
  };
  worker.on('message', (answer) => asked.shift()?.(answer as never));
  worker.on('error', gone).on('exit', () => gone('the worker ended'));
  const applier = {
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
  return { greeting: answered<Greeting>(), applier };
}

/** The worker's side. `makeControl` opens the control node; a test hands in one whose ioctl it has wrapped. */
export async function serveWorker(makeControl: () => Promise<Control>): Promise<void> {
  const port = parentPort!;
  // Keeps the thread alive: its end would overtake what it says.
  port.on('message', () => {});
  try {
    const { ioctl, mknod, lock } = await makeControl();
    const { own } = workerData as Data;
    const kernel: Kernel = { ioctl, nodes: createNodes({ mknod, pause }), pause, own };
    const greeting = greet(kernel);
    const journal = 'driver' in greeting ? begin(kernel, lock) : greeting;
    port.postMessage('clear' in journal ? greeting : journal);
    if ('clear' in journal)
      port.on('message', (order: Order | null) => port.postMessage(...answer(order, kernel, journal)));
  } catch (error) {
    // koffi that does not load has no errno. Behind the first line stands where Node looked for it.
    const errno = error instanceof Error && 'errno' in error ? errnoOf(error) : 0;
    const message = `koffi, which calls the kernel, cannot be used: npm install koffi (${describe(error).split('\n')[0]})`;
    port.postMessage(errno === 0 ? { reason: { name: 'no_koffi', message } } : unavailable(errno));
  }
}

/** Undoes what dead executors owed, before anything else is done. */
function begin(kernel: Kernel, lock: Control['lock']): Journal | Greeting {
  const { folder } = workerData as Data;
  try {
    const journal = openJournal(folder, lock);
    for (const debts of abandoned(folder, lock)) {
      const devices = [...new Set(debts.map(({ name }) => name))];
      if (debts.length > 0) log('recovered', { devices, undone: recover(kernel, debts) });
    }
    return journal;
  } catch (error) {
    errnoOf(error);
    const message = `${(error as Error).message}: name a folder that can be written with --journal`;
    return { reason: { name: 'no_journal', message } };
  }
}

function answer(order: Order | null, kernel: Kernel, journal: Journal): [message: unknown, moved?: ArrayBuffer[]] {
  if (order === null) return ['driver' in greet(kernel)];
  const late = () => order.due !== null && process.hrtime.bigint() >= order.due;
  const halted = () => Atomics.load((workerData as Data).halted, 0) !== 0;
  const halt = () => (halted() ? 'cancelled' : late() ? 'deadline_exceeded' : null);
  try {
    const outcome = applyPlan(order.steps, kernel, journal, halt);
    return [outcome, 'replies' in outcome ? outcome.replies.map(({ buffer }) => buffer) : []];
  } catch (error) {
    return [{ defect: describe(error) }];
  }
}

/** VERSION is the first ioctl: the kernel checks CAP_SYS_ADMIN before anything else (dm-ioctl.c ctl_ioctl). */
function greet({ ioctl, own }: Pick<Kernel, 'ioctl' | 'own'>): Greeting {
  const payload = buildHeader('', '');
  const errno = ioctl(abi.DM_VERSION, payload);
  if (errno !== 0) return unavailable(errno);
  const part = (index: number) => viewOf(payload).getUint32(abi.VERSION_OFFSET + 4 * index, true);
  // From 4.45 on a list has only the devices that are asked for.
  if (own !== '' && part(0) === 4 && part(1) < 45) return { reason: { name: 'bad_policy', message: OLD } };
  return { driver: [part(0), part(1), part(2)] };
}

const { EACCES, EPERM, ENOENT, ENXIO, ENODEV, ENOTTY } = constants.errno;
const DENIED = 'the control node may not be used: run with CAP_SYS_ADMIN as a user that may open it';
const OLD = 'this policy takes device-mapper 4.45, which Linux has from 5.13 on';
const MISSING = 'no device-mapper behind /dev/mapper/control: load it (modprobe dm_mod), or make the node';

function unavailable(errno: number): Greeting {
  if ([EACCES, EPERM].includes(errno)) return { reason: { name: 'permission_denied', message: DENIED } };
  if ([ENOENT, ENXIO, ENODEV, ENOTTY].includes(errno))
    return { reason: { name: 'no_device_mapper', message: MISSING } };
  return { defect: `/dev/mapper/control could not be used: errno ${errno}` };
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread, which has nothing else to do. */
function pause(milliseconds: number): void {
  Atomics.wait(NEVER, 0, 0, milliseconds);
}

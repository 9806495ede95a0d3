/** What each layer between a request and the kernel takes, with all of them in one thread and the clock between them. */
import { DM_DEV_STATUS } from '../../assembly/abi.ts';
import { journalAt, openJournal } from '../../executor/journal.ts';
import { type Apply, framed, frameReader, readRequest, reply } from '../../executor/messages.ts';
import { createNodes } from '../../executor/nodes.ts';
import { LIMITS } from '../../executor/protocol.ts';
import { brokenRule } from '../../executor/rules.ts';
import { scan } from '../../executor/scan.ts';
import { loadSystem } from '../../executor/system.ts';
import { applyPlan } from '../../executor/transaction.ts';
import { applyFrame, MessageReader, type Result } from '../../src/client/messages.ts';
import { encode } from '../../src/planner/codec.ts';
import type { Plan } from '../../src/planner/plan.ts';
import type { Planner } from '../../src/planner/planner.ts';
import type { Request } from '../../src/request.ts';

/** Nanoseconds by the layer's name. */
export type Layers = Record<(typeof LAYERS)[number], number>;

/** In the order in which a request passes them. */
export const LAYERS = [
  'encoding the request',
  'planning',
  'frame',
  'scan',
  'schema and digest',
  'byte rules',
  'asking for the state before',
  'ioctl',
  'journal',
  'node',
  'transaction',
  'reply',
  'decoding',
] as const;

/** The clock, and what stands on it so far. */
class Clock {
  readonly taken: Layers = Object.fromEntries(LAYERS.map((name) => [name, 0])) as Layers;

  time<T>(layer: keyof Layers, act: () => T): T {
    const before = process.hrtime.bigint();
    try {
      return act();
    } finally {
      this.taken[layer] += Number(process.hrtime.bigint() - before);
    }
  }
}

/** The checks that a frame goes through before anything is done. */
export function checked(clock: Clock, frame: Uint8Array, id: number): Apply {
  clock.time('scan', () => scan(frame));
  const request = clock.time('schema and digest', () => readRequest(frame, id - 1, process.hrtime.bigint())) as Apply;
  const broken = clock.time('byte rules', () => request.steps.find((step) => brokenRule(step.command, step.payload)));
  if (broken) throw new Error('a byte rule fired');
  return request;
}

/** Nanoseconds that the executor takes for the checks of a plan, by their names. */
export function checksOf(plan: Plan): Pick<Layers, 'scan' | 'schema and digest' | 'byte rules'> {
  const clock = new Clock();
  checked(clock, applyFrame(1, plan.bytes).slice(4), 1);
  return clock.taken;
}

export type LayeredDevices = Awaited<ReturnType<typeof openLayers>>;

/** `folder`: of the journal. */
export async function openLayers(planner: Planner, folder: string) {
  const control = await loadSystem();
  const journal = journalAt(openJournal(folder, control.lock));
  const nodes = createNodes({ mknod: control.mknod, pause: () => {} });

  function pass(clock: Clock, request: Request): void {
    const encoded = clock.time('encoding the request', () => encode({ v: 1, ...request }));
    const plan = clock.time('planning', () => planner.planEncoded(encoded));
    const frame = clock.time('frame', () => [...frameReader(LIMITS.frameBytes).push(applyFrame(1, plan.bytes))][0]!);
    const { steps } = checked(clock, frame, 1);
    const inside = new Clock();
    const kernel = {
      pause: () => {},
      own: '',
      ioctl: (command: number, payload: Uint8Array<ArrayBuffer>) =>
        inside.time(command === DM_DEV_STATUS ? 'asking for the state before' : 'ioctl', () =>
          control.ioctl(command, payload),
        ),
      nodes: {
        appear: (name: string, dev: number) => inside.time('node', () => nodes.appear(name, dev)),
        vanish: (name: string) => inside.time('node', () => nodes.vanish(name)),
      },
    };
    const timed: typeof journal = {
      owe: (debt) => inside.time('journal', () => journal.owe(debt)),
      clear: () => inside.time('journal', () => journal.clear()),
    };
    const outcome = clock.time('transaction', () => applyPlan({ steps }, kernel, timed, () => null));
    for (const layer of LAYERS) {
      clock.taken[layer] += inside.taken[layer];
      clock.taken.transaction -= inside.taken[layer];
    }
    if ('failure' in outcome) throw new Error(outcome.failure.message);
    const { done, ...said } = outcome;
    const body = clock.time('reply', () => reply('result', 1, said));
    clock.time('decoding', () => {
      const message = [...new MessageReader().push(framed(body))][0] as Result;
      for (const [index, bytes] of message.replies.entries()) planner.decode(plan.steps[index]!.command, bytes);
    });
  }

  /** Nanoseconds for one device, made and removed, by layer; the mean of so many. */
  return (devices: number): Layers => {
    const clock = new Clock();
    for (let device = 0; device < devices; device++) {
      const name = `layer${device}`;
      pass(clock, { action: 'create', name, table: '0 8 zero' });
      pass(clock, { action: 'remove', name });
    }
    return Object.fromEntries(LAYERS.map((layer) => [layer, clock.taken[layer] / devices])) as Layers;
  };
}

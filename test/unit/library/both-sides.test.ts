import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveClient, takeTurns } from '../../../executor/client.ts';
import { failure } from '../../../executor/failure.ts';
import { type Apply, hello, type Step } from '../../../executor/messages.ts';
import type { Outcome } from '../../../executor/transaction.ts';
import type { Worker as Applier } from '../../../executor/worker.ts';
import {
  COMMANDS,
  connect,
  type Executor,
  loadPlanner,
  openDeviceMapper,
  Plan,
  type Request,
} from '../../../src/index.ts';
import { bare, encode, map } from '../executor/payloads.ts';
import { settle } from './peer.ts';

const planner = await loadPlanner();
const plan = planner.plan({ action: 'create', name: 'data', table: '0 8 zero' });
const code = (name: string) => expect.objectContaining({ name: 'DmError', code: name });

/** Stands for the worker of the executor: answers with the payloads themselves, once it is let go. */
class FakeApplier implements Applier {
  readonly plans: Step[][] = [];
  dues: (bigint | null)[] = [];
  halted = false;
  outcome: ((steps: Step[]) => Outcome) | undefined;
  #gate: Promise<void> = Promise.resolve();
  #open = (): void => {};

  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  letGo(): void {
    this.#open();
  }

  async apply({ steps, due }: Pick<Apply, 'steps' | 'due'>): Promise<Outcome> {
    this.plans.push(steps);
    this.dues.push(due);
    await this.#gate;
    if (this.halted) {
      this.halted = false;
      return {
        done: [],
        failure: { ...failure('cancelled', 'stopped'), rollback: { complete: true, undone: [[0, 4, null]] } },
      };
    }
    const replies = steps.map(({ payload }) => payload as Uint8Array<ArrayBuffer>);
    return this.outcome?.(steps) ?? { done: [], replies, node: '/dev/mapper/data' };
  }

  halt(): void {
    this.halted = true;
  }

  async ping(): Promise<boolean> {
    return true;
  }
}

let applier: FakeApplier;
let executor: Executor;
let ended: Promise<number>;

beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const toExecutor = new PassThrough();
  const toClient = new PassThrough();
  applier = new FakeApplier();
  const shared = { applier, turn: takeTurns(), fail: () => undefined, policy: 'unrestricted' };
  ended = serveClient(toExecutor, toClient, 'stdio', hello([4, 48, 0], 'unrestricted', null), shared).ended;
  executor = await connect({ input: toClient, output: toExecutor });
});
afterEach(async () => {
  applier.letGo();
  await executor.close();
  await ended;
  vi.restoreAllMocks();
});

describe('the library and the executor, each with its own reading of the protocol,', () => {
  it('agree on the hello', () => {
    expect(executor.hello).toMatchObject({ protocol: 1, state: 'ready', reason: null, driver: [4, 48, 0] });
    expect(executor.hello.limits.payloadBytes).toBe(32 * 1024 * 1024);
  });

  it('agree that minor numbers are the kernel’s to choose, and the library says so', async () => {
    const dm = await openDeviceMapper({ executor, planner });
    await expect(dm.create({ name: 'data', minor: 7, table: '0 8 zero' })).rejects.toMatchObject({
      code: 'minor_not_chosen',
      rule: 'flags',
      path: 'minor',
      step: { index: 0, command: 'DEV_CREATE' },
    });
    expect(applier.plans).toEqual([]);
  });

  it('agree that the executor forwards every command that the planner plans, but three', () => {
    const table = '0 8 zero';
    const actions: Request[] = [
      { action: 'version' },
      { action: 'list' },
      { action: 'targets' },
      { action: 'target_version', type: 'linear' },
      { action: 'rename', name: 'a', newName: 'b' },
      { action: 'set_uuid', name: 'a', newUuid: 'U' },
      { action: 'message', name: 'a', message: 'enable' },
      { action: 'set_geometry', name: 'a', geometry: { cylinders: 1, heads: 1, sectors: 1, start: 0 } },
      { action: 'measure', name: 'a' },
      ...(['create', 'load', 'reload'] as const).map((action): Request => ({ action, name: 'a', table })),
      ...(['remove', 'clear', 'suspend', 'resume', 'info', 'status', 'table', 'deps'] as const).map(
        (action): Request => ({ action, name: 'a' }),
      ),
    ];
    const commands = actions.flatMap((request) => planner.plan(request).steps.map(({ command }) => COMMANDS[command]));
    expect([...new Set(commands)].sort((a, b) => a - b)).toEqual([...executor.hello.commands].sort((a, b) => a - b));
    const others: Request[] = [{ action: 'remove_all' }, { action: 'wait', name: 'a' }, { action: 'arm_poll' }];
    for (const request of others) {
      expect(executor.hello.commands).not.toContain(COMMANDS[planner.plan(request).steps[0]!.command]);
    }
  });

  it('carry every plan to the worker byte by byte, and its replies back', async () => {
    const { replies, node } = await executor.apply(plan);
    expect(applier.plans[0]).toEqual(
      plan.steps.map(({ command, payload }) => ({ command: COMMANDS[command], payload })),
    );
    expect(replies).toEqual(plan.steps.map(({ payload }) => payload));
    expect(node).toBe('/dev/mapper/data');
  });

  it('carry a plan of twenty megabytes', { timeout: 30_000 }, async () => {
    const rows = Array.from({ length: 280_000 }, (_, i) => `${i * 8} 8 linear /dev/mapper/aaaaa ${i * 8}\n`);
    const large = planner.plan({ action: 'load', name: 'data', table: rows.join('') });
    expect(large.bytes.length).toBeGreaterThan(20_000_000);
    const { replies } = await executor.apply(large);
    expect(Buffer.from(replies[0]!).equals(large.steps[0]!.payload)).toBe(true);
  });

  it('agree on a plan that is too large for a frame, and go on', { timeout: 30_000 }, async () => {
    const steps = Array.from({ length: 3 }, () => [12, new Uint8Array(30 << 20)]) as never;
    const huge = Plan.fromBytes(encode(map({ v: 1, steps })));
    await expect(executor.apply(huge)).rejects.toEqual(code('plan_too_large'));
    await expect(executor.apply(plan)).resolves.toBeDefined();
  });

  it('agree on a byte rule that fires', async () => {
    const bad = bare({ name: 'a' });
    bad[40] = 1;
    const refused = executor.apply(
      Plan.fromBytes(
        encode(
          map({
            v: 1,
            steps: [
              [3, bare({ name: 'a' })],
              [7, bad],
            ],
          }),
        ),
      ),
    );
    await expect(refused).rejects.toMatchObject({
      code: 'payload_refused',
      rule: 'zero_field',
      step: { index: 1, command: 'DEV_STATUS' },
    });
    expect(applier.plans).toEqual([]);
  });

  it('agree on what failed and what was undone', async () => {
    const undone: [number, number, number][] = [
      [1, 10, 6],
      [0, 4, 16],
    ];
    applier.outcome = () => ({
      done: [],
      failure: { ...failure('ioctl_failed', 'why', 22), step: 2, rollback: { complete: false, undone } },
    });
    await expect(executor.apply(plan)).rejects.toMatchObject({
      code: 'ioctl_failed',
      step: { index: 2, command: 'DEV_SUSPEND' },
      errno: { number: 22, name: 'EINVAL' },
      rollback: {
        complete: false,
        undone: [
          { step: 1, command: 'TABLE_CLEAR', errno: { number: 6 } },
          { step: 0, command: 'DEV_REMOVE', errno: { number: 16 } },
        ],
      },
    });
  });

  it('agree on an abort of the plan that runs, and of one that waits', async () => {
    applier.hold();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const applies = [
      executor.apply(plan, { signal: running.signal }),
      executor.apply(plan, { signal: waiting.signal }),
      executor.apply(plan),
    ];
    await settle();
    waiting.abort();
    await expect(applies[1]).rejects.toMatchObject({ code: 'cancelled', rollback: undefined });
    running.abort();
    await settle();
    applier.letGo();
    await expect(applies[0]).rejects.toMatchObject({
      code: 'cancelled',
      rollback: { complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' }] },
    });
    await expect(applies[2]).resolves.toBeDefined();
  });

  it('agree on a ping while a plan runs', async () => {
    applier.hold();
    const applied = executor.apply(plan);
    await expect(executor.ping()).resolves.toBeUndefined();
    applier.letGo();
    await applied;
  });

  it('agree on a deadline in milliseconds', async () => {
    const before = process.hrtime.bigint();
    await executor.apply(plan, { deadline: 60_000 });
    const due = applier.dues[0]!;
    expect(due - before).toBeGreaterThanOrEqual(60_000_000_000n);
    expect(due - process.hrtime.bigint()).toBeLessThanOrEqual(60_000_000_000n);
  });

  it('agree that more plans than the queue holds are busy, and can be sent again', async () => {
    applier.hold();
    const applies = Array.from({ length: 40 }, () => executor.apply(plan));
    const settled = Promise.allSettled(applies);
    await settle();
    applier.letGo();
    const outcomes = await settled;
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refused).toHaveLength(40 - 17);
    expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: 'busy', retryable: true })));
  });

  it('agree on the end: what was asked before it is answered, and the executor ends with 0', async () => {
    await executor.apply(plan);
    await executor.close();
    expect(await ended).toBe(0);
  });
});

it('a degraded executor is an error of its reason', async () => {
  const toExecutor = new PassThrough();
  const toClient = new PassThrough();
  const body = hello(null, 'unrestricted', { name: 'no_device_mapper', message: 'load it' });
  const shared = { applier: null, turn: takeTurns(), fail: () => undefined, policy: 'unrestricted' };
  const { ended } = serveClient(toExecutor, toClient, 'stdio', body, shared);
  const connecting = connect({ input: toClient, output: toExecutor });
  await expect(connecting).rejects.toMatchObject({ code: 'no_device_mapper', message: 'load it' });
  expect(await ended).toBe(0);
});

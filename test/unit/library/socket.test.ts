import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  COMMANDS,
  connectExecutor,
  type DmError,
  type Executor,
  loadPlanner,
  Plan,
  readHello,
} from '../../../src/index.ts';
import { bare, encode, map } from '../executor/payloads.ts';
import { type Accepted, Listener } from './listener.ts';
import { FAILED, HELLO } from './peer.ts';

const planner = await loadPlanner();
const plan = planner.plan({ action: 'create', name: 'data', table: '0 8 zero' });
const query = planner.plan({ action: 'info', name: 'data' });
const REPLIES = [bare({ name: 'a' }), bare({ name: 'b' }), bare({ name: 'c' })];

const result = (id: number, replies = REPLIES) => ({ type: 'result', id, replies, node: '/dev/mapper/data' });

let listener: Listener;
let executor: Executor;
let client: Accepted;

beforeEach(async () => {
  listener = new Listener();
  await listener.listen();
  executor = await connectExecutor(listener.path);
  client = await listener.client();
});
afterEach(async () => {
  await Promise.all([listener.end(), executor.close()]);
});

/** How a promise fails. */
async function failure(promise: Promise<unknown>): Promise<DmError> {
  return promise.then(
    () => expect.unreachable(),
    (error: DmError) => error,
  );
}

describe('an executor that listens', () => {
  it('says hello to its client', () => {
    expect(executor.hello).toEqual(HELLO);
  });

  it('answers a plan', async () => {
    const applied = executor.apply(plan);
    client.say(result((await client.heard()).id));
    expect(await applied).toEqual({ replies: REPLIES, node: '/dev/mapper/data' });
  });

  it.each([
    ['policy_refused', 'own', 1],
    ['degraded', null, null],
  ])('refuses with %s, the rule and the step, and a remedy', async (name, rule, step) => {
    const applied = failure(executor.apply(plan));
    const { id } = await client.heard();
    client.say({ ...FAILED, id, name, rule, step, errno: null, message: 'why' });
    const error = await applied;
    expect(error).toMatchObject({ name: 'DmError', code: name, message: 'why', retryable: false });
    expect(error.rule).toBe(rule ?? undefined);
    expect(error.step).toEqual(step === null ? undefined : { index: 1, command: 'TABLE_LOAD' });
    expect(error.remedy).toMatch(/^[a-z].{20,}/);
    expect(error.toJSON().remedy).toBe(error.remedy);
  });
});

describe('connecting', () => {
  it('to nothing, to a file and to a socket that nobody listens at names the errno and a remedy', async () => {
    const file = join(listener.path, '..', 'file');
    writeFileSync(file, '');
    for (const [path, name] of [
      [`${listener.path}x`, 'ENOENT'],
      [file, 'ECONNREFUSED'],
    ] as const) {
      const error = await failure(connectExecutor(path));
      expect(error).toMatchObject({ code: 'executor_unreachable', errno: { name }, retryable: true });
      expect(error.remedy).toContain('start the executor');
      expect(error.message).toContain(path);
    }
  });

  it.each(['', 'a'.repeat(108), '\0abstract'])('to a path that no socket can have is refused: %j', async (path) => {
    expect(await failure(connectExecutor(path))).toMatchObject({ code: 'executor_unreachable' });
  });

  it.each(['no_device_mapper', 'permission_denied', 'bad_policy', 'no_journal'])(
    'to one that is degraded is its reason, with a remedy where it has none of its own: %s',
    async (name) => {
      listener.hello = { ...HELLO, state: 'degraded', driver: null, policy: null, reason: { name, message: 'why' } };
      const error = await failure(connectExecutor(listener.path));
      expect(error).toMatchObject({ code: name, message: 'why' });
      expect(error.remedy !== undefined).toBe(['bad_policy', 'no_journal'].includes(name));
      expect((await readHello(listener.path)).reason).toEqual({ name, message: 'why' });
    },
  );

  it('to one that has too many clients is busy, and can be tried again', async () => {
    listener.hello = { ...FAILED, id: null, name: 'busy', step: null, errno: null };
    expect(await failure(connectExecutor(listener.path))).toMatchObject({ code: 'busy', retryable: true });
    expect(await failure(readHello(listener.path))).toMatchObject({ message: expect.stringContaining('busy') });
  });

  it('to one that says nothing ends with the signal', async () => {
    listener.hello = undefined;
    const abort = new AbortController();
    const connecting = failure(connectExecutor(listener.path, { signal: abort.signal }));
    const silent = await listener.client();
    abort.abort();
    expect(await connecting).toMatchObject({ code: 'cancelled' });
    await silent.ended;
  });

  it('is over when the signal of connecting is aborted later', async () => {
    const abort = new AbortController();
    const own = await connectExecutor(listener.path, { signal: abort.signal });
    const accepted = await listener.client();
    abort.abort();
    const applied = own.apply(plan);
    accepted.say(result((await accepted.heard()).id));
    await expect(applied).resolves.toBeDefined();
    await own.close();
  });
});

describe('a connection that is lost', () => {
  it('leaves in doubt what was on its way, which is not sent again, and is made again for the next plan', async () => {
    const applied = failure(executor.apply(plan));
    await client.heard();
    client.destroy();
    expect(await applied).toMatchObject({
      code: 'indeterminate',
      retryable: false,
      message: expect.stringContaining('what became of the plan is not known'),
      remedy: expect.stringContaining('dmplan info'),
    });
    const other = executor.apply(plan, { deadline: 60_000 });
    const next = await listener.client();
    const sent = await next.heard();
    expect(sent.deadline).toBeGreaterThan(0);
    expect(sent.deadline).toBeLessThanOrEqual(60_000);
    next.say(result(sent.id));
    await expect(other).resolves.toBeDefined();
    await executor.close();
    expect(next.unheard).toEqual([]);
  });

  it('has a question asked anew', async () => {
    const applied = executor.apply(query);
    await client.heard();
    client.destroy();
    const next = await listener.client();
    next.say(result((await next.heard()).id, [REPLIES[0]!]));
    expect((await applied).replies).toEqual([REPLIES[0]]);
  });

  it('has a plan that asks and changes not sent again', async () => {
    const both = Plan.fromBytes(encode(map({ v: 1, steps: [stepOf(query), stepOf(plan)] })));
    const applied = failure(executor.apply(both));
    await client.heard();
    client.destroy();
    expect(await applied).toMatchObject({ code: 'indeterminate' });
    expect(listener.count).toBe(1);
  });

  it('is made again once for all that were on their way', async () => {
    const applies = [executor.apply(query), executor.apply(query), executor.apply(query)];
    for (const _ of applies) await client.heard();
    client.destroy();
    const next = await listener.client();
    for (const _ of applies) next.say(result((await next.heard()).id, [REPLIES[0]!]));
    expect(await Promise.all(applies)).toHaveLength(3);
    expect(listener.count).toBe(2);
  });

  it('while nothing is on its way is made again for a ping', async () => {
    client.destroy();
    const ping = executor.ping();
    const next = await listener.client();
    next.say({ type: 'pong', id: (await next.heard()).id });
    await ping;
  });

  it('is made again when an executor listens again', async () => {
    const applied = executor.apply(query);
    await client.heard();
    await listener.stop();
    await listener.listen();
    const next = await listener.client();
    next.say(result((await next.heard()).id, [REPLIES[0]!]));
    await expect(applied).resolves.toBeDefined();
  });

  it('by an executor that is told to stop has the next one do what it turned away', async () => {
    const applied = executor.apply(plan);
    const { id, plan: sent } = await client.heard();
    client.say({ ...FAILED, id, name: 'stopping', step: null, errno: null });
    const next = await listener.client();
    const again = await next.heard();
    expect(again.plan).toEqual(sent);
    next.say(result(again.id));
    await expect(applied).resolves.toBeDefined();
  });

  it('three times by one question is not made again for it: it may be what ends the executor', async () => {
    const applied = failure(executor.apply(query));
    for (let i = 0; i < 3; i++) {
      await client.heard();
      client.destroy();
      if (i < 2) client = await listener.client();
    }
    expect(await applied).toMatchObject({ code: 'executor_gone', retryable: false });
    expect(listener.count).toBe(3);
  });

  it('and cannot be made again says why', async () => {
    const own = await connectExecutor(listener.path, { reconnects: 2 });
    const accepted = await listener.client();
    const asked = failure(own.apply(query));
    await accepted.heard();
    await listener.stop();
    expect(await asked).toMatchObject({
      code: 'executor_unreachable',
      message: expect.stringMatching(/^the executor ended the connection.*; no executor at /),
      remedy: expect.stringContaining('start the executor'),
    });
    expect(await failure(own.apply(plan))).toMatchObject({ code: 'executor_unreachable', retryable: true });
    await own.close();
  });

  it('and made again to one that is degraded is not tried further', async () => {
    const applied = failure(executor.apply(query));
    await client.heard();
    listener.hello = { ...HELLO, state: 'degraded', reason: { name: 'bad_policy', message: 'line 3' } };
    client.destroy();
    expect(await applied).toMatchObject({ code: 'bad_policy', message: expect.stringContaining('line 3') });
    expect(listener.count).toBe(2);
  });

  it('keeps to the deadline of the plan: what is left is sent, and waited for no longer', async () => {
    const applied = executor.apply(query, { deadline: 60_000 });
    await client.heard();
    client.destroy();
    const next = await listener.client();
    const { id, deadline } = await next.heard();
    expect(deadline).toBeGreaterThan(0);
    expect(deadline).toBeLessThan(60_000);
    next.say(result(id, [REPLIES[0]!]));
    await applied;
    const late = failure(executor.apply(query, { deadline: 100 }));
    await next.heard();
    await listener.stop();
    expect(await late).toMatchObject({ code: 'deadline_exceeded' });
  });

  it('keeps to the signal of the plan', async () => {
    const abort = new AbortController();
    const applied = failure(executor.apply(query, { signal: abort.signal }));
    await client.heard();
    await listener.stop();
    setTimeout(() => abort.abort(), 50);
    expect(await applied).toMatchObject({ code: 'cancelled' });
    const never = new AbortController();
    const unsent = failure(executor.apply(plan, { signal: never.signal }));
    setTimeout(() => never.abort(), 50);
    expect(await unsent).toMatchObject({ code: 'cancelled' });
  });

  it('is not made again once it was closed', async () => {
    const applied = failure(executor.apply(query));
    await client.heard();
    const closing = executor.close();
    client.destroy();
    await closing;
    expect(await applied).toMatchObject({ code: 'executor_gone' });
    expect(await failure(executor.apply(plan))).toMatchObject({ code: 'executor_gone' });
    expect(listener.count).toBe(1);
  });
});

/** The first step of a plan, as the protocol has it. */
function stepOf({ steps }: Plan): [number, Uint8Array] {
  const { command, payload } = steps[0]!;
  return [COMMANDS[command], payload];
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Applied, connect, type DmError, type Executor, loadPlanner, Plan } from '../../../src/index.ts';
import { bare } from '../executor/payloads.ts';
import { FAILED, HELLO, messageBytes, Peer, settle } from './peer.ts';

const planner = await loadPlanner();
const plan = planner.plan({ action: 'create', name: 'data', table: '0 8 zero' });
const remove = planner.plan({ action: 'remove', name: 'data' });
const REPLIES = [bare({ name: 'a' }), bare({ name: 'b' }), bare({ name: 'c' })];

const result = (id: number, replies = REPLIES, node: string | null = null) => ({ type: 'result', id, replies, node });
const code = (name: string) => expect.objectContaining({ name: 'DmError', code: name });

/** How a promise ended, or that it has not. */
async function state(promise: Promise<unknown>): Promise<unknown> {
  await settle();
  return Promise.race([
    promise.then(
      (value) => ({ value }),
      (error: DmError) => error.code,
    ),
    settle().then(() => 'waits'),
  ]);
}

let peer: Peer;
let executor: Executor;
beforeEach(async () => {
  peer = new Peer();
  executor = await peer.connect();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the hello', () => {
  it('is what the executor said', () => {
    expect(executor.hello).toEqual(HELLO);
  });

  it.each(['no_device_mapper', 'permission_denied'])(
    'of a degraded executor is an error of its reason: %s',
    async (name) => {
      const peer = new Peer();
      const hello = { ...HELLO, state: 'degraded', driver: null, reason: { name, message: 'what to do' } };
      await expect(peer.connect(hello)).rejects.toMatchObject({ name: 'DmError', code: name, message: 'what to do' });
      expect(peer.inputEnded).toBe(true);
    },
  );

  it('of an unknown protocol closes the stream', async () => {
    const peer = new Peer();
    await expect(peer.connect({ ...HELLO, protocol: 2 })).rejects.toEqual(code('unknown_protocol'));
    expect(peer.inputEnded).toBe(true);
  });

  it('that does not come before the end is executor_gone, with the reason', async () => {
    const peer = new Peer();
    peer.reason = 'sudo: a password is required';
    peer.end();
    await expect(connect(peer.channel)).rejects.toMatchObject({
      code: 'executor_gone',
      message: expect.stringContaining('sudo: a password is required'),
    });
  });

  it('that is an error frame instead is that error', async () => {
    const peer = new Peer();
    const error = { ...FAILED, id: null, name: 'stopping', step: null, errno: null };
    await expect(peer.connect(error)).rejects.toEqual(code('stopping'));
  });

  it('is no longer waited for after an abort', async () => {
    const peer = new Peer();
    const abort = new AbortController();
    const connecting = connect(peer.channel, { signal: abort.signal });
    const why = new Error('enough');
    abort.abort(why);
    await expect(connecting).rejects.toMatchObject({ name: 'DmError', code: 'cancelled', cause: why });
    expect(peer.inputEnded).toBe(true);
  });

  it('is not waited for at all after an abort before', async () => {
    const connecting = connect(new Peer().channel, { signal: AbortSignal.abort() });
    await expect(connecting).rejects.toEqual(code('cancelled'));
  });

  it('need not be waited for alone: the signal of connect does not end later applies', async () => {
    const peer = new Peer();
    const abort = new AbortController();
    peer.say(HELLO);
    const executor = await connect(peer.channel, { signal: abort.signal });
    abort.abort();
    const applied = executor.apply(plan);
    peer.say(result((await peer.heard())[0]!.id));
    await expect(applied).resolves.toEqual({ replies: REPLIES, node: undefined });
  });
});

describe('an apply', () => {
  it('sends the planner’s bytes as they are, with an id and nothing more', async () => {
    void executor.apply(plan).catch(() => {});
    const [sent] = await peer.heard();
    expect(Object.keys(sent!)).toEqual(['type', 'id', 'plan']);
    expect(sent).toMatchObject({ type: 'apply', plan: { v: 1 } });
    expect(sent!.plan!.steps).toEqual(plan.steps.map(({ payload }, i) => [[3, 9, 6][i], Buffer.from(payload)]));
  });

  it('resolves with the replies and the node', async () => {
    const applied = executor.apply(plan);
    peer.say(result((await peer.heard())[0]!.id, REPLIES, '/dev/mapper/data'));
    await expect(applied).resolves.toEqual({ replies: REPLIES, node: '/dev/mapper/data' });
  });

  it('has an id greater than all before, whatever the request', async () => {
    const abort = new AbortController();
    void executor.apply(plan, { signal: abort.signal }).catch(() => {});
    void executor.ping().catch(() => {});
    abort.abort();
    void executor.apply(plan).catch(() => {});
    const ids = (await peer.heard()).map(({ id }) => id);
    expect(ids).toHaveLength(4);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(4);
  });

  it('gets its own answer, in whatever order answers come', async () => {
    const applies = [executor.apply(remove), executor.apply(remove), executor.apply(remove)];
    const ids = (await peer.heard()).map(({ id }) => id);
    peer.say(result(ids[2]!, [REPLIES[2]!]), result(ids[0]!, [REPLIES[0]!]), result(ids[1]!, [REPLIES[1]!]));
    expect((await Promise.all(applies)).map(({ replies }) => replies[0])).toEqual(REPLIES);
  });

  it('of a thousand at once gets its own answer', async () => {
    const nodes = Array.from({ length: 1000 }, (_, i) => `/dev/mapper/${i}`);
    const applies = nodes.map(() => executor.apply(plan));
    const sent = await peer.heard();
    expect(sent).toHaveLength(1000);
    const answers = sent.map(({ id }, i) => result(id, REPLIES, nodes[i]!));
    peer.say(...answers.reverse());
    expect((await Promise.all(applies)).map(({ node }) => node)).toEqual(nodes);
  });

  it('gets an error with the step, its command, the errno and the rollback', async () => {
    const applied = executor.apply(plan);
    const undone = [
      [1, 10, 6],
      [0, 4, null],
    ];
    const { id } = (await peer.heard())[0]!;
    peer.say({ ...FAILED, id, step: 2, errno: 22, rollback: { complete: false, undone } });
    await expect(applied).rejects.toMatchObject({
      name: 'DmError',
      code: 'ioctl_failed',
      message: 'the kernel refused it (EINVAL)',
      step: { index: 2, command: 'DEV_SUSPEND' },
      errno: { number: 22, name: 'EINVAL' },
      rule: undefined,
      retryable: false,
      rollback: {
        complete: false,
        undone: [
          { step: 1, command: 'TABLE_CLEAR', errno: { number: 6, name: 'ENXIO' } },
          { step: 0, command: 'DEV_REMOVE' },
        ],
      },
    });
  });

  it.each([
    ['payload_refused', { step: 1, rule: 'chain', errno: null }, { rule: 'chain', retryable: false }],
    ['busy', { step: null, errno: null }, { step: undefined, retryable: true }],
    ['stopping', { step: null, errno: null }, { retryable: false }],
    ['deadline_exceeded', { step: null, errno: null, rollback: { complete: true, undone: [] } }, { errno: undefined }],
    [
      'node_failed',
      { step: 2, errno: 17 },
      { errno: { number: 17, name: 'EEXIST' }, message: 'the kernel refused it (EEXIST)' },
    ],
  ])('gets the error %s, and the next apply is none the worse', async (name, fields, expected) => {
    const applied = executor.apply(plan);
    peer.say({ ...FAILED, name, ...fields, id: (await peer.heard())[0]!.id });
    await expect(applied).rejects.toMatchObject({ code: name, ...expected });
    const next = executor.apply(plan);
    peer.say(result((await peer.heard())[0]!.id));
    await expect(next).resolves.toBeDefined();
  });

  it('of a frame that the executor would not take is refused here, where nothing else ends with it', async () => {
    const peer = new Peer();
    const executor = await peer.connect({ ...HELLO, limits: { ...HELLO.limits, frameBytes: 1000 } });
    const other = executor.apply(remove);
    await expect(executor.apply(plan)).rejects.toEqual(code('plan_too_large'));
    const [first, ...more] = await peer.heard();
    expect(more).toEqual([]);
    peer.say(result(first!.id, [REPLIES[0]!]));
    await expect(other).resolves.toBeDefined();
  });
});

describe('the stream', () => {
  const reply = Uint8Array.of(1, 2, 3);
  const frames = (ids: number[], node = '/n/'): Buffer =>
    Buffer.concat(ids.map((id) => messageBytes(result(id, [reply, reply, reply], `${node}${id}`))));

  it('may be split at any byte', async () => {
    const bytes = frames([1, 2], `/dev/mapper/${'n'.repeat(40)}`);
    for (let at = 1; at < bytes.length; at++) {
      const peer = new Peer();
      const executor = await peer.connect();
      const applies = [executor.apply(plan), executor.apply(plan)];
      peer.write(bytes.subarray(0, at));
      await settle();
      peer.write(bytes.subarray(at));
      const node = expect.stringMatching(/n[12]$/);
      expect(await Promise.all(applies)).toMatchObject([1, 2].map(() => ({ replies: [reply, reply, reply], node })));
    }
  });

  it('may come byte by byte, hello and all', async () => {
    const peer = new Peer();
    const connecting = connect(peer.channel);
    const bytes = messageBytes(HELLO);
    for (const byte of bytes) peer.write(Uint8Array.of(byte));
    const executor = await connecting;
    const applied = executor.apply(plan);
    for (const byte of frames([(await peer.heard())[0]!.id])) peer.write(Uint8Array.of(byte));
    await expect(applied).resolves.toMatchObject({ replies: [reply, reply, reply] });
  });

  it('may carry several messages in a chunk, those before a broken one count', async () => {
    const applies = [executor.apply(plan), executor.apply(plan), executor.apply(plan)];
    const [first, second] = await peer.heard();
    peer.write(Buffer.concat([frames([first!.id, second!.id]), Buffer.of(0, 0, 0, 1, 0xc1)]));
    expect(await Promise.all(applies.slice(0, 2))).toMatchObject([{ node: '/n/1' }, { node: '/n/2' }]);
    await expect(applies[2]).rejects.toEqual(code('bad_reply'));
  });

  it('gives replies that no later bytes change', async () => {
    const applied = executor.apply(remove);
    const bytes = messageBytes(result((await peer.heard())[0]!.id, [REPLIES[0]!]));
    peer.write(bytes);
    const { replies } = await applied;
    bytes.fill(0);
    expect(replies).toEqual([REPLIES[0]]);
  });

  it.each<[string, Buffer]>([
    ['a frame without bytes', Buffer.alloc(4)],
    ['bytes that are no MessagePack', Buffer.of(0, 0, 0, 1, 0xc1)],
    ['two values in a frame', Buffer.of(0, 0, 0, 2, 0, 0)],
    ['nil', Buffer.of(0, 0, 0, 1, 0xc0)],
    ['a number', Buffer.of(0, 0, 0, 1, 7)],
    ['a message without type', messageBytes({ id: 1 })],
    ['a message of another type', messageBytes({ type: 'progress', id: 1 })],
    ['a result without replies', messageBytes({ type: 'result', id: 1, node: null })],
    ['fewer replies than steps', messageBytes(result(1, REPLIES.slice(1)))],
    ['more replies than steps', messageBytes(result(1, [...REPLIES, ...REPLIES]))],
    [
      'an undoing by no command',
      messageBytes({ ...FAILED, id: 1, rollback: { complete: true, undone: [[0, 99, null]] } }),
    ],
  ])('with %s is bad_reply for all that waits and comes', async (_, bytes) => {
    const waiting = Promise.allSettled([executor.apply(plan), executor.ping()]);
    await peer.heard();
    peer.write(bytes);
    expect(await waiting).toMatchObject([{ reason: { code: 'bad_reply' } }, { reason: { code: 'bad_reply' } }]);
    await expect(executor.apply(plan)).rejects.toEqual(code('bad_reply'));
    peer.say(result(1), HELLO);
    await settle();
  });

  it('may carry answers to nobody, which change nothing', async () => {
    peer.say(result(77), { type: 'pong', id: 78 });
    const applied = executor.apply(plan);
    peer.say(result((await peer.heard())[0]!.id));
    await expect(applied).resolves.toBeDefined();
  });

  it.each([
    ['null id', null],
    ['an id of no apply', 4000],
  ])('ends with an error of %s: all that waits learns why', async (_, id) => {
    const waiting = Promise.allSettled([executor.apply(plan), executor.apply(plan), executor.ping()]);
    await peer.heard();
    peer.say({ ...FAILED, id, name: 'malformed_frame', step: null, errno: null });
    peer.end();
    const reason = { code: 'malformed_frame' };
    expect(await waiting).toMatchObject([{ reason }, { reason }, { reason }]);
    await expect(executor.apply(plan)).rejects.toMatchObject(reason);
  });

  it('that ends, between frames or in one, is executor_gone with the reason', async () => {
    const bytes = messageBytes(result(1));
    for (const sent of [0, 3, 4, 100, bytes.length - 1]) {
      const peer = new Peer();
      const executor = await peer.connect();
      const applied = executor.apply(plan);
      await peer.heard();
      peer.write(bytes.subarray(0, sent));
      peer.reason = 'defect: out of cheese';
      peer.end();
      await expect(applied).rejects.toMatchObject({
        code: 'executor_gone',
        retryable: false,
        message: 'the executor ended the connection: defect: out of cheese; what became of the plan is not known',
      });
      await expect(executor.ping()).rejects.toMatchObject({ code: 'executor_gone', retryable: true });
      expect(await peer.heard()).toEqual([]);
    }
  });

  it.each(['destroy', 'refuseInput'] as const)('that breaks is executor_gone with its error (%s)', async (how) => {
    const applied = executor.apply(plan);
    await peer.heard();
    const cause = new Error('ECONNRESET');
    peer[how](cause);
    await expect(applied).rejects.toMatchObject({
      code: 'executor_gone',
      message: expect.stringContaining('ECONNRESET'),
      cause,
    });
  });
});

describe('an abort', () => {
  it('before the apply sends nothing', async () => {
    const why = new Error('too late');
    const applied = executor.apply(plan, { signal: AbortSignal.abort(why) });
    await expect(applied).rejects.toMatchObject({ code: 'cancelled', cause: why });
    expect(await peer.heard()).toEqual([]);
  });

  it('of a running apply sends a cancel of that apply, and waits for what the executor says', async () => {
    const abort = new AbortController();
    const other = executor.apply(remove);
    const applied = executor.apply(plan, { signal: abort.signal });
    const [, sent] = await peer.heard();
    abort.abort();
    expect(await peer.heard()).toEqual([{ type: 'cancel', id: sent!.id + 1, target: sent!.id }]);
    expect(await state(applied)).toBe('waits');
    const rollback = { complete: true, undone: [[0, 4, null]] };
    peer.say({ ...FAILED, id: sent!.id, name: 'cancelled', step: null, errno: null, rollback });
    await expect(applied).rejects.toMatchObject({
      code: 'cancelled',
      rollback: { complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' }] },
    });
    expect(await state(other)).toBe('waits');
  });

  it('that comes too late has the result', async () => {
    const abort = new AbortController();
    const applied = executor.apply(plan, { signal: abort.signal });
    const [sent] = await peer.heard();
    abort.abort();
    peer.say(result(sent!.id));
    await expect(applied).resolves.toMatchObject({ replies: REPLIES });
  });

  it('after the result sends nothing', async () => {
    const abort = new AbortController();
    const applied = executor.apply(plan, { signal: abort.signal });
    peer.say(result((await peer.heard())[0]!.id));
    await applied;
    abort.abort();
    expect(await peer.heard()).toEqual([]);
  });

  it('that the executor does not answer within ten seconds is indeterminate', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const abort = new AbortController();
    const applied = executor.apply(plan, { signal: abort.signal });
    const [sent] = await peer.heard();
    abort.abort();
    vi.advanceTimersByTime(9_999);
    expect(await state(applied)).toBe('waits');
    vi.advanceTimersByTime(1);
    await expect(applied).rejects.toEqual(code('indeterminate'));
    peer.say(result(sent!.id));
    const next = executor.apply(remove);
    peer.say(result((await peer.heard()).at(-1)!.id, [REPLIES[0]!]));
    await expect(next).resolves.toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a deadline', () => {
  it('is the executor’s to keep', async () => {
    void executor.apply(plan, { deadline: 1500 }).catch(() => {});
    void executor.apply(plan, { deadline: 0 }).catch(() => {});
    void executor.apply(plan, { deadline: 2 ** 32 - 1 }).catch(() => {});
    expect((await peer.heard()).map(({ deadline }) => deadline)).toEqual([1500, 0, 2 ** 32 - 1]);
    await executor.close();
  });

  it.each([-1, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY])(
    'of %d is refused, and nothing is sent',
    async (deadline) => {
      await expect(executor.apply(plan, { deadline })).rejects.toEqual(code('bad_deadline'));
      expect(await peer.heard()).toEqual([]);
    },
  );

  it('that the executor lets pass by ten seconds is indeterminate', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const applied = executor.apply(plan, { deadline: 500 });
    await peer.heard();
    vi.advanceTimersByTime(10_499);
    expect(await state(applied)).toBe('waits');
    vi.advanceTimersByTime(1);
    await expect(applied).rejects.toEqual(code('indeterminate'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('with an abort behind it gives no longer grace, and leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const abort = new AbortController();
    const applied = executor.apply(plan, { deadline: 500, signal: abort.signal });
    await peer.heard();
    vi.advanceTimersByTime(1_500);
    abort.abort();
    vi.advanceTimersByTime(9_000);
    await expect(applied).rejects.toEqual(code('indeterminate'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of weeks does not pass at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const applied = executor.apply(plan, { deadline: 2 ** 32 - 1 });
    const [sent] = await peer.heard();
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    timers.mockRestore();
    peer.say(result(sent!.id));
    await expect(applied).resolves.toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a ping', () => {
  it('is answered while an apply runs', async () => {
    const applied = executor.apply(plan);
    const ping = executor.ping();
    const sent = await peer.heard();
    expect(sent.map(({ type }) => type)).toEqual(['apply', 'ping']);
    peer.say({ type: 'pong', id: sent[1]!.id });
    await expect(ping).resolves.toBeUndefined();
    expect(await state(applied)).toBe('waits');
  });
});

describe('close', () => {
  it('ends the executor’s input and all that waits', async () => {
    const applied = executor.apply(plan);
    const failed = expect(applied).rejects.toEqual(code('executor_gone'));
    await executor.close();
    await failed;
    expect(peer.inputEnded).toBe(true);
    await expect(executor.apply(plan)).rejects.toEqual(code('executor_gone'));
    await expect(executor.ping()).rejects.toEqual(code('executor_gone'));
  });

  it('waits for the other side, whose last answers still count', async () => {
    const peer = new Peer();
    peer.say(HELLO);
    let ended!: () => void;
    const close = (): Promise<void> => new Promise((resolve) => (ended = resolve));
    const executor = await connect({ ...peer.channel, close });
    const applied: Promise<Applied> = executor.apply(plan);
    const closing = executor.close();
    peer.say(result((await peer.heard())[0]!.id));
    await expect(applied).resolves.toBeDefined();
    ended();
    await closing;
  });

  it('can be called twice', async () => {
    await executor.close();
    await expect(executor.close()).resolves.toBeUndefined();
  });
});

it('a plan that was stored and read again is sent as the same bytes', async () => {
  void executor.apply(Plan.fromBytes(Buffer.from(plan.bytes))).catch(() => {});
  void executor.apply(plan).catch(() => {});
  const [first, second] = await peer.heard();
  expect(first!.plan).toEqual(second!.plan);
});

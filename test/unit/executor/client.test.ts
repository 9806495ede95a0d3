import { PassThrough, type Readable, Writable } from 'node:stream';
import { Unpackr } from 'msgpackr/index-no-eval';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Shared, serveClient, takeTurns } from '../../../executor/client.ts';
import { type Failure, failure } from '../../../executor/failure.ts';
import type { Apply } from '../../../executor/messages.ts';
import { frameReader } from '../../../executor/messages.ts';
import type { Outcome } from '../../../executor/transaction.ts';
import { applyBody, type Bytes, bare, encode, frame, map, type PlanSteps, query } from './payloads.ts';

const HELLO = encode(map({ type: 'hello' }));
const steps: PlanSteps = [[3, bare({ name: 'a' })]];
const apply = (id: number, more = {}) => frame(applyBody(id, steps, more));
const ping = (id: number) => frame(encode(map({ type: 'ping', id })));
const cancel = (id: number, target: number) => frame(encode(map({ type: 'cancel', id, target })));
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** An outcome without what only the log tells. */
type Said = { replies: Bytes[]; node: string | null } | { failure: Failure };

/** Stands for the worker: plans end when the test says so. */
class FakeApplier {
  plans: (Pick<Apply, 'steps' | 'due'> & { end: (outcome: Outcome) => void; die: (why: Error) => void })[] = [];
  halts = 0;

  apply({ steps, due }: Pick<Apply, 'steps' | 'due'>): Promise<Outcome> {
    return new Promise((end, die) => void this.plans.push({ steps, due, end, die }));
  }

  async ping(): Promise<boolean> {
    return true;
  }

  halt(): void {
    this.halts++;
  }

  /** Ends the oldest plan that runs, of which there is only ever one. */
  async end(outcome: Said = { replies: [bare()], node: null }): Promise<void> {
    expect(this.plans).toHaveLength(1);
    this.plans.shift()!.end({ done: [], ...outcome });
    await settle();
  }
}

interface Message {
  type: string;
  id: number | null;
  name?: string;
  step?: number | null;
  rule?: string | null;
  rollback?: unknown;
}

function serve(output: Writable = new PassThrough({ highWaterMark: 1 << 24 }), common?: Shared) {
  const input = new PassThrough();
  const applier = new FakeApplier();
  const shared: Shared = common ?? { applier, turn: takeTurns(), fail: () => client.stop(70), policy: 'unrestricted' };
  const client = serveClient(input, output, 'stdio', HELLO, shared);
  const reader = frameReader(1 << 26);
  const decoder = new Unpackr({ useRecords: false });
  return {
    input,
    output,
    applier,
    ...client,
    async send(...frames: Uint8Array[]) {
      for (const bytes of frames) input.write(bytes);
      await settle();
    },
    /** The messages that arrived since the last call. */
    read(): Message[] {
      const messages: Message[] = [];
      for (;;) {
        const chunk = (output as PassThrough).read() as Buffer | null;
        if (chunk === null) return messages;
        for (const body of reader.push(chunk)) messages.push(decoder.unpack(Buffer.from(body)) as Message);
      }
    },
  };
}

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a client', () => {
  test('says hello first', () => {
    expect(serve().read()).toEqual([{ type: 'hello' }]);
  });

  test('answers an apply with its result', async () => {
    const client = serve();
    await client.send(apply(1));
    expect(client.applier.plans[0]!.steps).toEqual([{ command: 3, payload: bare({ name: 'a' }) }]);
    await client.applier.end({ replies: [bare({ name: 'a' })], node: '/dev/mapper/a' });
    expect(client.read().slice(1)).toEqual([
      { type: 'result', id: 1, replies: [Buffer.from(bare({ name: 'a' }))], node: '/dev/mapper/a' },
    ]);
  });

  test('answers an apply with its error', async () => {
    const client = serve();
    await client.send(apply(1));
    await client.applier.end({ failure: { ...failure('ioctl_failed', 'why', 16), step: 0 } });
    expect(client.read().slice(1)).toMatchObject([{ type: 'error', id: 1, name: 'ioctl_failed', errno: 16 }]);
  });

  test('runs plans one at a time, in the order of arrival', async () => {
    const client = serve();
    await client.send(apply(1), apply(2), apply(5));
    for (const id of [1, 2, 5]) {
      expect(client.applier.plans).toHaveLength(1);
      await client.applier.end();
      expect(client.read().at(-1)).toMatchObject({ type: 'result', id });
    }
  });

  test('answers a ping while a plan runs', async () => {
    const client = serve();
    await client.send(apply(1), ping(2));
    expect(client.read().slice(1)).toEqual([{ type: 'pong', id: 2 }]);
  });

  test('counts a deadline from the arrival', async () => {
    const client = serve();
    const before = process.hrtime.bigint();
    await client.send(apply(1, { deadline: 1000 }), apply(2));
    const due = client.applier.plans[0]!.due!;
    expect(due).toBeGreaterThanOrEqual(before + 1_000_000_000n);
    expect(due).toBeLessThanOrEqual(process.hrtime.bigint() + 1_000_000_000n);
    await client.applier.end();
    expect(client.applier.plans[0]!.due).toBeNull();
  });

  test('wipes a frame once its payloads are copied', async () => {
    const client = serve();
    const bytes = apply(1);
    client.input.write(bytes);
    await settle();
    await client.send(apply(2).subarray(0, 100));
    expect(client.applier.plans[0]!.steps[0]!.payload).toEqual(bare({ name: 'a' }));
  });
});

describe('a plan with a bad step', () => {
  test('is refused whole, and the session goes on', async () => {
    const client = serve();
    const bad = query({ name: 'a' });
    bad[400] = 1;
    await client.send(frame(applyBody(1, [...steps, [11, bad]])), frame(applyBody(2, [[1, bare()]])), apply(3));
    expect(client.applier.plans).toHaveLength(1);
    expect(client.read().slice(1)).toMatchObject([
      { type: 'error', id: 1, name: 'payload_refused', step: 1, rule: 'payload', rollback: null },
      { type: 'error', id: 2, name: 'payload_refused', step: 0, rule: 'command' },
    ]);
  });
});

describe('the queue', () => {
  test('holds sixteen plans behind the running one', async () => {
    const client = serve();
    await client.send(...Array.from({ length: 19 }, (_, i) => apply(i)));
    const answers = client.read().slice(1);
    expect(answers).toMatchObject([17, 18].map((id) => ({ id, name: 'busy' })));
    await client.applier.end();
    await client.send(apply(30));
    expect(client.read()).toMatchObject([{ type: 'result', id: 0 }]);
  });

  test('holds no more payload than one frame may carry', async () => {
    const client = serve();
    const large = (id: number) => frame(applyBody(id, [[11, query({ name: 'a' }, 30 << 20)]]));
    await client.send(apply(0), large(1), large(2), large(3));
    expect(client.read().slice(1)).toMatchObject([{ id: 3, name: 'busy' }]);
  });
});

describe('a cancel', () => {
  test('of the running plan halts it, and the plan has the only answer', async () => {
    const client = serve();
    await client.send(apply(1));
    await client.send(cancel(2, 1));
    expect(client.applier.halts).toBe(1);
    expect(client.read().slice(1)).toEqual([]);
    await client.applier.end({ failure: failure('cancelled', 'why') });
    expect(client.read()).toMatchObject([{ id: 1, name: 'cancelled' }]);
  });

  test('of a waiting plan answers it, and the others keep their order', async () => {
    const client = serve();
    await client.send(apply(1), apply(2), apply(3), cancel(4, 2));
    expect(client.applier.halts).toBe(0);
    expect(client.read().slice(1)).toMatchObject([{ id: 2, name: 'cancelled', rollback: null }]);
    await client.applier.end();
    await client.applier.end();
    expect(client.read().map(({ id }) => id)).toEqual([1, 3]);
  });

  test('that comes with its plan, before the plan has begun, keeps it from beginning', async () => {
    const client = serve();
    await client.send(Buffer.concat([apply(1), cancel(2, 1)]));
    expect(client.applier.plans).toHaveLength(0);
    expect(client.read().slice(1)).toMatchObject([{ id: 1, name: 'cancelled', rollback: null }]);
  });

  test('of anything else is nothing', async () => {
    const client = serve();
    await client.send(apply(1), cancel(2, 7), cancel(3, 2));
    await client.applier.end();
    await client.send(cancel(4, 1), ping(5));
    expect(client.applier.halts).toBe(0);
    expect(client.read().slice(1)).toMatchObject([{ type: 'result' }, { type: 'pong', id: 5 }]);
  });
});

describe('the end of the input', () => {
  test('with nothing to do ends with 0', async () => {
    const client = serve();
    client.input.end();
    client.read();
    expect(await client.ended).toBe(0);
  });

  test('lets every request that came before it be answered', async () => {
    const client = serve();
    await client.send(apply(1), apply(2));
    client.input.end();
    await settle();
    await client.applier.end();
    await client.applier.end();
    expect(client.applier.halts).toBe(0);
    expect(client.read().slice(1)).toMatchObject([
      { type: 'result', id: 1 },
      { type: 'result', id: 2 },
    ]);
    expect(await client.ended).toBe(0);
  });

  test('at every byte inside a frame is a violation, and undoes the running plan', async () => {
    const bytes = ping(2);
    for (let at = 1; at < bytes.length; at++) {
      const client = serve();
      await client.send(apply(1), bytes.subarray(0, at));
      client.input.end();
      await settle();
      expect(client.applier.halts).toBe(1);
      await client.applier.end();
      expect(client.read().slice(1)).toMatchObject([{ type: 'result', id: 1 }]);
      expect(await client.ended).toBe(76);
    }
  });

  test('as an error of the stream is an end too', async () => {
    const client = serve();
    client.input.destroy(new Error('EIO'));
    await settle();
    client.read();
    expect(await client.ended).toBe(0);
  });
});

describe('being told to stop', () => {
  test('with nothing to do ends with 0', async () => {
    const client = serve();
    client.stop();
    client.read();
    expect(await client.ended).toBe(0);
  });

  test('turns away what waits and what comes, answers pings, and ends with the running plan', async () => {
    const client = serve();
    await client.send(apply(1), apply(2));
    client.stop();
    await client.send(apply(3), ping(4));
    client.stop();
    expect(client.applier.halts).toBeGreaterThan(0);
    expect(client.read().slice(1)).toMatchObject([
      { id: 2, name: 'stopping' },
      { id: 3, name: 'stopping' },
      { type: 'pong', id: 4 },
    ]);
    await client.applier.end({ failure: failure('cancelled', 'why') });
    expect(client.read()).toMatchObject([{ id: 1, name: 'cancelled' }]);
    expect(await client.ended).toBe(0);
  });

  test('after the end of the input no longer finishes what waits', async () => {
    const client = serve();
    await client.send(apply(1), apply(2));
    client.input.end();
    await settle();
    client.stop();
    await client.applier.end();
    expect(client.read().slice(1)).toMatchObject([
      { id: 2, name: 'stopping' },
      { type: 'result', id: 1 },
    ]);
    expect(await client.ended).toBe(0);
  });
});

describe('a violation', () => {
  test.each([
    ['a frame without bytes', Buffer.alloc(4), null, 'malformed_frame'],
    ['a frame that is too long', Buffer.of(4, 0, 0, 1), null, 'malformed_frame'],
    ['a float', frame(Buffer.from('81a26964cb3ff0000000000000', 'hex')), null, 'malformed_frame'],
    ['an unknown key', frame(encode(map({ type: 'ping', id: 9, more: 1 }))), 9, 'bad_request'],
    ['an id for the second time', ping(1), 1, 'bad_request'],
  ])('by %s is the last frame, behind the answer to the running plan', async (_, bytes, id, name) => {
    const client = serve();
    await client.send(apply(1), apply(2));
    await client.send(Buffer.concat([ping(3), bytes, ping(10)]));
    expect(client.applier.halts).toBe(1);
    await client.applier.end({ failure: failure('cancelled', 'why') });
    expect(client.read().slice(1)).toMatchObject([
      { type: 'pong', id: 3 },
      { id: 2, name: 'stopping' },
      { id: 1, name: 'cancelled' },
      { type: 'error', id, name },
    ]);
    expect(await client.ended).toBe(76);
  });

  test('with nothing running ends at once', async () => {
    const client = serve();
    await client.send(Buffer.alloc(4));
    expect(client.read().slice(1)).toMatchObject([{ name: 'malformed_frame', id: null }]);
    expect(await client.ended).toBe(76);
  });

  test('is heard once: nothing behind it is read', async () => {
    const client = serve();
    await client.send(apply(1));
    await client.send(Buffer.alloc(4));
    await client.send(Buffer.alloc(4), apply(2));
    client.input.end();
    await client.applier.end();
    expect(
      client
        .read()
        .slice(1)
        .map(({ type }) => type),
    ).toEqual(['result', 'error']);
    expect(await client.ended).toBe(76);
  });
});

describe('a client that stops in the middle of a frame', () => {
  const GRACE = 10_000;
  const whole = apply(1);
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('at any byte has broken the protocol after ten seconds, and not before', async () => {
    for (let at = 1; at < whole.length; at++) {
      const client = serve();
      await client.send(whole.subarray(0, at));
      await vi.advanceTimersByTimeAsync(GRACE - 1);
      expect(client.read().slice(1)).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(client.read()).toMatchObject([{ type: 'error', id: null, name: 'malformed_frame' }]);
      expect(await client.ended).toBe(76);
      expect(client.applier.plans).toHaveLength(0);
    }
  });

  test('for less at every byte is served', async () => {
    const client = serve();
    for (const byte of whole) {
      await client.send(Uint8Array.of(byte));
      await vi.advanceTimersByTimeAsync(GRACE - 1);
    }
    await vi.advanceTimersByTimeAsync(GRACE);
    await client.applier.end();
    expect(client.read().slice(1)).toMatchObject([{ type: 'result', id: 1 }]);
  });

  test('keeps no other from being served', async () => {
    const applier = new FakeApplier();
    const shared: Shared = { applier, turn: takeTurns(), policy: 'unrestricted', fail: () => {} };
    const [stalled, other] = [serve(undefined, shared), serve(undefined, shared)];
    await stalled.send(whole.subarray(0, 200));
    await other.send(whole);
    expect(applier.plans).toHaveLength(1);
    await applier.end();
    expect(other.read().slice(1)).toMatchObject([{ type: 'result', id: 1 }]);
  });
});

describe('a client that does not read', () => {
  test('is not read either, until it does', async () => {
    const output = new PassThrough({ highWaterMark: 64 });
    const client = serve(output);
    let id = 1;
    const write = () => client.input.write(ping(id++));
    for (let i = 0; i < 2000; i++) {
      write();
      await settle();
      if ((client.input as Readable).isPaused()) break;
    }
    expect(id).toBeLessThan(100);
    expect(output.writableLength).toBeLessThan(1000);
    while (client.read().length > 0) await settle();
    expect((client.input as Readable).isPaused()).toBe(false);
  });

  test('does not keep a client from ending', async () => {
    vi.useFakeTimers();
    const output = new Writable({ highWaterMark: 1, write: () => undefined });
    const client = serve(output);
    client.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(await client.ended).toBe(0);
    vi.useRealTimers();
  });

  test('and is gone ends the session, with the running plan finished or undone', async () => {
    const client = serve();
    await client.send(apply(1), apply(2));
    client.output.destroy(new Error('EPIPE'));
    await settle();
    expect(client.applier.halts).toBe(1);
    await client.applier.end();
    expect(client.applier.plans).toHaveLength(0);
    expect(await client.ended).toBe(0);
  });
});

describe('a defect', () => {
  test('of the worker ends the session with 70', async () => {
    const client = serve();
    await client.send(apply(1), apply(2));
    client.applier.plans.shift()!.die(new Error('a defect'));
    await settle();
    expect(client.read().slice(1)).toMatchObject([{ id: 2, name: 'stopping' }]);
    expect(await client.ended).toBe(70);
  });

  test('in answering ends the session with 70 too', async () => {
    const client = serve();
    await client.send(apply(1));
    await client.applier.end({ replies: [1n << 70n] as never, node: null });
    client.read();
    expect(await client.ended).toBe(70);
  });

  test('of the main thread waits for the running plan', async () => {
    const client = serve();
    await client.send(apply(1));
    client.stop(70);
    expect(client.applier.halts).toBe(1);
    await client.applier.end();
    expect(client.read().slice(1)).toMatchObject([{ type: 'result', id: 1 }]);
    expect(await client.ended).toBe(70);
  });
});

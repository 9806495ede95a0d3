/// <reference path="./msgpackr.d.ts" />
import { Packr, Unpackr } from 'msgpackr/index-no-eval';
import { failure, Refused } from './failure.ts';
import type { Payload } from './header.ts';
import { type EXIT_OF, IMPLEMENTATION, LIMITS } from './protocol.ts';
import { COMMANDS } from './rules.ts';

export type Step = { command: number; payload: Payload };
/** `due`: a reading of process.hrtime.bigint(), which all threads share. `key`: in hexadecimal. */
type Order = { steps: Step[]; due: bigint | null; key: string | null };
/** `digest`: SHA-256 of the plan's MessagePack. */
export type Apply = { type: 'apply'; id: number; digest: string } & Order;
export type Request = Apply | { type: 'cancel'; id: number; target: number } | { type: 'ping'; id: number };
/** A uid, or whoever holds standard input. */
export type Who = number | 'stdio';
export type Driver = readonly [major: number, minor: number, patch: number];
export type Reason = { name: keyof typeof EXIT_OF; message: string };

const decoder = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });
const encoder = new Packr({ useRecords: false, variableMapSize: true, useToJSON: false });
export const decode = (bytes: Uint8Array): unknown => decoder.unpack(bytes);
export const encode = (value: unknown): Uint8Array => encoder.pack(value);

const isU32 = (value: unknown): value is number => Number(value) >>> 0 === value;
const isMap = (value: unknown) => Object.getPrototypeOf(value ?? 0) === Object.prototype;
const isStep = (step: unknown) =>
  Array.isArray(step) && step.length === 2 && isU32(step[0]) && step[1] instanceof Uint8Array;
const isKey = (value: unknown) => value instanceof Uint8Array && value.length === 16;
const isSteps = (value: unknown) => Array.isArray(value) && value.length >= 1 && value.length <= LIMITS.steps;

const U32 = ['is an unsigned 32-bit integer', isU32] as const;
const MAP = ['is the map that the planner wrote', isMap] as const;
const STEPS = [`is an array of 1 to ${LIMITS.steps} steps`, isSteps] as const;
/** What stands at each key; `?` ends those that may be missing. */
const APPLY = { id: U32, plan: MAP, 'deadline?': U32, 'key?': ['is 16 bytes', isKey] } as const;
const SHAPES = { apply: APPLY, cancel: { id: U32, target: U32 }, ping: { id: U32 } } as const;
const PLAN = { v: ['is 1', (v: unknown) => v === 1], steps: STEPS } as const;

type Shape = Readonly<Record<string, readonly [must: string, holds: (value: unknown) => boolean]>>;
type Message = { id: number; target: number; plan: Plan; deadline?: number; key?: Uint8Array };
type Plan = { steps: [number, Uint8Array][] };

/**
 * The request in a frame that has passed the scan. Payloads are copied out of it: what is checked and issued from here on
 * are bytes that nobody else holds. `lastId` is the greatest id so far, `now` the arrival. Throws Refused.
 */
export function readRequest(frame: Uint8Array, lastId: number, now: bigint): Request {
  const { type, ...message } = decode(frame) as Message & { type: unknown };
  const { id, target, plan, deadline, key } = message;
  const refuse = (key: string, must: string): never => {
    throw new Refused({ ...failure('bad_request', `${key} ${must}`), rule: key }, isU32(id) ? id : null);
  };
  if (type !== 'apply' && type !== 'cancel' && type !== 'ping') return refuse('type', 'is "apply", "cancel" or "ping"');
  check(SHAPES[type], message, '', refuse);
  if (id <= lastId) return refuse('id', `is greater than every earlier one; ${lastId} was the last`);
  if (type === 'ping') return { type, id };
  if (type === 'cancel') return { type, id, target };
  check(PLAN, plan, 'plan.', refuse);
  const wrong = plan.steps.findIndex((step) => !isStep(step));
  if (wrong >= 0) return refuse(`plan.steps[${wrong}]`, 'is an array of a command number and a binary payload');
  // node:crypto is loaded where it is needed: it is a tenth of the start.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256').update(encode(plan));
  // slice() of a Buffer would be a view; the memory of a new array is its own, and can be given to the worker.
  const steps = plan.steps.map(([command, payload]) => ({ command, payload: new Uint8Array(payload) }));
  const due = deadline === undefined ? null : now + BigInt(deadline) * 1_000_000n;
  return { type, id, steps, digest: hash.digest('hex'), due, key: key ? Buffer.from(key).toString('hex') : null };
}

function check(shape: Shape, map: object, path: string, refuse: (key: string, must: string) => never): void {
  const given = new Map<string, unknown>(Object.entries(map));
  for (const [key, [must, holds]] of Object.entries(shape)) {
    const name = key.replace('?', '');
    if (!given.has(name) && name === key) refuse(path + name, 'is required');
    if (given.has(name) && !holds(given.get(name))) refuse(path + name, must);
    given.delete(name);
  }
  for (const key of given.keys()) refuse(path + key, 'is not a key here');
}

export function hello(driver: Driver | null, policy: string, reason: Reason | null): Uint8Array {
  const [type, protocol, implementation, limits] = ['hello', 1, IMPLEMENTATION, LIMITS];
  const [state, commands] = [reason === null ? 'ready' : 'degraded', [...COMMANDS.keys()]];
  return encode({ type, protocol, implementation, state, reason, driver, policy, commands, limits });
}

/** `type` and the request's id, with these fields behind them. */
export const reply = (type: 'pong' | 'result' | 'error', id: number | null, fields: object = {}) =>
  encode({ type, id, ...fields });

const LENGTH_SIZE = 4;

/**
 * Cuts a byte stream into frames. What is kept between chunks grows with the bytes that have arrived, never with the
 * length that was announced, so that four bytes cannot claim 64 MiB.
 */
export function frameReader(limit: number) {
  let store = Buffer.alloc(0);
  let have = 0;
  return {
    /** Whether the stream stands inside a frame. */
    isPartial: () => have > 0,

    /** The frames that `chunk` completes, each valid until the next is asked for. Throws at a length outside 1 … limit. */
    *push(chunk: Uint8Array): Generator<Buffer, void, undefined> {
      const need = have + chunk.length;
      if (need > store.length) store = Buffer.concat([store.subarray(0, have)], Math.max(need, 2 * have));
      store.set(chunk, have);
      have = need;
      let at = 0;
      while (have - at >= LENGTH_SIZE) {
        const length = store.readUInt32BE(at);
        if (length < 1 || length > limit)
          throw new Refused(failure('malformed_frame', `a frame of ${length} bytes: send between 1 and ${limit}`));
        const end = at + LENGTH_SIZE + length;
        if (end > have) break;
        yield store.subarray(at + LENGTH_SIZE, end);
        at = end;
      }
      store.copyWithin(0, at, have);
      have -= at;
      if (have === 0) store = Buffer.alloc(0);
    },
  };
}

/** The body as it goes over the wire: its length before it. */
export const framed = (body: Uint8Array) =>
  Buffer.concat([Buffer.of(body.length >>> 24, body.length >>> 16, body.length >>> 8, body.length), body]);

/// <reference path="./msgpackr.d.ts" />
import { Packr, Unpackr } from 'msgpackr/index-no-eval';
import type { EXIT_OF } from './exits.ts';
import { failure, Refused } from './failure.ts';
import type { Payload } from './header.ts';
import { LIMITS } from './limits.ts';
import { COMMANDS } from './rules.ts';

export const IMPLEMENTATION = 'dmplan-executor 0.1.0';

export type Step = { command: number; payload: Payload };

export interface Apply {
  type: 'apply';
  id: number;
  steps: Step[];
  /** SHA-256 of the plan's MessagePack, in hexadecimal. */
  digest: string;
  /** A reading of process.hrtime.bigint(), a clock that all threads share. */
  due: bigint | null;
}

export type Request = Apply | { type: 'cancel'; id: number; target: number } | { type: 'ping'; id: number };

export type Driver = readonly [major: number, minor: number, patch: number];

export type Reason = { name: keyof typeof EXIT_OF; message: string };

const decoder = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });
const encoder = new Packr({ useRecords: false, variableMapSize: true, useToJSON: false });

const KEYS = { apply: ['id', 'plan'], cancel: ['id', 'target'], ping: ['id'] };

/**
 * The request in a frame that has passed the scan. Payloads are copied out of it: what is checked and issued from here on
 * are bytes that nobody else holds. `lastId` is the greatest id so far, `now` the arrival. Throws Refused.
 */
export function readRequest(frame: Uint8Array, lastId: number, now: bigint): Request {
  const message = decoder.unpack(frame) as Record<string, unknown>;
  const { type, id, deadline } = message;
  const refuse: Refuse = (key, must) => {
    throw new Refused({ ...failure('bad_request', `${key} ${must}`), rule: key }, isU32(id) ? id : null);
  };
  const u32 = (key: string, value: unknown) => (isU32(value) ? value : refuse(key, 'is an unsigned 32-bit integer'));
  if (type !== 'apply' && type !== 'cancel' && type !== 'ping') return refuse('type', 'is "apply", "cancel" or "ping"');
  checkKeys(message, '', ['type', ...KEYS[type]], type === 'apply' ? ['deadline'] : [], refuse);
  const ours = u32('id', id);
  if (ours <= lastId) return refuse('id', `is greater than every earlier one; ${lastId} was the last`);
  if (type === 'ping') return { type, id: ours };
  if (type === 'cancel') return { type, id: ours, target: u32('target', message.target) };
  const due = deadline === undefined ? null : now + BigInt(u32('deadline', deadline)) * 1_000_000n;
  // node:crypto is loaded where it is needed: it is a tenth of the start.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const digest = createHash('sha256').update(encoder.pack(message.plan)).digest('hex');
  return { type, id: ours, steps: readPlan(message.plan, refuse), digest, due };
}

type Refuse = (key: string, must: string) => never;

function readPlan(plan: unknown, refuse: Refuse): Step[] {
  const isMap = typeof plan === 'object' && plan !== null && Object.getPrototypeOf(plan) === Object.prototype;
  if (!isMap) return refuse('plan', 'is the map that the planner wrote');
  checkKeys(plan, 'plan.', ['v', 'steps'], [], refuse);
  const { v, steps } = plan as Record<string, unknown>;
  if (v !== 1) return refuse('plan.v', 'is 1');
  if (!Array.isArray(steps) || steps.length < 1 || steps.length > LIMITS.steps) {
    return refuse('plan.steps', `is an array of 1 to ${LIMITS.steps} steps`);
  }
  return steps.map((step: unknown, index) => {
    const [command, payload, ...more] = Array.isArray(step) ? (step as unknown[]) : [];
    if (isU32(command) && payload instanceof Uint8Array && more.length === 0) {
      // slice() of a Buffer would be a view; the memory of a new array is its own, and can be given to the worker.
      return { command, payload: new Uint8Array(payload) };
    }
    return refuse(`plan.steps[${index}]`, 'is an array of a command number and a binary payload');
  });
}

function checkKeys(map: object, path: string, required: string[], optional: string[], refuse: Refuse): void {
  for (const key of required) if (!Object.hasOwn(map, key)) refuse(path + key, 'is required');
  for (const key of Object.keys(map)) {
    if (!required.includes(key) && !optional.includes(key)) refuse(path + key, 'is not a key here');
  }
}

function isU32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}

export function hello(driver: Driver | null, policy: string, reason: Reason | null): Uint8Array {
  const [type, protocol, implementation] = ['hello', 1, IMPLEMENTATION];
  const state = reason === null ? 'ready' : 'degraded';
  const [commands, limits] = [[...COMMANDS.keys()], LIMITS];
  return encoder.pack({ type, protocol, implementation, state, reason, driver, policy, commands, limits });
}

/** `type` and the request's id, with these fields behind them. */
export function reply(type: 'pong' | 'result' | 'error', id: number | null, fields: object = {}): Uint8Array {
  return encoder.pack({ type, id, ...fields });
}

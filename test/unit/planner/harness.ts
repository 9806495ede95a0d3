/** One instance of the planner as a host without any library sees it: bytes in, a code and bytes out. */
import { ERRORS } from '../../../assembly/tables/errors.ts';
import type { Rule } from '../../../assembly/tables/notation.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { type PlannerExports, plannerBytes } from '../../../src/planner/wasm.ts';
import { readCanonical } from './canonical.ts';
import { type Bytes, type Packable, pack, Raw } from './pack.ts';

export type Call = 'plan' | 'decode' | 'inspect';

export const plannerWasm: WebAssembly.Module = new WebAssembly.Module(plannerBytes());

/** Every rule of every target. */
export const RULES: readonly Rule[] = TARGETS.flatMap((target) => target.rules);

/** Every error, the rules' among them, by its code. */
export const ERROR_NAMES: ReadonlyMap<number, string> = new Map(
  [...ERRORS, ...RULES].map(({ code, name }) => [code, name]),
);

export interface Failure {
  code: number;
  name: string;
  message: string;
  path: string;
  offset: number;
}

export interface Answer {
  code: number;
  bytes: Bytes;
}

export interface PlannedStep {
  command: number;
  payload: Uint8Array;
}

/** A planner whose answers are all checked for being canonical, and whose errors for having their five fields. */
export class Host {
  readonly exports: PlannerExports = new WebAssembly.Instance(plannerWasm, {}).exports as unknown as PlannerExports;

  /** Makes the call with the bytes as they are. */
  call(call: Call, request: Uint8Array): Answer {
    const planner = this.exports;
    const at = planner.request(request.length) >>> 0;
    if (at !== 0) new Uint8Array(planner.memory.buffer, at, request.length).set(request);
    const code = planner[call]() >>> 0;
    const start = planner.result() >>> 0;
    return { code, bytes: new Uint8Array(planner.memory.buffer.slice(start, start + (planner.result_length() >>> 0))) };
  }

  /** What the request compiles to. */
  steps(request: Packable): PlannedStep[] {
    const { v, steps } = this.#accepted('plan', request) as unknown as { v: number; steps: [number, Uint8Array][] };
    if (v !== 1) throw new Error(`a plan of version ${v}`);
    return steps.map(([command, payload]) => ({ command, payload }));
  }

  decode(command: number | string, payload: Uint8Array, showKeys = false): Record<string, unknown> {
    return this.#accepted('decode', { command, payload, showKeys });
  }

  inspect(command: number | string, payload: Uint8Array, reply: boolean): Record<string, unknown>[] {
    return this.#accepted('inspect', { command, payload, reply }) as unknown as Record<string, unknown>[];
  }

  #accepted(call: Call, request: Packable): Record<string, unknown> {
    const { code, bytes } = this.call(call, encoded(request));
    const value = readCanonical(bytes) as unknown as Record<string, unknown>;
    if (code !== 0) throw new Error(`${call} refused: ${JSON.stringify(value)}`);
    return value;
  }

  /** The error that the call ends with. */
  failure(call: Call, request: Packable): Failure {
    const { code, bytes } = this.call(call, encoded(request));
    if (code === 0) throw new Error(`${call} accepted the request`);
    return readFailure(code, bytes);
  }
}

/** The bytes of a request: a value, or bytes that are meant as they are. */
export function encoded(request: Packable): Uint8Array {
  return request instanceof Raw ? request.bytes : pack(request);
}

const FIELDS = ['code', 'name', 'message', 'path', 'offset'];

/** An error's answer, checked for its form. */
export function readFailure(code: number, bytes: Uint8Array): Failure {
  const failure = readCanonical(bytes) as unknown as Failure;
  const { name, message, path, offset } = failure;
  const isWhole =
    Object.keys(failure).join() === FIELDS.join() &&
    failure.code === code &&
    ERROR_NAMES.get(code) === name &&
    typeof message === 'string' &&
    message !== '' &&
    typeof path === 'string' &&
    Number.isSafeInteger(offset);
  if (!isWhole) throw new Error(`not an error's answer to code ${code}: ${JSON.stringify(failure)}`);
  return failure;
}

/** The payload of the step with that command. */
export function payloadOf(steps: PlannedStep[], command: number): Uint8Array {
  return steps.find((step) => step.command === command)!.payload;
}

/** The rows of a TABLE_LOAD payload, read by the kernel's layout: `next` counts from the spec it stands in. */
export function specsOf(payload: Uint8Array): { start: bigint; length: bigint; type: string; params: string }[] {
  const bytes = Buffer.from(payload);
  const untilZero = (from: number): string => bytes.toString('latin1', from, bytes.indexOf(0, from));
  const rows = [];
  let at = bytes.readUInt32LE(16);
  for (let left = bytes.readUInt32LE(20); left > 0; left--) {
    const start = bytes.readBigUInt64LE(at);
    const length = bytes.readBigUInt64LE(at + 8);
    rows.push({ start, length, type: untilZero(at + 24), params: untilZero(at + 40) });
    at += bytes.readUInt32LE(at + 20);
  }
  return rows;
}

import { COMMANDS, type CommandName } from '../commands.ts';
import { DmError } from '../errors.ts';
import { type LayoutKind, type LayoutRequest, type Layouts, readLayout } from '../layout.ts';
import type { Decoded, Field } from '../reply.ts';
import type { Request } from '../request.ts';
import { lineAt } from '../table-line.ts';
import type { Sectors } from '../units.ts';
import { decode, encode, encodeRequest } from './codec.ts';
import { Plan } from './plan.ts';
import { type PlannerExports, plannerModule } from './wasm.ts';

/**
 * An instance whose memory grew past this is replaced after the call: a WebAssembly memory never shrinks. The answer then
 * stays where it was made.
 */
const KEPT_MEMORY = 16 * 1024 * 1024;

const NOTHING = new Uint8Array();

interface Failure {
  code: number;
  name: string;
  message: string;
  path: string;
  offset: number;
}

/** The planner: a pure function of its request, with no access to anything. */
export class Planner {
  readonly #module: WebAssembly.Module;
  #exports: PlannerExports;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#exports = instantiate(module);
  }

  /**
   * Compiles a request into the steps and bytes that apply it. Give a table of many rows as bytes: they are copied once,
   * and no row becomes an object.
   * @throws {DmError} with the planner's error name as `code`, and the `path` of the field at fault
   * @example planner.plan({ action: 'create', name: 'data', targets: [linear({ length: 8, device: '/dev/loop0', offset: 0 })] })
   */
  plan(request: Request): Plan {
    const { bytes, failure } = this.#call('plan', ...encodeRequest(request));
    if (failure) throw refusal(failure, request);
    return Plan.fromBytes(bytes);
  }

  /** Compiles a request that is MessagePack already. */
  planEncoded(request: Uint8Array): Plan {
    const { bytes, failure } = this.#call('plan', request);
    if (failure) throw refusal(failure);
    return Plan.fromBytes(bytes);
  }

  /**
   * Works out sizes before there is a table: where a hash tree stands, what an integrity device provides.
   * @throws {DmError} with the planner's error name as `code`, and the `path` of the field at fault
   * @example planner.layout({ kind: 'usable', deviceSize: '10GiB', offset: 34, logicalBlockSize: 512 }).length
   */
  layout<K extends LayoutKind>(request: LayoutRequest<K>): Layouts[K] {
    return readLayout(this.#answer('plan', { v: 1, action: 'layout', ...request }));
  }

  /**
   * Reads a kernel's reply. Keys in tables are shown as zeros unless `showKeys` asks for them.
   * @throws {DmError} `reply_malformed`, `payload_too_short`
   */
  decode(command: CommandName, reply: Uint8Array, { showKeys = false }: { showKeys?: boolean } = {}): Decoded {
    const answer = this.#answer('decode', { command: COMMANDS[command], payload: reply, showKeys }) as Decoded;
    for (const target of answer.targets ?? []) {
      target.start = BigInt(target.start) as Sectors;
      target.length = BigInt(target.length) as Sectors;
    }
    return answer;
  }

  /**
   * Explains a payload field by field; the fields cover all of its bytes. `reply`: the kernel wrote it.
   * @throws {DmError} `payload_too_short`
   */
  inspect(command: CommandName, payload: Uint8Array, { reply = false }: { reply?: boolean } = {}): Field[] {
    return this.#answer('inspect', { command: COMMANDS[command], payload, reply }) as Field[];
  }

  /** Answers what needs no kernel and is no plan: a verity superblock or layout, typed in `src/verity/`. */
  compute(call: 'plan' | 'decode', request: object): unknown {
    return this.#answer(call, request);
  }

  /** A checksum over the plans of built-in requests: the same wherever the same planner runs. */
  selftest(): number {
    return this.#exports.selftest() >>> 0;
  }

  #answer(call: 'plan' | 'decode' | 'inspect', exchange: object): unknown {
    const { bytes, failure } = this.#call(call, encode(exchange));
    if (failure) throw refusal(failure);
    return decode(bytes);
  }

  /** The request's MessagePack may come in two parts. */
  #call(
    call: 'plan' | 'decode' | 'inspect',
    request: Uint8Array,
    rest: Uint8Array = NOTHING,
  ): { bytes: Uint8Array; failure?: Failure } {
    const planner = this.#exports;
    const length = request.length + rest.length;
    const at = planner.request(length) >>> 0;
    if (at === 0) {
      throw new DmError({
        code: 'request_too_large',
        message: `a request of ${length} bytes does not fit into the planner's memory; split the table`,
      });
    }
    const place = new Uint8Array(planner.memory.buffer, at, length);
    place.set(request);
    place.set(rest, request.length);
    const code = planner[call]() >>> 0;
    const answer = new Uint8Array(planner.memory.buffer, planner.result() >>> 0, planner.result_length() >>> 0);
    const isReplaced = planner.memory.buffer.byteLength > KEPT_MEMORY;
    if (isReplaced) this.#exports = instantiate(this.#module);
    const bytes = isReplaced ? answer : answer.slice();
    return code === 0 ? { bytes } : { bytes, failure: decode(bytes) as Failure };
  }
}

function instantiate(module: WebAssembly.Module): PlannerExports {
  return new WebAssembly.Instance(module, {}).exports as unknown as PlannerExports;
}

function refusal(failure: Failure, request?: Request): DmError {
  return new DmError({
    code: failure.name,
    message: failure.path === '' ? failure.message : `${failure.path}: ${failure.message}`,
    operation: request?.action,
    path: failure.path,
    offset: failure.offset,
    ...(request && lineAt(request, failure.path, failure.offset)),
  });
}

/**
 * Loads the planner. Works wherever WebAssembly does: no file, no network, no Node.
 * @param module a compiled `planner.wasm`, where the host has one already
 */
export async function loadPlanner(module?: WebAssembly.Module): Promise<Planner> {
  return new Planner(module ?? (await plannerModule()));
}

import { DmError } from './errors.ts';
import type { CallOptions, Executor } from './executor/connection.ts';
import { type HolderReader, readHolders } from './holders.ts';
import { causeOf } from './kernel-errors.ts';
import type { Plan, Step } from './planner/plan.ts';
import { loadPlanner, type Planner } from './planner/planner.ts';
import { type Decoded, type Dev, type Device, type DeviceInfo, type Header, infoOf, type TargetLine } from './reply.ts';
import type { ActionName, Actions, DeviceId, Request } from './request.ts';
import { onlyLine } from './table-line.ts';

/** A device by name, or by name or uuid in an object. */
export type DeviceRef = string | DeviceId;

/** What an action takes beside the device. */
type Options<A extends ActionName> = Omit<Actions[A], 'name' | 'uuid'> & CallOptions;

export interface OpenOptions {
  executor: Executor | Promise<Executor>;
  planner?: Planner;
  /** How to learn what holds a busy device; from this host's sysfs unless given. */
  holders?: HolderReader;
}

/** A device that was created. */
export interface Created {
  name: string;
  uuid: string;
  dev: Dev;
  /** Of the device node, for a device that was created with a table. */
  path: string | undefined;
}

const FIRST_ROOM = 16384;
/** What the planner plans for at most; an executor may forward less. */
const LARGEST_ROOM = 32 * 1024 * 1024;

/** Device-mapper through an executor: one method for every action. All of them throw DmError and nothing else. */
export class DeviceMapper {
  readonly #executor: Executor;
  readonly #planner: Planner;
  readonly #holders: HolderReader;

  constructor(executor: Executor, planner: Planner, holders: HolderReader) {
    this.#executor = executor;
    this.#planner = planner;
    this.#holders = holders;
  }

  get executor(): Executor {
    return this.#executor;
  }

  get planner(): Planner {
    return this.#planner;
  }

  /** The running kernel's device-mapper interface: `[4, 50, 0]`. */
  async version(options: CallOptions = {}): Promise<[number, number, number]> {
    return (await this.#last({ action: 'version' }, options)).header.version;
  }

  /**
   * Creates a device, loads its table and resumes it; nothing is left when any of it fails.
   * @throws {DmError} `device_exists`, `backing_device_missing`, `backing_device_busy`, `table_refused`, any of the planner's
   */
  async create(fields: Actions['create'], options: CallOptions = {}): Promise<Created> {
    const { answers, node } = await this.#run({ action: 'create', ...fields } as Request, options);
    const { name, uuid, dev } = answers[0]!.header;
    return { name, uuid, dev, path: node };
  }

  /**
   * Removes a device and its node. Of a device in use the error names the holders.
   * @throws {DmError} `no_such_device`, `device_busy`
   */
  async remove(device: DeviceRef, options: Options<'remove'> = {}): Promise<void> {
    const [flags, call] = split(options);
    try {
      await this.#run({ action: 'remove', ...idOf(device), ...flags }, call);
    } catch (error) {
      throw error instanceof DmError && error.code === 'device_busy'
        ? await this.#whoHolds(device, error, call)
        : error;
    }
  }

  /** Loads a table into the inactive slot. */
  async load(device: DeviceRef, options: Options<'load'>): Promise<DeviceInfo> {
    return this.#info('load', device, options);
  }

  /** Loads a table, suspends the device and resumes it with the new table; on failure the old one stays in use. */
  async reload(device: DeviceRef, options: Options<'reload'>): Promise<DeviceInfo> {
    return this.#info('reload', device, options);
  }

  /** Drops the inactive table, if there is one. */
  async clear(device: DeviceRef, options: Options<'clear'> = {}): Promise<DeviceInfo> {
    return this.#info('clear', device, options);
  }

  /** Holds back all I/O until `resume`. */
  async suspend(device: DeviceRef, options: Options<'suspend'> = {}): Promise<DeviceInfo> {
    return this.#info('suspend', device, options);
  }

  /** Puts the inactive table to use, if there is one, and lets I/O go on. */
  async resume(device: DeviceRef, options: Options<'resume'> = {}): Promise<DeviceInfo> {
    return this.#info('resume', device, options);
  }

  /** The state of a device. @throws {DmError} `no_such_device` */
  async info(device: DeviceRef, options: Options<'info'> = {}): Promise<DeviceInfo> {
    return this.#info('info', device, options);
  }

  /** The status of each target, as the kernel words it. */
  async status(device: DeviceRef, options: Options<'status'> = {}): Promise<TargetLine[]> {
    return (await this.#query('status', { ...idOf(device), ...options })).targets ?? [];
  }

  /** The table: each target with its params, as the kernel words them. */
  async table(device: DeviceRef, options: Options<'table'> = {}): Promise<TargetLine[]> {
    return (await this.#query('table', { ...idOf(device), ...options })).targets ?? [];
  }

  /** The devices that the table has open. */
  async deps(device: DeviceRef, options: Options<'deps'> = {}): Promise<Dev[]> {
    return (await this.#query('deps', { ...idOf(device), ...options })).deps ?? [];
  }

  /** All devices, sorted by name. */
  async list(options: Actions['list'] & CallOptions = {}): Promise<Device[]> {
    return (await this.#query('list', options)).devices ?? [];
  }

  /**
   * Applies a plan that was made before; the replies decoded, one a step.
   * @throws {DmError} with the step that failed and what the rollback did
   */
  async apply(plan: Plan, options: CallOptions = {}): Promise<{ answers: Decoded[]; path: string | undefined }> {
    const { answers, node } = await this.#applyPlan(plan, undefined, options);
    return { answers, path: node };
  }

  /** Ends the executor's connection; a child executor ends with it. */
  async close(): Promise<void> {
    await this.#executor.close();
  }

  async #run(request: Request, options: CallOptions): Promise<{ answers: Decoded[]; node: string | undefined }> {
    return this.#applyPlan(this.#planner.plan(request), request, options);
  }

  async #applyPlan(
    plan: Plan,
    request: Request | undefined,
    options: CallOptions,
  ): Promise<{ answers: Decoded[]; node: string | undefined }> {
    try {
      const { replies, node } = await this.#executor.apply(plan, options);
      const answers = replies.map((reply, index) => this.#planner.decode(plan.steps[index]!.command, reply));
      return { answers, node };
    } catch (error) {
      throw error instanceof DmError ? await this.#explain(error, plan, request) : error;
    }
  }

  async #last(request: Request, options: CallOptions): Promise<Decoded> {
    const { answers } = await this.#run(request, options);
    return answers.at(-1)!;
  }

  async #info<A extends 'load' | 'reload' | 'clear' | 'suspend' | 'resume' | 'info'>(
    action: A,
    device: DeviceRef,
    options: Options<A>,
  ): Promise<DeviceInfo> {
    const [fields, call] = split(options);
    return infoOf((await this.#last({ action, ...idOf(device), ...fields } as Request, call)).header);
  }

  /** Asks again with twice the room for as long as the answer does not fit, up to what the executor forwards. */
  async #query<A extends 'status' | 'table' | 'deps' | 'list'>(
    action: A,
    options: Partial<Actions[A]> & CallOptions,
  ): Promise<Decoded> {
    const [fields, call] = split(options);
    const first = fields.bufferSize ?? FIRST_ROOM;
    for (let bufferSize = first; ; ) {
      const answer = await this.#last({ action, ...fields, bufferSize } as unknown as Request, call);
      if (!answer.bufferFull) return answer;
      const largest = Math.min(LARGEST_ROOM, this.#executor.hello.limits.payloadBytes);
      if (bufferSize >= largest) {
        throw new DmError({
          code: 'answer_too_large',
          message: `the answer does not fit into ${bufferSize} bytes`,
          operation: action,
          reply: answer.header,
        });
      }
      bufferSize = Math.min(bufferSize * 2, largest);
    }
  }

  /** The executor's refusal, with what the library knows of the request and the kernel. */
  async #explain(error: DmError, plan: Plan, request: Request | undefined): Promise<DmError> {
    const { step, errno } = error;
    const failed = step && plan.steps[step.index];
    const known = {
      ...error,
      message: error.message,
      cause: error.cause,
      operation: request?.action,
      request: failed && this.#headerOf(failed),
      tableLine: request && step?.command === 'TABLE_LOAD' ? onlyLine(request) : undefined,
    };
    if (error.code !== 'ioctl_failed' || !step || !errno) return new DmError(known);
    const gone = step.command === 'TABLE_LOAD' && errno.name === 'ENXIO' && (await this.#isGone(request));
    const { code, message, retryable } = causeOf(gone ? 'DEV_STATUS' : step.command, errno);
    return new DmError({ ...known, code, retryable, message: `${step.command}: ${errno.name}: ${message}` });
  }

  /** ENXIO of a load is said of the device itself and of those below it; the device can be asked for. */
  async #isGone(request: Request | undefined): Promise<boolean> {
    if (request?.action !== 'load' && request?.action !== 'reload') return false;
    const { name, uuid } = request;
    const id = { action: 'info', ...(uuid === undefined ? { name } : { uuid }) } as Request;
    return this.#executor.apply(this.#planner.plan(id)).then(
      () => false,
      (error: DmError) => error.errno?.name === 'ENXIO',
    );
  }

  /** Nothing for a payload that is none: the executor's refusal says more than the planner's would. */
  #headerOf({ command, payload }: Step): Header | undefined {
    try {
      return this.#planner.decode(command, payload).header;
    } catch {
      return undefined;
    }
  }

  async #whoHolds(device: DeviceRef, error: DmError, call: CallOptions): Promise<DmError> {
    const info = await this.info(device, call).catch(() => undefined);
    if (!info) return error;
    const holders = await this.#holders(info.dev).catch(() => []);
    const by = holders.length > 0 ? `; held by ${holders.join(', ')}` : '';
    return new DmError({
      ...error,
      cause: error.cause,
      message: `${error.message} (open count ${info.openCount}${by})`,
      holders,
      openCount: info.openCount,
    });
  }
}

function idOf(device: DeviceRef): DeviceId {
  if (typeof device === 'string') return { name: device };
  return device.uuid === undefined ? { name: device.name } : { uuid: device.uuid };
}

/** The fields of the request, and how to call. */
function split<T extends CallOptions>(options: T): [Omit<T, keyof CallOptions>, CallOptions] {
  const { signal, deadline, ...fields } = options;
  return [fields, { signal, deadline }];
}

/**
 * Opens device-mapper through an executor.
 * @throws {DmError} `no_device_mapper`, `permission_denied`, `executor_gone`
 * @example const dm = await openDeviceMapper({ executor: spawnExecutor() })
 */
export async function openDeviceMapper(options: OpenOptions): Promise<DeviceMapper> {
  const [executor, planner] = await Promise.all([options.executor, options.planner ?? loadPlanner()]);
  return new DeviceMapper(executor, planner, options.holders ?? readHolders);
}

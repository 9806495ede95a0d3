import type { Applied, ApplyOptions, CallOptions, Executor } from './client/connection.ts';
import { DmError, isDmError } from './errors.ts';
import { explained, withHolders } from './failures.ts';
import { existing } from './live/existing.ts';
import { type Expected, type Verified, type VerifyOptions, verifyLive } from './live/verify.ts';
import type { Message } from './messages.ts';
import type { Plan } from './planner/plan.ts';
import { loadPlanner, type Planner } from './planner/planner.ts';
import { type Readers, THIS_HOST } from './readers.ts';
import {
  type Decoded,
  type Dev,
  type Device,
  type DeviceInfo,
  infoOf,
  type TargetLine,
  type TargetVersion,
} from './reply.ts';
import type { ActionName, Actions, DeviceId, Geometry, Request, Version } from './request.ts';
import { answerTooLarge, FIRST_ROOM, LARGEST_ROOM, moreRoom, roomAgain } from './room.ts';
import type { BlockDevice } from './sysfs.ts';
import { heldTo, randomUuid } from './uuid-prefix.ts';
import { heard } from './verbs/message.ts';
import {
  type RemoveAllOptions,
  type RemovedAll,
  type RemoveOptions,
  remove,
  removeAll,
  type WipeOptions,
  wipeTable,
} from './verbs/remove.ts';
import { type WaitOptions, waitEvent } from './verbs/wait.ts';

/** A device by name, or by name or uuid in an object. */
export type DeviceRef = string | DeviceId;

/** What an action takes beside the device. */
type Options<A extends ActionName> = Omit<Actions[A], 'name' | 'uuid'> & CallOptions;

export interface OpenOptions extends Partial<Readers> {
  executor: Executor | Promise<Executor>;
  planner?: Planner;
  /**
   * How the uuid of every device begins that is created without one; the rest is random. Unless given, it is what the
   * executor is held to; with one that is held to nothing, such a device has no uuid, as the kernel allows.
   */
  uuidPrefix?: string | undefined;
}

/** A device that was created, or was there already. */
export interface Created {
  name: string;
  uuid: string;
  dev: Dev;
  /** Of the device node, for a device with a table. */
  path: string | undefined;
  /** True: it was there before, and is the same. */
  existed?: true;
}

export interface CreateOptions extends VerifyOptions {
  /** `same`: a device of this name that is exactly what is asked for is as good as a new one. `fail` unless given. */
  ifExists?: 'same' | 'fail';
}

/** Keys are shown as zeros unless they are asked for. */
export interface ShowKeys {
  showKeys?: boolean;
}

export interface MessageOptions extends CallOptions {
  /** The target that has this sector; 0 unless given. */
  sector?: number | bigint;
  /** Room for the answer in bytes; 16384 unless given. */
  bufferSize?: number;
}

/** Device-mapper through an executor: one method for every action. All of them throw DmError and nothing else. */
export class DeviceMapper {
  readonly #executor: Executor;
  readonly #planner: Planner;
  readonly #readers: Readers;
  /** What the last list took, so that the next one is asked for once. */
  #roomForList = FIRST_ROOM;
  /** How the uuids of the devices begin that are created without one; undefined where these get none. */
  readonly uuidPrefix: string | undefined;

  constructor(executor: Executor, planner: Planner, options: Omit<OpenOptions, 'executor' | 'planner'> = {}) {
    const { uuidPrefix, ...readers } = options;
    this.#executor = executor;
    this.#planner = planner;
    this.#readers = { ...THIS_HOST, ...readers };
    this.uuidPrefix = uuidPrefix ?? heldTo(executor.hello.policy);
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
   * @throws {DmError} `device_exists`, `device_differs` (with `ifExists: 'same'`), `backing_device_missing`,
   * `backing_device_busy`, `table_refused`, any of the planner's
   */
  async create(fields: Actions['create'], options: CreateOptions = {}): Promise<Created> {
    const { ifExists = 'fail', resolveDevice, ...call } = options;
    const own = fields.uuid || this.uuidPrefix === undefined ? {} : { uuid: randomUuid(this.uuidPrefix) };
    try {
      const { replies, node } = await this.#run({ action: 'create', ...fields, ...own } as Request, call);
      const { name, uuid, dev } = this.#planner.decode('DEV_CREATE', replies[0]!).header;
      return { name, uuid, dev, path: node };
    } catch (error) {
      if (ifExists !== 'same' || !isDmError(error, 'device_exists')) throw error;
      return existing(this, fields, error, { ...(resolveDevice ? { resolveDevice } : {}), ...call });
    }
  }

  /**
   * Whether a device is what this table, read-only state and uuid would have made of it, and where it differs. Fields are
   * compared by meaning: a path is the device it names. Of targets whose TABLE is not what their constructor was given
   * (integrity, raid, multipath …) only what can be compared is.
   * @throws {DmError} `no_such_device`, any of the planner's
   */
  async verifyLive(device: DeviceRef, expected: Expected, options: VerifyOptions = {}): Promise<Verified> {
    const { resolveDevice = this.#readers.resolveDevice, ...call } = options;
    return verifyLive(this, device, expected, resolveDevice, call);
  }

  /**
   * Removes a device and its node. Of a device in use the error names the holders.
   * @throws {DmError} `no_such_device`, `device_busy`
   */
  async remove(device: DeviceRef, options: RemoveOptions = {}): Promise<void> {
    await remove(this, this.#removeOnce, device, options);
  }

  /** Removes every device that is not in use, also those that are freed by it; tells which were and which were not. */
  async removeAll(options: RemoveAllOptions = {}): Promise<RemovedAll> {
    return removeAll(this, this.#removeOnce, options);
  }

  /**
   * Puts an error target in the place of a device's table: all its I/O fails from then on.
   * @throws {DmError} `no_such_device`, `no_table`
   */
  async wipeTable(device: DeviceRef, options: WipeOptions = {}): Promise<void> {
    await wipeTable(this, device, options);
  }

  /**
   * Gives a device another name, and its node with it. Resolves with the node's path, if it has one.
   * @throws {DmError} `no_such_device`, `device_exists`
   */
  async rename(device: DeviceRef, newName: string, options: CallOptions = {}): Promise<string | undefined> {
    const name = await this.#nameOf(device, options);
    return (await this.#run({ action: 'rename', name, newName }, options)).node;
  }

  /**
   * Gives a device its uuid. It cannot be changed afterwards.
   * @throws {DmError} `no_such_device`, `device_exists`, `rename_refused`
   */
  async setUuid(device: DeviceRef, uuid: string, options: CallOptions = {}): Promise<void> {
    const name = await this.#nameOf(device, options);
    await this.#run({ action: 'set_uuid', name, newUuid: uuid }, options);
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

  /** The status of each target, as the kernel words it and typed. */
  async status(device: DeviceRef, options: Options<'status'> = {}): Promise<TargetLine[]> {
    return (await this.#query('status', { ...idOf(device), ...options })).targets ?? [];
  }

  /** The table: each target with its params, as the kernel words them and typed. */
  async table(device: DeviceRef, options: Options<'table'> & ShowKeys = {}): Promise<TargetLine[]> {
    return (await this.#query('table', { ...idOf(device), ...options })).targets ?? [];
  }

  /** What the kernel tells its integrity measurement of the table (interface 4.45). */
  async measure(device: DeviceRef, options: Options<'measure'> = {}): Promise<TargetLine[]> {
    return (await this.#query('measure', { ...idOf(device), ...options })).targets ?? [];
  }

  /** The devices that the table has open. */
  async deps(device: DeviceRef, options: Options<'deps'> = {}): Promise<Dev[]> {
    return (await this.#query('deps', { ...idOf(device), ...options })).deps ?? [];
  }

  /** All devices, sorted by name. */
  async list(options: Actions['list'] & CallOptions = {}): Promise<Device[]> {
    return (await this.#query('list', options)).devices ?? [];
  }

  /** What the kernel calls a block device, dm's own or another; undefined for one that has never had a table. */
  async blockDevice(dev: Dev): Promise<BlockDevice | undefined> {
    return this.#readers.blockDevice(dev);
  }

  /** The targets that the kernel knows at the moment, without those whose module is not loaded. */
  async targets(options: Actions['targets'] & CallOptions = {}): Promise<TargetVersion[]> {
    return (await this.#query('targets', options)).versions ?? [];
  }

  /**
   * The version of one target; its module is loaded if need be (interface 4.41).
   * @throws {DmError} `unknown_target`
   */
  async targetVersion(type: string, options: CallOptions = {}): Promise<Version> {
    const { versions } = await this.#query('target_version', { type, ...options });
    return versions![0]!.version;
  }

  /**
   * Sends a message to a target: its words, or typed fields. Resolves with what it answered, empty for nothing. It is sent
   * once: an answer that does not fit is lost, since asking again would do again what the message does.
   * @throws {DmError} `no_such_device`, `no_table`, `message_refused`, `answer_too_large`
   */
  async message(device: DeviceRef, message: Message, options: MessageOptions = {}): Promise<string> {
    const [fields, call] = split(options);
    const request = { action: 'message', ...idOf(device), message, ...fields } as Request;
    const answer = await heard(this, device, message, call, () => this.#last(request, call));
    if (answer.bufferFull) throw answerTooLarge('message', fields.bufferSize ?? FIRST_ROOM, answer.header);
    return answer.message ?? '';
  }

  /** Tells partitioning tools a geometry. @throws {DmError} `no_such_device`, `no_table` */
  async setGeometry(device: DeviceRef, geometry: Geometry, options: CallOptions = {}): Promise<void> {
    await this.#run({ action: 'set_geometry', ...idOf(device), geometry }, options);
  }

  /**
   * Waits until the device's event number is not the known one, and resolves with its state. A rename, a snapshot that
   * overflows, a pool that runs low, a leg that fails raise events; a suspend or resume does not.
   * @throws {DmError} `no_such_device` (also when it is removed meanwhile), `deadline_exceeded`, `cancelled`
   */
  async waitEvent(device: DeviceRef, options: WaitOptions = {}): Promise<DeviceInfo> {
    return waitEvent(this, device, options);
  }

  /**
   * Makes the node of a device anew if it is gone, and resolves with its path. The executor makes nodes on a resume, which
   * changes nothing of a device that runs; undefined, and nothing done, for one that is suspended, has no table, or has an
   * inactive one that would be put to use.
   */
  async makeNode(device: DeviceRef, options: CallOptions = {}): Promise<string | undefined> {
    const { liveTable, inactiveTable, suspended, name } = await this.info(device, options);
    if (!liveTable || inactiveTable || suspended) return undefined;
    return (await this.#run({ action: 'resume', name }, options)).node;
  }

  /**
   * Applies a plan that was made before; the replies decoded, one a step.
   * @throws {DmError} with the step that failed and what the rollback did
   */
  async apply(plan: Plan, options: ApplyOptions = {}): Promise<{ answers: Decoded[]; path: string | undefined }> {
    return this.#applyPlan(plan, undefined, options, ({ replies, node }) => ({
      answers: replies.map((reply, index) => this.#planner.decode(plan.steps[index]!.command, reply)),
      path: node,
    }));
  }

  /** Ends the executor's connection; a child executor ends with it. */
  async close(): Promise<void> {
    await this.#executor.close();
  }

  readonly #removeOnce = async (device: DeviceRef, options: Options<'remove'>): Promise<void> => {
    const [flags, call] = split(options);
    try {
      await this.#run({ action: 'remove', ...idOf(device), ...flags }, call);
    } catch (error) {
      throw isDmError(error, 'device_busy')
        ? await withHolders(this, this.#readers.holders, device, error, call)
        : error;
    }
  };

  /** The kernel looks for the device of a rename by its name alone (dm-ioctl.c dm_hash_rename). */
  async #nameOf(device: DeviceRef, call: CallOptions): Promise<string> {
    const { name } = idOf(device);
    return name ?? (await this.info(device, call)).name;
  }

  async #run(request: Request, options: CallOptions): Promise<Applied> {
    return this.#applyPlan(this.#planner.plan(request), request, options, (applied) => applied);
  }

  /** `read`: what is wanted of the replies, of which only that is decoded. */
  async #applyPlan<T>(
    plan: Plan,
    request: Request | undefined,
    options: ApplyOptions,
    read: (applied: Applied) => T,
  ): Promise<T> {
    try {
      return read(await this.#executor.apply(plan, options));
    } catch (error) {
      throw error instanceof DmError ? await explained(this, error, plan, request) : error;
    }
  }

  async #last(request: Request, { showKeys = false, ...options }: CallOptions & ShowKeys): Promise<Decoded> {
    const plan = this.#planner.plan(request);
    const { command } = plan.steps.at(-1)!;
    return this.#applyPlan(plan, request, options, ({ replies }) =>
      this.#planner.decode(command, replies.at(-1)!, { showKeys }),
    );
  }

  async #info<A extends 'load' | 'reload' | 'clear' | 'suspend' | 'resume' | 'info'>(
    action: A,
    device: DeviceRef,
    options: Options<A>,
  ): Promise<DeviceInfo> {
    const [fields, call] = split(options);
    return infoOf((await this.#last({ action, ...idOf(device), ...fields } as Request, call)).header);
  }

  /** Asks again with more room for as long as the answer does not fit, up to what the executor forwards. */
  async #query<A extends 'status' | 'table' | 'measure' | 'deps' | 'list' | 'targets' | 'target_version'>(
    action: A,
    options: Partial<Actions[A]> & CallOptions & ShowKeys,
  ): Promise<Decoded> {
    const [fields, call] = split(options);
    const largest = Math.min(LARGEST_ROOM, this.#executor.hello.limits.payloadBytes);
    for (let bufferSize = fields.bufferSize ?? (action === 'list' ? this.#roomForList : FIRST_ROOM); ; ) {
      const answer = await this.#last({ action, ...fields, bufferSize } as unknown as Request, call);
      if (action === 'list' && !answer.bufferFull && bufferSize > FIRST_ROOM)
        this.#roomForList = Math.min(roomAgain(answer.header.dataSize), largest);
      if (!answer.bufferFull) return answer;
      if (bufferSize >= largest) throw answerTooLarge(action, bufferSize, answer.header);
      bufferSize = Math.min(moreRoom(bufferSize, answer.header.targetCount), largest);
    }
  }
}

function idOf(device: DeviceRef): DeviceId {
  if (typeof device === 'string') return { name: device };
  return device.uuid === undefined ? { name: device.name } : { uuid: device.uuid };
}

/** The fields of the request, and how to call. */
function split<T extends CallOptions & ShowKeys>(
  options: T,
): [Omit<T, keyof CallOptions | 'showKeys'>, CallOptions & ShowKeys] {
  const { signal, deadline, showKeys, ...fields } = options;
  return [fields, { signal, deadline, ...(showKeys === undefined ? {} : { showKeys }) }];
}

/**
 * Opens device-mapper through an executor.
 * @throws {DmError} `no_device_mapper`, `no_koffi`, `permission_denied`, `executor_gone`
 * @example const dm = await openDeviceMapper({ executor: spawnExecutor() })
 */
export async function openDeviceMapper(options: OpenOptions): Promise<DeviceMapper> {
  const { executor, planner, ...own } = options;
  return new DeviceMapper(await executor, planner ?? (await loadPlanner()), own);
}

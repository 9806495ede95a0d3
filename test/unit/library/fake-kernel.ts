import {
  type Applied,
  type CallOptions,
  type Dev,
  DmError,
  type Plan,
  type Planner,
  type Step,
} from '../../../src/index.ts';
import { plannedTargets } from '../../../src/live/planned.ts';
import { EBUSY, EINVAL, ENXIO, failAt } from './stub-executor.ts';

/** A row as the kernel prints it. */
export interface Row {
  start: number;
  length: number;
  type: string;
  params: string;
}

export interface FakeDevice {
  name: string;
  uuid: string;
  dev: Dev;
  live: Row[];
  inactive: Row[] | undefined;
  readOnly: boolean;
  suspended: boolean;
  openCount: number;
  eventNr: number;
  deps: Dev[];
}

const FLAGS = { readOnly: 1, suspended: 2, live: 0x20, inactive: 0x40, dataOut: 0x10000 };
const MAJOR = 254;

/** A kernel in one object: what an executor would answer from it. A path is printed as the number it is given in `numbers`. */
export class FakeKernel {
  devices: FakeDevice[] = [];
  /** Every command so far. */
  commands: string[] = [];
  numbers: Record<string, string> = {};
  /** What a message is answered with. */
  answerTo: (message: string) => string | undefined = () => undefined;
  /** Whether every message is EINVAL. */
  refusesMessages = false;
  /** Called before every command. */
  before: (command: string) => void = () => {};
  readonly #planner: Planner;
  #minor = 0;

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  add(device: Partial<FakeDevice> & { name: string }): FakeDevice {
    const made: FakeDevice = {
      uuid: '',
      dev: { major: MAJOR, minor: this.#minor++ },
      live: [],
      inactive: undefined,
      readOnly: false,
      suspended: false,
      openCount: 0,
      eventNr: 0,
      deps: [],
      ...device,
    };
    this.devices.push(made);
    return made;
  }

  named(name: string): FakeDevice {
    return this.devices.find((device) => device.name === name)!;
  }

  /** As a StubExecutor's `answer`. */
  readonly answer = (plan: Plan, _options: CallOptions): Applied => {
    let node: string | undefined;
    const replies = plan.steps.map((step) => {
      this.before(step.command);
      this.commands.push(step.command);
      const reply = this.#step(plan, step);
      if (step.command === 'DEV_SUSPEND' || step.command === 'DEV_RENAME') node = this.#nodeOf(step);
      return reply;
    });
    return { replies, node };
  };

  #nodeOf({ command, payload }: Step): string | undefined {
    if (command === 'DEV_RENAME') return `/dev/mapper/${text(payload, 312)}`;
    const { header } = this.#planner.decode(command, payload);
    return (header.flags & FLAGS.suspended) === 0 ? `/dev/mapper/${this.#find(header)?.name}` : undefined;
  }

  #find({ name, uuid }: { name: string; uuid: string }): FakeDevice | undefined {
    return this.devices.find((device) => (name !== '' ? device.name === name : device.uuid === uuid));
  }

  #step(plan: Plan, { command, payload }: Step): Uint8Array {
    const { header } = this.#planner.decode(command, payload);
    if (command === 'LIST_DEVICES') return this.#list(payload);
    if (command === 'DEV_CREATE') {
      const taken = this.devices.some(
        ({ name, uuid }) => name === header.name || (uuid !== '' && uuid === header.uuid),
      );
      if (taken) failAt(plan, command, EBUSY);
      return reply(payload, this.add({ name: header.name, uuid: header.uuid }));
    }
    const device = this.#find(header);
    if (!device) failAt(plan, command, ENXIO);
    switch (command) {
      case 'DEV_REMOVE':
        if (device.openCount > 0) failAt(plan, command, EBUSY);
        this.devices = this.devices.filter((other) => other !== device);
        for (const { major, minor } of device.deps) {
          const below = this.devices.find(({ dev }) => dev.major === major && dev.minor === minor);
          if (below) below.openCount--;
        }
        return reply(payload, device);
      case 'TABLE_LOAD':
        device.inactive = this.#printed(payload);
        device.readOnly = (header.flags & FLAGS.readOnly) !== 0;
        return reply(payload, device);
      case 'DEV_SUSPEND':
        device.suspended = (header.flags & FLAGS.suspended) !== 0;
        if (!device.suspended && device.inactive) {
          device.live = device.inactive;
          device.inactive = undefined;
        }
        return reply(payload, device);
      case 'DEV_RENAME':
        if ((header.flags & 0x4000) !== 0) {
          if (device.uuid !== '') failAt(plan, command, EINVAL);
          device.uuid = text(payload, 312);
        } else device.name = text(payload, 312);
        device.eventNr++;
        return reply(payload, device);
      case 'TABLE_STATUS':
        return this.#rows(payload, device);
      case 'TABLE_DEPS':
        return deps(payload, device);
      case 'TARGET_MSG':
        if (this.refusesMessages) failAt(plan, command, EINVAL);
        return this.#message(payload, device);
      case 'DEV_STATUS':
      case 'DEV_SET_GEOMETRY':
        return reply(payload, device);
      default:
        throw new DmError({ code: 'failed', message: `the fake kernel knows no ${command}` });
    }
  }

  #printed(payload: Uint8Array): Row[] {
    return plannedTargets(this.#planner, payload).map(({ start, length, type, params }) => ({
      start: Number(start),
      length: Number(length),
      type,
      params: params
        .split(' ')
        .map((word) => this.numbers[word] ?? word)
        .join(' '),
    }));
  }

  #rows(payload: Uint8Array, device: FakeDevice): Uint8Array {
    const bytes = reply(payload, device);
    const view = new DataView(bytes.buffer);
    let at = 312;
    for (const { start, length, type, params } of device.live) {
      const end = at + ((40 + Buffer.byteLength(params) + 8) & ~7);
      view.setBigUint64(at, BigInt(start), true);
      view.setBigUint64(at + 8, BigInt(length), true);
      view.setUint32(at + 20, end - 312, true);
      bytes.set(Buffer.from(type), at + 24);
      bytes.set(Buffer.from(params), at + 40);
      at = end;
    }
    view.setUint32(
      28,
      view.getUint32(28, true) | (new DataView(payload.buffer, payload.byteOffset).getUint32(28, true) & 0x10),
      true,
    );
    return bytes;
  }

  #list(payload: Uint8Array): Uint8Array {
    const bytes = payload.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(4, 47, true);
    let at = 312;
    for (const [index, { name, dev, eventNr }] of this.devices.entries()) {
      const trailer = at + ((12 + name.length + 8) & ~7);
      view.setBigUint64(at, BigInt((dev.major << 8) | dev.minor), true);
      bytes.set(Buffer.from(name), at + 12);
      view.setUint32(trailer, eventNr, true);
      view.setUint32(at + 8, index + 1 < this.devices.length ? trailer + 8 - at : 0, true);
      at = trailer + 8;
    }
    return bytes;
  }

  #message(payload: Uint8Array, device: FakeDevice): Uint8Array {
    const answer = this.answerTo(text(payload, 320));
    const bytes = reply(payload, device);
    if (answer === undefined) return bytes;
    bytes.fill(0, 312);
    bytes.set(Buffer.from(answer), 312);
    const view = new DataView(bytes.buffer);
    view.setUint32(28, view.getUint32(28, true) | FLAGS.dataOut, true);
    return bytes;
  }
}

function deps(payload: Uint8Array, device: FakeDevice): Uint8Array {
  const bytes = reply(payload, device);
  const view = new DataView(bytes.buffer);
  view.setUint32(312, device.deps.length, true);
  for (const [index, { major, minor }] of device.deps.entries()) {
    view.setBigUint64(320 + 8 * index, BigInt((major << 8) | minor), true);
  }
  return bytes;
}

function reply(payload: Uint8Array, device: FakeDevice): Uint8Array {
  const bytes = payload.slice();
  const view = new DataView(bytes.buffer);
  const flags =
    (device.readOnly ? FLAGS.readOnly : 0) |
    (device.suspended ? FLAGS.suspended : 0) |
    (device.live.length > 0 ? FLAGS.live : 0) |
    (device.inactive ? FLAGS.inactive : 0);
  view.setUint32(20, device.live.length, true);
  view.setUint32(24, device.openCount, true);
  view.setUint32(28, flags, true);
  view.setUint32(32, device.eventNr, true);
  view.setBigUint64(40, BigInt((device.dev.major << 8) | device.dev.minor), true);
  bytes.fill(0, 48, 305);
  bytes.set(Buffer.from(device.name), 48);
  bytes.set(Buffer.from(device.uuid), 176);
  return bytes;
}

function text(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString();
}

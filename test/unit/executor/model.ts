import {
  CLEAR,
  CREATE,
  DEPS,
  F_ACTIVE,
  F_DEFERRED,
  F_INACTIVE,
  F_SUSPEND,
  LIST_DEVICES,
  LOAD,
  REMOVE,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  text,
  VERSION,
} from './payloads.ts';

const [ENXIO, EBUSY, EINVAL, ENOTTY] = [6, 16, 22, 25];

export interface Device {
  name: string;
  uuid: string;
  minor: number;
  active: string | null;
  inactive: string | null;
  suspended: boolean;
  open: number;
}

/** Device-mapper as dm-ioctl.c has it, as far as a plan of the executor can tell. */
export class ModelKernel {
  devices: Device[] = [];
  /** Every ioctl so far, by command, with 'resume' for a DEV_SUSPEND without its flag. */
  calls: string[] = [];
  #minor = 0;

  add(device: Partial<Device> & { name: string }): Device {
    const made = { uuid: '', minor: this.#minor++, active: null, inactive: null, suspended: false, open: 0, ...device };
    this.devices.push(made);
    return made;
  }

  snapshot(): string {
    return JSON.stringify(this.devices.map(({ minor: _, ...device }) => device));
  }

  /** `swapErrno`: the errno with which the kernel fails to put a new table in use, after it has suspended the device. */
  ioctl(command: number, payload: Uint8Array, swapErrno = 0): number {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const flags = view.getUint32(28, true);
    const suspend = (flags & F_SUSPEND) !== 0;
    this.calls.push(command === SUSPEND ? (suspend ? 'suspend' : 'resume') : (NAMES[command] ?? String(command)));
    if (view.getUint32(0, true) !== 4) return EINVAL;
    if (command === VERSION) return this.#answer(view, null, [4, 47, 0]);
    if (command === LIST_DEVICES) return this.#answer(view, null);
    if (command === CREATE) {
      const [name, uuid] = [text(payload, 48), text(payload, 176)];
      const taken = this.devices.some((d) => d.name === name || (uuid !== '' && d.uuid === uuid));
      return taken ? EBUSY : this.#answer(view, this.add({ name, uuid }));
    }
    const device = this.#find(payload);
    if (device === undefined) return ENXIO;
    if (command === REMOVE) return this.#remove(view, device, (flags & F_DEFERRED) !== 0);
    if (command === LOAD) device.inactive = text(payload, 312 + 40);
    else if (command === CLEAR) device.inactive = null;
    else if (command === SUSPEND && suspend) device.suspended = true;
    else if (command === SUSPEND) {
      const errno = this.#resume(device, swapErrno);
      if (errno !== 0) return errno;
    } else if (![STATUS, DEPS, TABLE_STATUS].includes(command)) return ENOTTY;
    return this.#answer(view, device);
  }

  #find(payload: Uint8Array): Device | undefined {
    const [name, uuid] = [text(payload, 48), text(payload, 176)];
    if ((name === '') === (uuid === '')) return undefined;
    return this.devices.find((d) => (uuid === '' ? d.name === name : d.uuid === uuid));
  }

  /** do_resume: takes the inactive table out of its slot first, whatever comes of it. */
  #resume(device: Device, swapErrno: number): number {
    const table = device.inactive;
    device.inactive = null;
    if (table !== null) {
      device.suspended = true;
      if (swapErrno !== 0) return swapErrno;
      device.active = table;
    }
    if (device.active === null) return EINVAL;
    device.suspended = false;
    return 0;
  }

  #remove(view: DataView, device: Device, deferred: boolean): number {
    if (device.open > 0 && !deferred) return EBUSY;
    if (device.open > 0) return this.#answer(view, device, [4, 47, 0], F_DEFERRED);
    this.devices = this.devices.filter((other) => other !== device);
    this.#answer(view, device);
    // dev_remove does not call __dev_status: the number stays what was sent.
    view.setBigUint64(40, 0n, true);
    view.setUint32(28, 0, true);
    return 0;
  }

  #answer(view: DataView, device: Device | null, version = [4, 47, 0], extra = 0): 0 {
    for (const [i, part] of version.entries()) view.setUint32(4 * i, part, true);
    if (device === null) return 0;
    view.setUint32(12, 305, true);
    const state =
      (device.suspended ? F_SUSPEND : 0) |
      (device.active === null ? 0 : F_ACTIVE) |
      (device.inactive === null ? 0 : F_INACTIVE);
    view.setUint32(28, state | extra, true);
    view.setBigUint64(40, BigInt((254 << 8) | device.minor), true);
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    bytes.fill(0, 48, 305);
    bytes.set(Buffer.from(device.name), 48);
    bytes.set(Buffer.from(device.uuid), 176);
    return 0;
  }
}

const NAMES: Record<number, string> = {
  [VERSION]: 'version',
  [LIST_DEVICES]: 'list',
  [CREATE]: 'create',
  [REMOVE]: 'remove',
  [STATUS]: 'status',
  [LOAD]: 'load',
  [CLEAR]: 'clear',
  [DEPS]: 'deps',
  [TABLE_STATUS]: 'table',
};

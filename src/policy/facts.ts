import * as abi from '../../assembly/abi.ts';
import type { Step } from '../planner/plan.ts';

/** A device by what a plan says of it; null is what the plan does not say. */
export interface Identity {
  name: string | null;
  uuid: string | null;
}

/** What a policy looks at in a step. */
export interface Facts {
  /** The command's name; DEV_RESUME for the other half of DEV_SUSPEND. */
  command: string;
  /** What the step is for; null for a step that is for no device. */
  device: Identity | null;
  /** The device's name, and the new one of a rename. */
  names: (string | null)[];
  uuids: (string | null)[];
  deferred: boolean;
  /** The first word of a message. */
  message: string | null;
  /** Of a TABLE_LOAD. */
  table: Table | null;
}

export interface Table {
  readOnly: boolean;
  targets: number;
  sectors: number;
  types: ReadonlySet<string>;
  /** The params of its last verity target. */
  verity: string | null;
}

/** Any of them may have a name or a uuid in its header, but that is no device's. */
const FOR_NO_DEVICE = ['VERSION', 'LIST_DEVICES', 'LIST_VERSIONS', 'GET_TARGET_VERSION'];

/**
 * The facts of a plan that has passed the byte rules, step by step. A step says the name of its device or the uuid; the
 * other is known where the plan has created the device.
 */
export function* factsOf(steps: readonly Step[]): Generator<Facts> {
  const created = roster();
  for (const { command, payload } of steps) {
    const header = headerOf(payload);
    const isRename = command === 'DEV_RENAME';
    const renamed = isRename ? textAt(payload, abi.HEADER_SIZE) : null;
    const newUuid = (header.flags & abi.FLAG_UUID) !== 0 ? renamed : null;
    const newName = newUuid === null ? renamed : null;
    const creates = command === 'DEV_CREATE';
    // The kernel looks a device to be renamed up by its name alone (dm-ioctl.c dm_hash_rename).
    const { name, uuid } = isRename ? { ...header, uuid: '' } : header;
    const device = FOR_NO_DEVICE.includes(command) ? null : creates ? { name, uuid } : created.find(name, uuid);
    yield {
      command: command === 'DEV_SUSPEND' && (header.flags & abi.FLAG_SUSPEND) === 0 ? 'DEV_RESUME' : command,
      device,
      names: device === null ? [] : [device.name, ...(newName === null ? [] : [newName])],
      // A device that is given a uuid has none: it is set once.
      uuids: device === null ? [] : [newUuid ?? device.uuid],
      deferred: command === 'DEV_REMOVE' && (header.flags & abi.FLAG_DEFERRED_REMOVE) !== 0,
      message: command === 'TARGET_MSG' ? firstWordOf(payload) : null,
      table: command === 'TABLE_LOAD' ? tableOf(payload, header.flags) : null,
    };
    if (device === null) continue;
    if (creates) created.add(device);
    if (command === 'DEV_REMOVE') created.drop(device);
    if (newName !== null) created.change(device, { name: newName });
    if (newUuid !== null) created.change(device, { uuid: newUuid });
  }
}

/** The devices that a plan has created, by what they are called at this step. */
function roster() {
  const byName = new Map<string | null, Identity>();
  const byUuid = new Map<string | null, Identity>();
  const drop = (device: Identity): void => {
    byName.delete(device.name);
    byUuid.delete(device.uuid);
  };
  const add = (device: Identity): void => {
    drop(device);
    byName.set(device.name, device);
    byUuid.set(device.uuid, device);
  };
  return {
    add,
    drop,
    find(name: string, uuid: string): Identity {
      const known = name === '' ? byUuid.get(uuid) : byName.get(name);
      return known ?? { name: name || null, uuid: uuid || null };
    },
    change(device: Identity, change: Partial<Identity>): void {
      const known = byName.get(device.name) === device;
      drop(device);
      drop({ name: null, uuid: null, ...change });
      if (known) add(Object.assign(device, change));
    },
  };
}

function tableOf(payload: Uint8Array, flags: number): Table {
  const view = viewOf(payload);
  const types = new Set<string>();
  let verity: string | null = null;
  let [targets, sectors] = [0, 0];
  for (let at = abi.HEADER_SIZE; at < payload.length; targets++) {
    const size = view.getUint32(at + abi.SPEC_NEXT_OFFSET, true);
    if (size < abi.SPEC_SIZE) throw new RangeError('a table that no byte rules have passed');
    const length = at + abi.SPEC_LENGTH_OFFSET;
    sectors += view.getUint32(length, true) + view.getUint32(length + 4, true) * 2 ** 32;
    const type = textAt(payload, at + abi.SPEC_TYPE_OFFSET, abi.SPEC_TYPE_SIZE);
    types.add(type);
    if (type === 'verity') verity = textAt(payload, at + abi.SPEC_SIZE, size - abi.SPEC_SIZE);
    at += size;
  }
  return { readOnly: (flags & abi.FLAG_READONLY) !== 0, targets, sectors, types, verity };
}

function firstWordOf(message: Uint8Array): string {
  return /^[^ ]*/.exec(textAt(message, abi.HEADER_SIZE + abi.MESSAGE_TEXT_OFFSET))![0];
}

function headerOf(payload: Uint8Array): { flags: number; name: string; uuid: string } {
  return {
    flags: viewOf(payload).getUint32(abi.FLAGS_OFFSET, true),
    name: textAt(payload, abi.NAME_OFFSET, abi.NAME_SIZE),
    uuid: textAt(payload, abi.UUID_OFFSET, abi.UUID_SIZE),
  };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** A terminated text, a character for each byte. */
function textAt(payload: Uint8Array, offset: number, size: number = payload.length - offset): string {
  const field = Buffer.from(payload.buffer, payload.byteOffset + offset, size);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? size : end);
}

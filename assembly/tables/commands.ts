import * as abi from '../abi.ts';

/** What stands behind the header of a reply. */
export type Reply = 'header' | 'devices' | 'deps' | 'targets';

/** What stands behind the header of a request, as in `actions.ts`. */
export interface Command {
  number: number;
  name: string;
  request: 'none' | 'table' | 'room';
  reply: Reply;
}

/** The commands of the control node by the kernel's names (drivers/md/dm-ioctl.c lookup_ioctl). */
export const COMMANDS: readonly Command[] = [
  { number: abi.DM_VERSION, name: 'VERSION', request: 'none', reply: 'header' },
  { number: abi.DM_LIST_DEVICES, name: 'LIST_DEVICES', request: 'room', reply: 'devices' },
  { number: abi.DM_DEV_CREATE, name: 'DEV_CREATE', request: 'none', reply: 'header' },
  { number: abi.DM_DEV_REMOVE, name: 'DEV_REMOVE', request: 'none', reply: 'header' },
  { number: abi.DM_DEV_SUSPEND, name: 'DEV_SUSPEND', request: 'none', reply: 'header' },
  { number: abi.DM_DEV_STATUS, name: 'DEV_STATUS', request: 'none', reply: 'header' },
  { number: abi.DM_TABLE_LOAD, name: 'TABLE_LOAD', request: 'table', reply: 'header' },
  { number: abi.DM_TABLE_CLEAR, name: 'TABLE_CLEAR', request: 'none', reply: 'header' },
  { number: abi.DM_TABLE_DEPS, name: 'TABLE_DEPS', request: 'room', reply: 'deps' },
  { number: abi.DM_TABLE_STATUS, name: 'TABLE_STATUS', request: 'room', reply: 'targets' },
];

/** The flags by the kernel's names, in the order of their bits. */
export const FLAGS: readonly { bit: number; name: string }[] = [
  { bit: abi.FLAG_READONLY, name: 'READONLY' },
  { bit: abi.FLAG_SUSPEND, name: 'SUSPEND' },
  { bit: abi.FLAG_PERSISTENT_DEV, name: 'PERSISTENT_DEV' },
  { bit: abi.FLAG_STATUS_TABLE, name: 'STATUS_TABLE' },
  { bit: abi.FLAG_ACTIVE_PRESENT, name: 'ACTIVE_PRESENT' },
  { bit: abi.FLAG_INACTIVE_PRESENT, name: 'INACTIVE_PRESENT' },
  { bit: abi.FLAG_BUFFER_FULL, name: 'BUFFER_FULL' },
  { bit: abi.FLAG_SKIP_BDGET, name: 'SKIP_BDGET' },
  { bit: abi.FLAG_SKIP_LOCKFS, name: 'SKIP_LOCKFS' },
  { bit: abi.FLAG_NOFLUSH, name: 'NOFLUSH' },
  { bit: abi.FLAG_QUERY_INACTIVE_TABLE, name: 'QUERY_INACTIVE_TABLE' },
  { bit: abi.FLAG_UEVENT_GENERATED, name: 'UEVENT_GENERATED' },
  { bit: abi.FLAG_UUID, name: 'UUID' },
  { bit: abi.FLAG_SECURE_DATA, name: 'SECURE_DATA' },
  { bit: abi.FLAG_DATA_OUT, name: 'DATA_OUT' },
  { bit: abi.FLAG_DEFERRED_REMOVE, name: 'DEFERRED_REMOVE' },
  { bit: abi.FLAG_INTERNAL_SUSPEND, name: 'INTERNAL_SUSPEND' },
  { bit: abi.FLAG_IMA_MEASUREMENT, name: 'IMA_MEASUREMENT' },
];

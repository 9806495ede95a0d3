import * as abi from '../abi.ts';

import type { Payload } from './actions.ts';
import type { Since } from './notation.ts';

/** What stands behind the header of a reply. */
export type Reply = 'header' | 'devices' | 'deps' | 'targets' | 'versions' | 'message';

export interface Command {
  number: number;
  name: string;
  request: Payload;
  reply: Reply;
  /** The first version of the interface that has it. */
  since: Since;
}

const command = (number: number, name: string, request: Payload, reply: Reply, since: Since): Command => ({
  number,
  name,
  request,
  reply,
  since,
});

/** The commands of the control node by the kernel's names (drivers/md/dm-ioctl.c lookup_ioctl). */
export const COMMANDS: readonly Command[] = [
  command(abi.DM_VERSION, 'VERSION', 'none', 'header', [4, 0, 0]),
  command(abi.DM_REMOVE_ALL, 'REMOVE_ALL', 'none', 'header', [4, 0, 0]),
  command(abi.DM_LIST_DEVICES, 'LIST_DEVICES', 'room', 'devices', [4, 0, 0]),
  command(abi.DM_DEV_CREATE, 'DEV_CREATE', 'none', 'header', [4, 0, 0]),
  command(abi.DM_DEV_REMOVE, 'DEV_REMOVE', 'none', 'header', [4, 0, 0]),
  command(abi.DM_DEV_RENAME, 'DEV_RENAME', 'newName', 'header', [4, 0, 0]),
  command(abi.DM_DEV_SUSPEND, 'DEV_SUSPEND', 'none', 'header', [4, 0, 0]),
  command(abi.DM_DEV_STATUS, 'DEV_STATUS', 'none', 'header', [4, 0, 0]),
  command(abi.DM_DEV_WAIT, 'DEV_WAIT', 'room', 'targets', [4, 0, 0]),
  command(abi.DM_TABLE_LOAD, 'TABLE_LOAD', 'table', 'header', [4, 0, 0]),
  command(abi.DM_TABLE_CLEAR, 'TABLE_CLEAR', 'none', 'header', [4, 0, 0]),
  command(abi.DM_TABLE_DEPS, 'TABLE_DEPS', 'room', 'deps', [4, 0, 0]),
  command(abi.DM_TABLE_STATUS, 'TABLE_STATUS', 'room', 'targets', [4, 0, 0]),
  command(abi.DM_LIST_VERSIONS, 'LIST_VERSIONS', 'room', 'versions', [4, 1, 0]),
  command(abi.DM_TARGET_MSG, 'TARGET_MSG', 'message', 'message', [4, 2, 0]),
  command(abi.DM_DEV_SET_GEOMETRY, 'DEV_SET_GEOMETRY', 'geometry', 'header', [4, 6, 0]),
  command(abi.DM_DEV_ARM_POLL, 'DEV_ARM_POLL', 'none', 'header', [4, 37, 0]),
  command(abi.DM_GET_TARGET_VERSION, 'GET_TARGET_VERSION', 'room', 'versions', [4, 41, 0]),
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

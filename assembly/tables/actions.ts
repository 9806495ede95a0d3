import {
  DM_DEV_ARM_POLL,
  DM_DEV_CREATE,
  DM_DEV_REMOVE,
  DM_DEV_RENAME,
  DM_DEV_SET_GEOMETRY,
  DM_DEV_STATUS,
  DM_DEV_SUSPEND,
  DM_DEV_WAIT,
  DM_GET_TARGET_VERSION,
  DM_LIST_DEVICES,
  DM_LIST_VERSIONS,
  DM_REMOVE_ALL,
  DM_TABLE_CLEAR,
  DM_TABLE_DEPS,
  DM_TABLE_LOAD,
  DM_TABLE_STATUS,
  DM_TARGET_MSG,
  DM_VERSION,
  FLAG_DEFERRED_REMOVE,
  FLAG_IMA_MEASUREMENT,
  FLAG_NOFLUSH,
  FLAG_QUERY_INACTIVE_TABLE,
  FLAG_READONLY,
  FLAG_SKIP_LOCKFS,
  FLAG_STATUS_TABLE,
  FLAG_SUSPEND,
  FLAG_UUID,
} from '../abi.ts';

/** The yes-or-no fields of a request, and the flag of `struct dm_ioctl` that each sets. */
export const SWITCHES = {
  readOnly: FLAG_READONLY,
  noFlush: FLAG_NOFLUSH,
  skipLockfs: FLAG_SKIP_LOCKFS,
  inactive: FLAG_QUERY_INACTIVE_TABLE,
  deferred: FLAG_DEFERRED_REMOVE,
  uuids: FLAG_UUID,
} as const;

export type Switch = keyof typeof SWITCHES;

/**
 * What stands in the header's name and uuid: nothing, a new name (with perhaps a uuid), exactly one of name and uuid, a
 * name alone, two prefixes that filter a list, or a target's type.
 */
export type Identity = 'none' | 'new' | 'one' | 'name' | 'prefixes' | 'type';

/**
 * What follows the header: nothing, the table, room for the kernel's answer, a new name or uuid, a geometry, or a message
 * with room for its answer.
 */
export type Payload = 'none' | 'table' | 'room' | 'newName' | 'newUuid' | 'geometry' | 'message';

export interface Step {
  command: number;
  /** Flags that are always set. */
  flags?: number;
  /** Switches of the request that this step passes on. */
  switches?: Switch[];
  payload?: Payload;
}

export interface Action {
  name: string;
  identity: Identity;
  steps: Step[];
}

/** The actions of a request: dmsetup's verbs, and the commands each becomes (libdm/dm-tools/dmsetup.c). */
export const ACTIONS: readonly Action[] = [
  { name: 'version', identity: 'none', steps: [{ command: DM_VERSION }] },
  {
    name: 'create',
    identity: 'new',
    steps: [
      { command: DM_DEV_CREATE },
      { command: DM_TABLE_LOAD, switches: ['readOnly'], payload: 'table' },
      { command: DM_DEV_SUSPEND },
    ],
  },
  { name: 'remove', identity: 'one', steps: [{ command: DM_DEV_REMOVE, switches: ['deferred'] }] },
  { name: 'load', identity: 'one', steps: [{ command: DM_TABLE_LOAD, switches: ['readOnly'], payload: 'table' }] },
  {
    name: 'reload',
    identity: 'one',
    steps: [
      { command: DM_TABLE_LOAD, switches: ['readOnly'], payload: 'table' },
      { command: DM_DEV_SUSPEND, flags: FLAG_SUSPEND, switches: ['noFlush', 'skipLockfs'] },
      { command: DM_DEV_SUSPEND },
    ],
  },
  { name: 'clear', identity: 'one', steps: [{ command: DM_TABLE_CLEAR }] },
  {
    name: 'suspend',
    identity: 'one',
    steps: [{ command: DM_DEV_SUSPEND, flags: FLAG_SUSPEND, switches: ['noFlush', 'skipLockfs'] }],
  },
  { name: 'resume', identity: 'one', steps: [{ command: DM_DEV_SUSPEND, switches: ['noFlush', 'skipLockfs'] }] },
  { name: 'info', identity: 'one', steps: [{ command: DM_DEV_STATUS, switches: ['inactive'] }] },
  {
    name: 'status',
    identity: 'one',
    steps: [{ command: DM_TABLE_STATUS, switches: ['inactive', 'noFlush'], payload: 'room' }],
  },
  {
    name: 'table',
    identity: 'one',
    steps: [{ command: DM_TABLE_STATUS, flags: FLAG_STATUS_TABLE, switches: ['inactive', 'noFlush'], payload: 'room' }],
  },
  { name: 'deps', identity: 'one', steps: [{ command: DM_TABLE_DEPS, switches: ['inactive'], payload: 'room' }] },
  {
    name: 'measure',
    identity: 'one',
    steps: [
      { command: DM_TABLE_STATUS, flags: FLAG_IMA_MEASUREMENT, switches: ['inactive', 'noFlush'], payload: 'room' },
    ],
  },
  {
    name: 'wait',
    identity: 'one',
    steps: [{ command: DM_DEV_WAIT, switches: ['inactive', 'noFlush'], payload: 'room' }],
  },
  { name: 'rename', identity: 'name', steps: [{ command: DM_DEV_RENAME, payload: 'newName' }] },
  { name: 'set_uuid', identity: 'name', steps: [{ command: DM_DEV_RENAME, flags: FLAG_UUID, payload: 'newUuid' }] },
  { name: 'message', identity: 'one', steps: [{ command: DM_TARGET_MSG, payload: 'message' }] },
  { name: 'set_geometry', identity: 'one', steps: [{ command: DM_DEV_SET_GEOMETRY, payload: 'geometry' }] },
  { name: 'remove_all', identity: 'none', steps: [{ command: DM_REMOVE_ALL, switches: ['deferred'] }] },
  { name: 'targets', identity: 'none', steps: [{ command: DM_LIST_VERSIONS, payload: 'room' }] },
  { name: 'target_version', identity: 'type', steps: [{ command: DM_GET_TARGET_VERSION, payload: 'room' }] },
  { name: 'arm_poll', identity: 'none', steps: [{ command: DM_DEV_ARM_POLL }] },
  { name: 'list', identity: 'prefixes', steps: [{ command: DM_LIST_DEVICES, switches: ['uuids'], payload: 'room' }] },
];

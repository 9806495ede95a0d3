import {
  DM_DEV_CREATE,
  DM_DEV_REMOVE,
  DM_DEV_STATUS,
  DM_DEV_SUSPEND,
  DM_LIST_DEVICES,
  DM_TABLE_CLEAR,
  DM_TABLE_DEPS,
  DM_TABLE_LOAD,
  DM_TABLE_STATUS,
  DM_VERSION,
  FLAG_DEFERRED_REMOVE,
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

/** What names the device: nothing, a new name (with perhaps a uuid), or exactly one of name and uuid. */
export type Identity = 'none' | 'new' | 'one';

/** What follows the header: nothing, the table, or room for the kernel's answer. */
export type Payload = 'none' | 'table' | 'room';

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
  { name: 'list', identity: 'none', steps: [{ command: DM_LIST_DEVICES, switches: ['uuids'], payload: 'room' }] },
];

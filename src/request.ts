import type { TableTarget } from './targets.ts';

/** A device that exists, by exactly one of its name and its uuid. */
export type DeviceId = { name: string; uuid?: undefined } | { uuid: string; name?: undefined };

/** A table: typed rows, or dmsetup's text. */
export type Table = { targets: TableTarget[]; table?: undefined } | { table: string | Uint8Array; targets?: undefined };

/** Room for the kernel's answer in bytes; 16384 unless given. */
export interface Room {
  bufferSize?: number;
}

export interface SuspendFlags {
  /** Do not wait for I/O under way (DM_NOFLUSH_FLAG). */
  noFlush?: boolean;
  /** Do not freeze the file system first (DM_SKIP_LOCKFS_FLAG). */
  skipLockfs?: boolean;
}

export interface Inactive {
  /** Ask about the inactive table instead of the live one (DM_QUERY_INACTIVE_TABLE_FLAG). */
  inactive?: boolean;
}

/** The fields of each action beside `action` itself. */
export interface Actions {
  version: object;
  create: { name: string; uuid?: string } & ((Table & { readOnly?: boolean; noTable?: false }) | { noTable: true });
  remove: DeviceId & { /** When in use, remove it on last close. */ deferred?: boolean };
  load: DeviceId & Table & { readOnly?: boolean };
  reload: DeviceId & Table & SuspendFlags & { readOnly?: boolean };
  clear: DeviceId;
  suspend: DeviceId & SuspendFlags;
  resume: DeviceId & SuspendFlags;
  info: DeviceId & Inactive;
  status: DeviceId & Inactive & Room & { noFlush?: boolean };
  table: DeviceId & Inactive & Room & { noFlush?: boolean };
  deps: DeviceId & Inactive & Room;
  list: Room & { /** Ask for uuids too (interface 4.45). */ uuids?: boolean };
}

export type ActionName = keyof Actions;

/** What the planner compiles: an action and its fields. */
export type Request = { [A in ActionName]: { v?: 1; action: A } & Actions[A] }[ActionName];

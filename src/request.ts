import type { Message } from './messages.ts';
import type { TableTarget } from './targets/kinds.ts';

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

export interface NoCommit {
  /** Do not commit metadata for the answer (DM_NOFLUSH_FLAG; thin-pool, cache, clone). */
  noFlush?: boolean;
}

/** What old partitioning tools want to know of a disk (drivers/md/dm-ioctl.c dev_set_geometry). */
export interface Geometry {
  /** At most 65535. */
  cylinders: number;
  /** At most 255. */
  heads: number;
  /** For each track; at most 255. */
  sectors: number;
  /** The first sector; not past the end of the geometry. */
  start: number | bigint;
}

/** A version as the kernel gives it: of the interface, or of a target's module. */
export type Version = [major: number, minor: number, patch: number];

/** The fields of each action beside `action` itself. */
export interface Actions {
  version: object;
  create: {
    name: string;
    uuid?: string;
    /** 0 to 1048575; left to the kernel unless given. An executor may refuse it. */
    minor?: number;
  } & ((Table & { readOnly?: boolean; noTable?: false }) | { noTable: true });
  remove: DeviceId & { /** When in use, remove it on last close. */ deferred?: boolean };
  remove_all: { /** Those in use are removed on last close. */ deferred?: boolean };
  load: DeviceId & Table & { readOnly?: boolean };
  reload: DeviceId & Table & SuspendFlags & { readOnly?: boolean };
  clear: DeviceId;
  suspend: DeviceId & SuspendFlags;
  resume: DeviceId & SuspendFlags;
  rename: { name: string; newName: string };
  set_uuid: { name: string; newUuid: string };
  info: DeviceId & Inactive;
  status: DeviceId & Inactive & Room & NoCommit;
  table: DeviceId & Inactive & Room & NoCommit;
  measure: DeviceId & Inactive & Room & NoCommit;
  wait: DeviceId & Inactive & Room & NoCommit & { eventNr?: number };
  deps: DeviceId & Inactive & Room;
  message: DeviceId &
    Room & { message: Message /** The target that has this sector; 0 unless given. */; sector?: number | bigint };
  set_geometry: DeviceId & { geometry: Geometry };
  list: Room & {
    /** Ask for uuids too (interface 4.45). */ uuids?: boolean /** Prefixes (interface 4.45). */;
    name?: string;
    uuid?: string;
  };
  targets: Room;
  target_version: Room & { /** The target; its module is loaded if need be. */ type: string };
  arm_poll: object;
}

export type ActionName = keyof Actions;

/** What every request may have. */
export interface Common {
  v?: 1;
  /** What the kernel at hand has, by target and as `interface`: what is newer is refused. `{ verity: [1, 9, 0] }` */
  versions?: Record<string, Version>;
}

/** What the planner compiles: an action and its fields. */
export type Request = { [A in ActionName]: Common & { action: A } & Actions[A] }[ActionName];

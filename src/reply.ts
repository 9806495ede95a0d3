import {
  FLAG_ACTIVE_PRESENT,
  FLAG_DEFERRED_REMOVE,
  FLAG_INACTIVE_PRESENT,
  FLAG_READONLY,
  FLAG_SUSPEND,
} from '../assembly/abi.ts';
import type { Version } from './request.ts';
import type { StatusByType, TableFields, TargetStatus, TargetType } from './targets/kinds.ts';
import type { Sectors } from './units.ts';

/** A block device's number. */
export interface Dev {
  major: number;
  minor: number;
}

/** `struct dm_ioctl` (include/uapi/linux/dm-ioctl.h). */
export interface Header {
  version: [number, number, number];
  dataSize: number;
  dataStart: number;
  targetCount: number;
  openCount: number;
  flags: number;
  eventNr: number;
  dev: Dev;
  name: string;
  uuid: string;
}

/** A row of LIST_DEVICES. `eventNr` since interface 4.37; `uuid` where it was asked for, since 4.45. */
export interface Device {
  name: string;
  dev: Dev;
  eventNr?: number;
  uuid?: string;
}

/** A row of TABLE_STATUS: `params` is the target's table or status text, as the kernel wrote it. */
export interface TargetLine {
  start: Sectors;
  length: Sectors;
  type: string;
  params: string;
  /** Of a table: the same, typed; absent for a type that the planner does not know. See `tableFields`. */
  fields?: Record<string, unknown>;
  /** Of a status: the same, typed; absent for a type that has none. See `targetStatus`. */
  status?: Record<string, unknown>;
}

/** A target that the kernel knows, and the version of its module. */
export interface TargetVersion {
  name: string;
  version: Version;
}

/** What a reply holds; which of the lists is there depends on the command. */
export interface Decoded {
  header: Header;
  /** The reply did not fit: ask again with a larger `bufferSize`. */
  bufferFull: boolean;
  devices?: Device[];
  targets?: TargetLine[];
  deps?: Dev[];
  versions?: TargetVersion[];
  /** What a target answered to a message. */
  message?: string;
}

/** One field of a payload, for people. */
export interface Field {
  offset: number;
  length: number;
  field: string;
  /** Bytes: a text that is not UTF-8. */
  value: number | bigint | string | Uint8Array | null;
  note: string;
}

/** The state of a device, read from its header. */
export interface DeviceInfo {
  name: string;
  uuid: string;
  dev: Dev;
  suspended: boolean;
  readOnly: boolean;
  liveTable: boolean;
  inactiveTable: boolean;
  deferredRemove: boolean;
  openCount: number;
  eventNr: number;
  targetCount: number;
}

/** The typed fields of a table's row, if it is of that type. @example tableFields(row, 'verity')?.rootDigest */
export function tableFields<T extends TargetType>(line: TargetLine, type: T): TableFields<T> | undefined {
  return line.type === type ? (line.fields as TableFields<T> | undefined) : undefined;
}

/** The typed status of a row, if it is of that type. @example targetStatus(row, 'verity')?.state */
export function targetStatus<T extends keyof StatusByType>(line: TargetLine, type: T): TargetStatus<T> | undefined {
  return line.type === type ? (line.status as TargetStatus<T> | undefined) : undefined;
}

export function infoOf(header: Header): DeviceInfo {
  const has = (flag: number): boolean => (header.flags & flag) !== 0;
  return {
    name: header.name,
    uuid: header.uuid,
    dev: header.dev,
    suspended: has(FLAG_SUSPEND),
    readOnly: has(FLAG_READONLY),
    liveTable: has(FLAG_ACTIVE_PRESENT),
    inactiveTable: has(FLAG_INACTIVE_PRESENT),
    deferredRemove: has(FLAG_DEFERRED_REMOVE),
    openCount: header.openCount,
    eventNr: header.eventNr,
    targetCount: header.targetCount,
  };
}

/**
 * What the kernel says of its devices, asked without a line of the executor's rules: payloads are built and read here by
 * include/uapi/linux/dm-ioctl.h.
 */
import type { Control } from '../../../executor/readiness.ts';
import {
  type Bytes,
  bare,
  DEPS,
  F_ACTIVE,
  F_INACTIVE,
  F_SUSPEND,
  LIST_DEVICES,
  query,
  REMOVE,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  text,
} from '../../unit/executor/payloads.ts';

export const F_STATUS_TABLE = 0x10;
export const F_QUERY_INACTIVE = 0x1000;

const DATA = 312;
/** Room for every answer here. */
const ROOM = 65536;

/** A device as the kernel tells of it; tables as dmsetup prints them, in one line. */
export interface Seen {
  dev: number;
  uuid: string;
  events: number;
  suspended: boolean;
  live: string | null;
  inactive: string | null;
}

type Ioctl = Control['ioctl'];

export function must(ioctl: Ioctl, command: number, payload: Bytes): Bytes {
  const errno = ioctl(command, payload);
  if (errno !== 0) throw new Error(`command ${command} of ${text(payload, 48)}: errno ${errno}`);
  return payload;
}

export function names(ioctl: Ioctl): string[] {
  const list = must(ioctl, LIST_DEVICES, query({}, ROOM));
  const view = new DataView(list.buffer);
  const found: string[] = [];
  if (view.getBigUint64(DATA, true) === 0n) return found;
  for (let at = DATA, next = 1; next !== 0; at += next) {
    next = view.getUint32(at + 8, true);
    found.push(text(list, at + 12));
  }
  return found;
}

/** Resumes and removes every device. */
export function removeAll(ioctl: Ioctl): void {
  for (const name of names(ioctl)) {
    ioctl(SUSPEND, bare({ name }));
    ioctl(REMOVE, bare({ name }));
  }
}

export function look(ioctl: Ioctl, name: string): Seen {
  const status = must(ioctl, STATUS, bare({ name }));
  const view = new DataView(status.buffer);
  const flags = view.getUint32(28, true);
  const table = (has: number, more: number) =>
    (flags & has) === 0 ? null : tableOf(ioctl, name, F_STATUS_TABLE | more);
  return {
    dev: Number(view.getBigUint64(40, true)),
    uuid: text(status, 176),
    events: view.getUint32(32, true),
    suspended: (flags & F_SUSPEND) !== 0,
    live: table(F_ACTIVE, 0),
    inactive: table(F_INACTIVE, F_QUERY_INACTIVE),
  };
}

function tableOf(ioctl: Ioctl, name: string, flags: number): string {
  const answer = must(ioctl, TABLE_STATUS, query({ name, flags }, ROOM));
  const view = new DataView(answer.buffer);
  const lines: string[] = [];
  for (let at = DATA, left = view.getUint32(20, true); left > 0; left--) {
    const [start, length] = [view.getBigUint64(at, true), view.getBigUint64(at + 8, true)];
    lines.push(`${start} ${length} ${text(answer, at + 24)} ${text(answer, at + 40)}`.trim());
    at = DATA + view.getUint32(at + 20, true);
  }
  return lines.join(', ');
}

/** The numbers of the devices that the table has open, as `major:minor`, sorted. */
export function dependencies(ioctl: Ioctl, name: string, flags: number): string[] {
  const answer = must(ioctl, DEPS, query({ name, flags }, ROOM));
  const view = new DataView(answer.buffer);
  return Array.from({ length: view.getUint32(DATA, true) }, (_, index) =>
    numberOf(view.getBigUint64(DATA + 8 + 8 * index, true)),
  ).sort();
}

/** The kernel's huge_encode_dev, and glibc's dev_t, of these majors and minors. */
export function numberOf(dev: bigint | number): string {
  const bits = BigInt(dev);
  return `${(bits >> 8n) & 0xfffn}:${(bits & 0xffn) | ((bits >> 12n) & 0xfff00n)}`;
}

/**
 * Payloads and MessagePack as the tests understand them, written from docs/protocol.md and the kernel's header without a
 * line of the executor's code or constants.
 */

export const VERSION = 0;
export const LIST_DEVICES = 2;
export const CREATE = 3;
export const REMOVE = 4;
export const SUSPEND = 6;
export const STATUS = 7;
export const LOAD = 9;
export const CLEAR = 10;
export const DEPS = 11;
export const TABLE_STATUS = 12;
export const RENAME = 5;
export const LIST_VERSIONS = 13;
export const MESSAGE = 14;
export const SET_GEOMETRY = 15;
export const TARGET_VERSION = 17;

export const F_READONLY = 1;
export const F_SUSPEND = 2;
export const F_ACTIVE = 0x20;
export const F_INACTIVE = 0x40;
export const F_SECURE = 0x8000;
export const F_DEFERRED = 0x20000;

export type Bytes = Uint8Array<ArrayBuffer>;
export type Target = [start: number, length: number, type: string, params: string];

export interface HeaderFields {
  name?: string;
  uuid?: string;
  flags?: number;
}

function write(bytes: Bytes, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}

function header(size: number, start: number, { name = '', uuid = '', flags = 0 }: HeaderFields): Bytes {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4, true);
  view.setUint32(12, size, true);
  view.setUint32(16, start, true);
  view.setUint32(28, flags, true);
  write(bytes, 48, name);
  write(bytes, 176, uuid);
  return bytes;
}

/** A command that carries nothing. */
export function bare(fields: HeaderFields = {}): Bytes {
  return header(312, 0, fields);
}

/** A command whose answer goes behind the header. */
export function query(fields: HeaderFields = {}, room = 512): Bytes {
  return header(312 + room, 312, fields);
}

/** A command that carries a text, behind `lead` bytes of something else, filled up to 8 bytes. */
export function carrying(fields: HeaderFields, text: string, lead = 0): Bytes {
  const used = lead + text.length + 1;
  const bytes = query(fields, used + (-used & 7));
  bytes.set(Buffer.from(text, 'latin1'), 312 + lead);
  return bytes;
}

export function table(fields: HeaderFields, targets: Target[]): Bytes {
  const nexts = targets.map(([, , , params]) => Math.ceil((40 + params.length + 1) / 8) * 8);
  const bytes = header(
    nexts.reduce((sum, next) => sum + next, 312),
    312,
    fields,
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(20, targets.length, true);
  let at = 312;
  for (const [i, [start, length, type, params]] of targets.entries()) {
    view.setBigUint64(at, BigInt(start), true);
    view.setBigUint64(at + 8, BigInt(length), true);
    view.setUint32(at + 20, nexts[i]!, true);
    write(bytes, at + 24, type);
    write(bytes, at + 40, params);
    at += nexts[i]!;
  }
  return bytes;
}

export function text(bytes: Uint8Array, offset: number): string {
  return Buffer.from(bytes.subarray(offset, bytes.indexOf(0, offset))).toString('latin1');
}

export type Value = null | boolean | number | bigint | string | Uint8Array | Value[] | Map<string, Value> | Raw;

/** Bytes that stand in a value as they are. */
export class Raw {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

function number(width: 1 | 2 | 4 | 8, value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(8 - width);
}

function sized(tags: [limit: number, tag: number, width: 0 | 1 | 2 | 4][], size: number): Buffer {
  const [, tag, width] = tags.find(([limit]) => size < limit)!;
  return width === 0 ? Buffer.of(tag + size) : Buffer.concat([Buffer.of(tag), number(width, size)]);
}

const U32 = 2 ** 32;

/** Canonical MessagePack: the shortest form of everything, keys in the order given. */
export function encode(value: Value): Buffer {
  if (value === null) return Buffer.of(0xc0);
  if (typeof value === 'boolean') return Buffer.of(value ? 0xc3 : 0xc2);
  if (value instanceof Raw) return Buffer.from(value.bytes);
  if (typeof value === 'number' || typeof value === 'bigint') return integer(BigInt(value));
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    const tags: Parameters<typeof sized>[0] = [
      [32, 0xa0, 0],
      [256, 0xd9, 1],
      [65536, 0xda, 2],
      [U32, 0xdb, 4],
    ];
    return Buffer.concat([sized(tags, bytes.length), bytes]);
  }
  if (value instanceof Uint8Array) {
    const tags: Parameters<typeof sized>[0] = [
      [256, 0xc4, 1],
      [65536, 0xc5, 2],
      [U32, 0xc6, 4],
    ];
    return Buffer.concat([sized(tags, value.length), value]);
  }
  if (Array.isArray(value)) {
    const tags: Parameters<typeof sized>[0] = [
      [16, 0x90, 0],
      [65536, 0xdc, 2],
      [U32, 0xdd, 4],
    ];
    return Buffer.concat([sized(tags, value.length), ...value.map(encode)]);
  }
  const tags: Parameters<typeof sized>[0] = [
    [16, 0x80, 0],
    [65536, 0xde, 2],
    [U32, 0xdf, 4],
  ];
  return Buffer.concat([
    sized(tags, value.size),
    ...[...value].flatMap(([key, inner]) => [encode(key), encode(inner)]),
  ]);
}

function integer(value: bigint): Buffer {
  if (value >= 0n) {
    if (value < 0x80n) return Buffer.of(Number(value));
    if (value < 0x100n) return Buffer.concat([Buffer.of(0xcc), number(1, value)]);
    if (value < 0x10000n) return Buffer.concat([Buffer.of(0xcd), number(2, value)]);
    if (value < 0x100000000n) return Buffer.concat([Buffer.of(0xce), number(4, value)]);
    return Buffer.concat([Buffer.of(0xcf), number(8, value)]);
  }
  if (value >= -0x20n) return number(1, value);
  if (value >= -0x80n) return Buffer.concat([Buffer.of(0xd0), number(1, value)]);
  if (value >= -0x8000n) return Buffer.concat([Buffer.of(0xd1), number(2, value)]);
  if (value >= -0x80000000n) return Buffer.concat([Buffer.of(0xd2), number(4, value)]);
  return Buffer.concat([Buffer.of(0xd3), number(8, value)]);
}

export function map(entries: Record<string, Value>): Map<string, Value> {
  return new Map(Object.entries(entries));
}

export function frame(body: Uint8Array): Buffer {
  return Buffer.concat([number(4, body.length), body]);
}

export type PlanSteps = [command: number, payload: Uint8Array][];

export function applyBody(id: number, steps: PlanSteps, more: Record<string, Value> = {}): Buffer {
  return encode(map({ type: 'apply', id, plan: map({ v: 1, steps }), ...more }));
}

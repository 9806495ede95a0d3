import * as abi from '../assembly/abi.ts';

/** Bytes that only the executor holds: never pooled, never shared. */
export type Payload = Uint8Array<ArrayBuffer>;

/** The fields of `struct dm_ioctl` that the executor itself reads. Texts are Latin-1, so that any bytes go both ways. */
export interface Header {
  flags: number;
  openCount: number;
  dev: number;
  name: string;
  uuid: string;
}

/** The kernel reads the struct in the machine's byte order; every Linux that koffi is built for is little-endian. */
export function viewOf(payload: Payload): DataView {
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
}

export function readHeader(payload: Payload): Header {
  const view = viewOf(payload);
  return {
    flags: view.getUint32(abi.FLAGS_OFFSET, true),
    openCount: view.getInt32(abi.OPEN_COUNT_OFFSET, true),
    dev: Number(view.getBigUint64(abi.DEV_OFFSET, true)),
    name: textAt(payload, abi.NAME_OFFSET, abi.NAME_SIZE),
    uuid: textAt(payload, abi.UUID_OFFSET, abi.UUID_SIZE),
  };
}

/** A payload without flags, table or result, for the commands that the executor adds to a plan itself. */
export function buildHeader(name: string, uuid: string): Payload {
  const payload = new Uint8Array(abi.HEADER_SIZE);
  const view = viewOf(payload);
  view.setUint32(abi.VERSION_OFFSET, abi.VERSION_MAJOR, true);
  view.setUint32(abi.DATA_SIZE_OFFSET, abi.HEADER_SIZE, true);
  payload.set(Buffer.from(name, 'latin1'), abi.NAME_OFFSET);
  payload.set(Buffer.from(uuid, 'latin1'), abi.UUID_OFFSET);
  return payload;
}

/** A terminated text; without bounds, the one that a command carries behind the header. */
export function textAt(payload: Payload, offset = abi.HEADER_SIZE, size = payload.length - offset): string {
  const field = Buffer.from(payload.buffer, payload.byteOffset + offset, size);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? size : end);
}

import * as abi from '../assembly/abi.ts';

/** Bytes that only the executor holds: never pooled, never shared. */
export type Payload = Uint8Array<ArrayBuffer>;

/** The kernel reads the struct in the machine's byte order; every Linux that koffi is built for is little-endian. */
export const viewOf = (payload: Payload) => new DataView(payload.buffer, payload.byteOffset, payload.byteLength);

export type Header = ReturnType<typeof readHeader>;

/** The fields of `struct dm_ioctl` that the executor itself reads. Texts are Latin-1, so that any bytes go both ways. */
export function readHeader(payload: Payload) {
  const view = viewOf(payload);
  const [flags, openCount] = [view.getUint32(abi.FLAGS_OFFSET, true), view.getInt32(abi.OPEN_COUNT_OFFSET, true)];
  const [name, uuid] = [
    textAt(payload, abi.NAME_OFFSET, abi.NAME_SIZE),
    textAt(payload, abi.UUID_OFFSET, abi.UUID_SIZE),
  ];
  return { flags, openCount, dev: Number(view.getBigUint64(abi.DEV_OFFSET, true)), name, uuid };
}

/** A payload for a command that the executor adds to a plan itself; with `room`, for a reply behind the header. */
export function buildHeader(name: string, uuid: string, room = 0, flags = 0): Payload {
  const payload = new Uint8Array(abi.HEADER_SIZE + room);
  const view = viewOf(payload);
  view.setUint32(abi.VERSION_OFFSET, abi.VERSION_MAJOR, true);
  view.setUint32(abi.DATA_SIZE_OFFSET, payload.length, true);
  view.setUint32(abi.DATA_START_OFFSET, room === 0 ? 0 : abi.HEADER_SIZE, true);
  view.setUint32(abi.FLAGS_OFFSET, flags, true);
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

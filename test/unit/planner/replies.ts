/** Replies as the kernel lays them out (drivers/md/dm-ioctl.c), built by hand. */

export interface ReplyHeader {
  version?: [number, number, number];
  dataSize?: number;
  dataStart?: number;
  targetCount?: number;
  openCount?: number;
  flags?: number;
  eventNr?: number;
  dev?: bigint;
  name?: string;
  uuid?: string;
}

/** struct dm_ioctl and `data` behind it, in a buffer with `spare` bytes that the kernel did not use. */
export function reply(header: ReplyHeader, data: Uint8Array = new Uint8Array(), spare = 0): Buffer {
  const bytes = Buffer.alloc(312 + data.length + spare);
  (header.version ?? [4, 48, 0]).forEach((part, i) => {
    bytes.writeUInt32LE(part, i * 4);
  });
  bytes.writeUInt32LE(header.dataSize ?? 312 + data.length, 12);
  bytes.writeUInt32LE(header.dataStart ?? 312, 16);
  bytes.writeUInt32LE(header.targetCount ?? 0, 20);
  bytes.writeInt32LE(header.openCount ?? 0, 24);
  bytes.writeUInt32LE(header.flags ?? 0, 28);
  bytes.writeUInt32LE(header.eventNr ?? 0, 32);
  bytes.writeBigUInt64LE(header.dev ?? 0n, 40);
  bytes.write(header.name ?? '', 48, 'utf8');
  bytes.write(header.uuid ?? '', 176, 'utf8');
  bytes.set(data, 312);
  return bytes;
}

/** huge_encode_dev (include/linux/kdev_t.h). */
export function dev(major: number, minor: number): bigint {
  return BigInt(((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0);
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);

export interface NamedDevice {
  name: string;
  dev: bigint;
  eventNr?: number;
  /** null: the kernel says that there is none. */
  uuid?: string | null;
}

/** struct dm_name_list and what follows each name since 4.37 (`eventNr`) and 4.45 (`uuid`). */
export function nameList(devices: NamedDevice[]): Buffer {
  return Buffer.concat(
    devices.map((device, i) => {
      const name = Buffer.from(`${device.name}\0`);
      const parts = [padded(Buffer.concat([Buffer.alloc(12), name]))];
      if (device.eventNr !== undefined) {
        const trailer = Buffer.alloc(8);
        trailer.writeUInt32LE(device.eventNr, 0);
        trailer.writeUInt32LE(device.uuid === undefined ? 0 : device.uuid === null ? 2 : 1, 4);
        parts.push(trailer);
        if (device.uuid) parts.push(padded(Buffer.from(`${device.uuid}\0`)));
      }
      const record = Buffer.concat(parts);
      record.writeBigUInt64LE(device.dev, 0);
      record.writeUInt32LE(i === devices.length - 1 ? 0 : record.length, 8);
      return record;
    }),
  );
}

/** struct dm_target_deps. */
export function deps(devs: bigint[]): Buffer {
  const bytes = Buffer.alloc(8 + devs.length * 8);
  bytes.writeUInt32LE(devs.length, 0);
  devs.forEach((each, i) => {
    bytes.writeBigUInt64LE(each, 8 + i * 8);
  });
  return bytes;
}

export interface Status {
  start: bigint;
  length: bigint;
  type: string;
  params: string;
}

/** The specs of TABLE_STATUS: `next` counts from the first one, and the last one's points behind itself. */
export function statusSpecs(targets: Status[]): Buffer {
  let end = 0;
  return Buffer.concat(
    targets.map(({ start, length, type, params }) => {
      const spec = padded(Buffer.concat([Buffer.alloc(40), Buffer.from(`${params}\0`)]));
      spec.writeBigUInt64LE(start, 0);
      spec.writeBigUInt64LE(length, 8);
      end += spec.length;
      spec.writeUInt32LE(end, 20);
      spec.write(type, 24, 'latin1');
      return spec;
    }),
  );
}

import { encode } from '../../src/planner/codec.ts';
import { Plan } from '../../src/planner/plan.ts';

/** A row of a table, as the kernel gets it. */
export type Row = readonly [start: number | bigint, length: number | bigint, type: string, params: string];

const CREATE = 3;
const SUSPEND = 6;
const LOAD = 9;
const HEADER = 312;
const UUID = 176;
const SPEC = 40;
const READONLY = 1;

/** A plan that creates a device with a table that no rule of the planner has seen. */
export function rawCreate(name: string, rows: readonly Row[], { readOnly = false, uuid = '' } = {}): Plan {
  const create = header(name, HEADER);
  create.write(uuid, UUID, 'latin1');
  const steps = [
    [CREATE, create],
    [LOAD, table(name, rows, readOnly ? READONLY : 0)],
    [SUSPEND, header(name, HEADER)],
  ];
  return Plan.fromBytes(encode({ v: 1, steps }));
}

/** struct dm_ioctl of include/uapi/linux/dm-ioctl.h. */
export function header(name: string, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(4, 0);
  bytes.writeUInt32LE(size, 12);
  bytes.write(name, 48, 'latin1');
  return bytes;
}

function table(name: string, rows: readonly Row[], flags: number): Uint8Array {
  const specs = rows.map(spec);
  const size = specs.reduce((sum, { length }) => sum + length, HEADER);
  const bytes = header(name, size);
  bytes.writeUInt32LE(HEADER, 16);
  bytes.writeUInt32LE(rows.length, 20);
  bytes.writeUInt32LE(flags, 28);
  bytes.set(Buffer.concat(specs), HEADER);
  return bytes;
}

/** struct dm_target_spec. */
function spec([start, length, type, params]: Row): Buffer {
  const bytes = Buffer.alloc(Math.ceil((SPEC + params.length + 1) / 8) * 8);
  bytes.writeBigUInt64LE(BigInt(start), 0);
  bytes.writeBigUInt64LE(BigInt(length), 8);
  bytes.writeUInt32LE(bytes.length, 20);
  bytes.write(type, 24, 'latin1');
  bytes.write(params, SPEC, 'latin1');
  return bytes;
}

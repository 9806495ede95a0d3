import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The folder of recorded vectors; DMPLAN_VECTORS names another one of the same kind. */
const FOLDER = process.env.DMPLAN_VECTORS
  ? pathToFileURL(`${process.env.DMPLAN_VECTORS}/`)
  : new URL('vectors/', import.meta.url);

export function readVector(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8');
}

/** One device as hcsshim's Go code made it: its arguments, and the bytes of its four ioctls. */
export interface HcsshimDevice {
  kind: 'table' | 'zero_sector_linear' | 'verity';
  name: string;
  read_only: boolean;
  targets: { Type: string; SectorStart: number; LengthInBlocks: number; Params: string }[];
  input?: Record<string, string | number | boolean>;
  dev_create_hex: string;
  table_load_hex: string;
  dev_suspend_hex: string;
  dev_remove_hex: string;
}

/** One run of dmsetup on a real kernel, with every ioctl it did. */
export interface DmsetupRun {
  argv: string[];
  stdin: string | null;
  rc: number;
  stdout: string;
  ioctls: {
    request: string;
    in: { data_size: number; hex: string };
    ret: number;
    errno: number;
    out: { data_size: number; hex: string };
  }[];
}

/** Recorded bytes without the zeros that were cut from their end. */
export function padded({ data_size, hex }: { data_size: number; hex: string }): Buffer {
  const bytes = Buffer.from(hex, 'hex');
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, data_size - bytes.length))]);
}

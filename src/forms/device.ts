import { DmError } from '../errors.ts';
import type { Request } from '../request.ts';

/** A row of a table. In `params` blanks part the words, and every other byte is itself, as dmsetup has it. */
export interface FormRow {
  start: bigint;
  length: bigint;
  type: string;
  params: string;
}

/** A device as a text form describes it. */
export interface FormDevice {
  name: string;
  uuid: string;
  /** Asked for, where the form says. */
  minor: number | undefined;
  readOnly: boolean;
  rows: FormRow[];
}

/** One form in which devices are written down. */
export interface Form {
  /** @throws {DmError} `bad_form` */
  read(text: string): FormDevice[];
  /** @throws {DmError} `form_cannot_hold` for what the form has no words for */
  write(devices: FormDevice[]): string;
}

/** A row of four words or more; of a type without params, three. */
export function readRow(line: string, where: string, path?: string): FormRow {
  const found = /^\s*(\d+)\s+(\d+)\s+(\S+)(?:\s+(.*?))?\s*$/s.exec(line);
  if (!found) throw badForm(`${where}: "${line.trim()}" is no row; write: start length type params`, path);
  const [, start, length, type, params = ''] = found;
  return { start: BigInt(start!), length: BigInt(length!), type: type!, params };
}

export function writeRow({ start, length, type, params }: FormRow): string {
  return `${start} ${length} ${type}${params === '' ? '' : ` ${params}`}`;
}

/** The request that makes the device. */
export function requestOf({ name, uuid, minor, readOnly, rows }: FormDevice): Request {
  return {
    action: 'create',
    name,
    ...(uuid === '' ? {} : { uuid }),
    ...(minor === undefined ? {} : { minor }),
    ...(readOnly ? { readOnly } : {}),
    ...(rows.length === 0 ? { noTable: true as const } : { table: rows.map((row) => `${writeRow(row)}\n`).join('') }),
  } as Request;
}

/** @param path of what is at fault, where the form says it by place: `[1].rows[2]` */
export function badForm(message: string, path?: string): DmError {
  return new DmError({ code: 'bad_form', message, path });
}

export function cannotHold(message: string): DmError {
  return new DmError({ code: 'form_cannot_hold', message });
}

/** Params as a constructor reads them, where a backslash quotes (drivers/md/dm-table.c dm_split_args). */
export function quoteParams(params: string): string {
  return params.replaceAll('\\', '\\\\');
}

/** The other way. @throws {DmError} `form_cannot_hold` for a blank inside a word */
export function unquoteParams(params: string): string {
  if (/\\[\s\xa0]/.test(params.replaceAll('\\\\', ''))) {
    throw cannotHold(`"${params}" has a word with a blank in it, which is for "dmplan plan" with typed fields`);
  }
  return params.replace(/\\(.)/gs, '$1');
}

/** `ro`, `rw` or nothing. */
export function readFlags(flags: string, name: string, path: string): boolean {
  if (flags === 'ro' || flags === 'rw' || flags === '') return flags === 'ro';
  throw badForm(`${name}: the flags are "${flags}"; write ro, rw or nothing`, path);
}

export function readMinor(text: string, name: string, path: string): number | undefined {
  if (text === '') return undefined;
  if (/^\d{1,7}$/.test(text) && Number(text) < 1 << 20) return Number(text);
  throw badForm(`${name}: "${text}" is no minor number; write 0 to 1048575 or nothing`, path);
}

import { KEYED_TYPES } from '../assembly/tables/keyed-types.ts';
import type { Request } from './request.ts';

/** A row of a table as text, and where in it the word at fault begins. */
export interface TableLine {
  tableLine: string | undefined;
  tableColumn?: number;
}

/** The row of a request's table that an error's path names. */
export function lineAt(request: Request, path: string, offset: number): TableLine | undefined {
  if ('table' in request && request.table !== undefined && path.startsWith('table[')) {
    return lineAround(bytesOf(request.table), offset);
  }
  const row = /^targets\[(\d+)\]/.exec(path);
  return row ? { tableLine: typedRows(request)[Number(row[1])] } : undefined;
}

/** The table's row, where there is only one: the kernel does not say which row it refuses. */
export function onlyLine(request: Request): string | undefined {
  const rows =
    'table' in request && request.table !== undefined ? textRows(bytesOf(request.table)) : typedRows(request);
  return rows.length === 1 ? rows[0] : undefined;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

function bytesOf(table: string | Uint8Array): Uint8Array {
  return typeof table === 'string' ? new TextEncoder().encode(table) : table;
}

/** Nothing for an empty line, which no error can point into. */
function lineAround(table: Uint8Array, offset: number): TableLine | undefined {
  const start = offset === 0 ? 0 : table.lastIndexOf(NEWLINE, offset - 1) + 1;
  const newline = table.indexOf(NEWLINE, start);
  const end = newline < 0 ? table.length : newline;
  const text = (from: number, to: number): string => new TextDecoder().decode(table.subarray(from, to));
  const line = text(start, table[end - 1] === RETURN ? Math.max(start, end - 1) : end);
  return line.trim() === '' ? undefined : { tableLine: withoutKeys(line), tableColumn: text(start, offset).length };
}

/** Targets whose tables may hold keys in hex. */
const HOLDS_KEY = new RegExp(`\\b(crypt|inlinecrypt|integrity|${KEYED_TYPES.join('|')})\\b`);
/** Hex digits from this many on are taken for a key. */
const KEY = /[0-9a-f]{16,}/gi;

/** The row with zeros for keys: an error is read by people and kept in logs. */
function withoutKeys(row: string): string {
  return HOLDS_KEY.test(row) ? row.replace(KEY, (key) => '0'.repeat(key.length)) : row;
}

function textRows(table: Uint8Array): string[] {
  const lines = new TextDecoder().decode(table).split('\n');
  return lines.map((line) => withoutKeys(line.trim())).filter((line) => line !== '' && !line.startsWith('#'));
}

function typedRows(request: Request): string[] {
  if (!('targets' in request) || !Array.isArray(request.targets)) return [];
  return request.targets.map((target: unknown) => withoutKeys(JSON.stringify(target, rowValue)));
}

/** `this` holds the value as it was before a Buffer made itself an object for JSON. */
function rowValue(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const own = this[key];
  if (own instanceof Uint8Array) return new TextDecoder().decode(own);
  return typeof value === 'bigint' ? String(value) : value;
}

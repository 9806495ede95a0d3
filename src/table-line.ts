import type { Request } from './request.ts';

/** A row of a table as text, and where in it the word at fault begins. */
export interface TableLine {
  tableLine: string | undefined;
  tableColumn?: number;
}

/** The row of a request's table that an error's path names. */
export function lineAt(request: Request, path: string, offset: number): TableLine | undefined {
  if ('table' in request && request.table !== undefined && path.startsWith('table')) {
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

function bytesOf(table: string | Uint8Array): Uint8Array {
  return typeof table === 'string' ? new TextEncoder().encode(table) : table;
}

function lineAround(table: Uint8Array, offset: number): TableLine {
  const start = offset === 0 ? 0 : table.lastIndexOf(NEWLINE, offset - 1) + 1;
  const end = table.indexOf(NEWLINE, start);
  const text = (from: number, to: number): string => new TextDecoder().decode(table.subarray(from, to));
  return { tableLine: text(start, end < 0 ? table.length : end), tableColumn: text(start, offset).length };
}

function textRows(table: Uint8Array): string[] {
  const lines = new TextDecoder().decode(table).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

function typedRows(request: Request): string[] {
  if (!('targets' in request) || !Array.isArray(request.targets)) return [];
  return request.targets.map((target: unknown) =>
    JSON.stringify(target, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
}

import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { DmError } from '../errors.ts';

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return await (file === '-' ? readStandardInput() : readFile(file));
  } catch (cause) {
    throw new DmError({
      code: 'unreadable_file',
      message: `${file} cannot be read: ${(cause as Error).message}`,
      cause,
    });
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * The table of a command: given in its place, or in a file, or on standard input, as dmsetup takes it. A terminal is
 * read only when it is asked for.
 * @throws {DmError} `missing_table`, `two_tables`
 */
export async function readTable(table: string | undefined, file: string | undefined): Promise<string | Uint8Array> {
  if (table !== undefined && file !== undefined) {
    throw new DmError({ code: 'two_tables', message: `the table is given with --table and in ${file}; give one` });
  }
  if (table === undefined && file === undefined && process.stdin.isTTY) {
    throw new DmError({
      code: 'missing_table',
      message: 'give the table with --table, in a file, or on standard input; - reads it from the terminal',
    });
  }
  return table ?? readInput(file ?? '-');
}

/** A device name for a table that has none: its file's, without the ending. */
export function nameOfFile(file: string): string {
  return file === '-' ? 'stdin' : basename(file, extname(file));
}

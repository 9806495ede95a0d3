import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { DmError } from '../errors.ts';

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(file: string): Promise<Buffer> {
  if (file !== '-') {
    return readFile(file).catch((cause: Error) => {
      throw new DmError({ code: 'unreadable_file', message: `${file} cannot be read: ${cause.message}`, cause });
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The table of a command: given in its place, or in a file, or on standard input, as dmsetup takes it. */
export async function readTable(table: string | undefined, file: string | undefined): Promise<string | Uint8Array> {
  return table ?? readInput(file ?? '-');
}

/** A device name for a table that has none: its file's, without the ending. */
export function nameOfFile(file: string): string {
  return file === '-' ? 'stdin' : basename(file, extname(file));
}

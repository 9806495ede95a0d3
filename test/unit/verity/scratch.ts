import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of the test's own, removed after it. */
export function scratch(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-verity-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name) => join(folder, name);
}

/** Bytes as the vectors' `pattern`: no two blocks are the same, up to 16 MiB. */
export function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at ^ (at >> 8) ^ (at >> 16)) & 0xff;
  return bytes;
}

export function write(path: string, bytes: Uint8Array): string {
  writeFileSync(path, bytes);
  return path;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { run } from '../../../src/cli/run.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
  bytes: Buffer;
}

/** What the terminal of whoever runs the tests is like is not what they are about. */
for (const name of ['FORCE_COLOR', 'COLUMNS', 'TERM']) delete process.env[name];

/** Runs the program inside this process, with what it writes. */
export async function dmplan(
  args: string[],
  { tty = false, columns }: { tty?: boolean; columns?: number } = {},
): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const into = (chunks: Buffer[]) => ({
    write: (chunk: string | Uint8Array) => chunks.push(Buffer.from(chunk)),
    isTTY: tty,
    ...(columns === undefined ? {} : { columns }),
  });
  const code = await run(args, { out: into(out), err: into(err) });
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString(), err: Buffer.concat(err).toString(), bytes };
}

const MAIN = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/** Starts the built program as a process of its own. */
export function start(args: string[], stdio: ('pipe' | 'ignore' | number)[] = ['pipe', 'pipe', 'pipe']): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { stdio, env: { ...process.env, NO_COLOR: '' } });
}

/** Runs it to its end. */
export async function dmplanProcess(args: string[], input: string | Uint8Array = ''): Promise<Ran> {
  const child = start(args);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout!.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr!.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin!.on('error', () => {});
  child.stdin!.end(input);
  const [code] = (await once(child, 'close')) as [number];
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString(), err: Buffer.concat(err).toString(), bytes };
}

/** Writes files into a folder that goes with the test file. */
export function scratch(): { folder: string; file: (name: string, content: string | Uint8Array) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-cli-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}

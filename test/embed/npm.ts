/** Runtimes that npm brings, each in a folder of its own below node_modules/.cache: too large to be dependencies. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/kernel/command.ts';

export const CACHE: string = fileURLToPath(new URL('../../node_modules/.cache/dmplan-runtimes', import.meta.url));

/** The program at that path below node_modules of the package; installed when it is not there. */
export async function npmProgram(name: string, version: string, path: string): Promise<string> {
  const folder = join(CACHE, `${name.replaceAll('/', '-')}@${version}`);
  const program = join(folder, 'node_modules', path);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  await runCommand('npm', ['install', ...quiet, '--prefix', folder, `${name}@${version}`], { cwd: folder });
  if (!existsSync(program)) throw new Error(`${name}@${version} has no ${path}`);
  return program;
}

/** The versions of Node that are supported, the newest of each. */
export const NODES = ['20.20.2', '22.23.3', '24.21.0'] as const;

export const nodeMajor = (version: string): string => version.split('.')[0]!;

/** Node of that version, or the running one where that has the same first number. */
export async function nodeProgram(version: string): Promise<string> {
  if (nodeMajor(process.versions.node) === nodeMajor(version)) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  return npmProgram(name, version, `${name}/bin/node`);
}

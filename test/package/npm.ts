/** The package as npm makes it and as others install it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { runCommand } from '../../src/kernel/command.ts';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** Packs the package that is in a folder; the tarball's path. */
export async function pack(source: string, into: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const told = await runCommand('npm', ['pack', '--json', '--pack-destination', into], { cwd: source, env });
  const [{ filename }] = JSON.parse(told) as [{ filename: string }];
  return join(into, filename);
}

/** A folder that goes with the test file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-installed-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Installs the tarball into a project that was empty, running no package's scripts. */
export async function install(tarball: string, project: string, options: readonly string[] = []): Promise<void> {
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await runCommand('npm', ['install', ...quiet, ...options, tarball], { cwd: project });
}

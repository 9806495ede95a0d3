/** What the Python host imports, from PyPI, in a folder below node_modules/.cache. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../src/kernel/command.ts';
import { ensureTools } from '../../../src/kernel/tools.ts';
import { CACHE } from '../npm.ts';

const PACKAGES = ['wasmtime==49.0.0', 'msgpack==1.2.3'];

/** The folder for PYTHONPATH. */
export async function bringPackages(): Promise<string> {
  await ensureTools([{ commands: ['pip3', 'pip'], package: 'python3-pip' }], true);
  const folder = join(CACHE, PACKAGES.join('+').replaceAll('==', '@'));
  if (PACKAGES.every((name) => existsSync(join(folder, name.replace(/==.*/, ''))))) return folder;
  await runCommand('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, ...PACKAGES]);
  return folder;
}

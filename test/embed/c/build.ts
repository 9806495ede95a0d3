/** The C hosts: planner.wasm through wasm2c, compiled with the programs of this folder. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../src/kernel/command.ts';
import { ensureTools, type Tool } from '../../../src/kernel/tools.ts';

export const WABT: Tool = { commands: ['wasm2c', 'wasm-interp'], package: 'wabt' };
const GCC: Tool = { commands: ['gcc'], package: 'build-essential' };

/** What building them takes. */
export const C_TOOLS: readonly Tool[] = [WABT, GCC];

/** What wabt's package brings for the C that wasm2c writes. */
const RUNTIME = '/usr/share/wabt/wasm2c';
const WARNINGS = ['-Wall', '-Wextra', '-Werror'];

const source = (name: string): string => fileURLToPath(new URL(`${name}.c`, import.meta.url));

/** Compiles `names` into that folder; the paths of the programs, in the same order. */
export async function buildHosts(wasm: string, folder: string, names: readonly string[]): Promise<string[]> {
  await ensureTools(C_TOOLS, true);
  const planner = join(folder, 'planner.c');
  await runCommand('wasm2c', [wasm, '-n', 'planner', '-o', planner]);
  const include = [`-I${folder}`, `-I${RUNTIME}`];
  const objects = await Promise.all(
    [planner, join(RUNTIME, 'wasm-rt-impl.c')].map(async (file, index) => {
      const object = join(folder, `${index}.o`);
      await runCommand('gcc', ['-O2', ...include, '-c', file, '-o', object]);
      return object;
    }),
  );
  return Promise.all(
    names.map(async (name) => {
      const program = join(folder, name);
      await runCommand('gcc', ['-O2', ...WARNINGS, ...include, source(name), ...objects, '-lm', '-o', program]);
      return program;
    }),
  );
}

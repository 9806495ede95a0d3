/** planner.wasm through wasm2c, compiled for the programs of this folder, and as a library for other languages. */
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

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The object files of the planner in that folder. */
async function compilePlanner(wasm: string, folder: string, flags: readonly string[]): Promise<string[]> {
  await ensureTools(C_TOOLS, true);
  const planner = join(folder, 'planner.c');
  await runCommand('wasm2c', [wasm, '-n', 'planner', '-o', planner]);
  return Promise.all(
    [planner, join(RUNTIME, 'wasm-rt-impl.c')].map(async (file, index) => {
      const object = join(folder, `${index}.o`);
      await runCommand('gcc', ['-O2', ...flags, ...include(folder), '-c', file, '-o', object]);
      return object;
    }),
  );
}

function include(folder: string): string[] {
  return [`-I${folder}`, `-I${RUNTIME}`];
}

/** Compiles `names` into that folder; the paths of the programs, in the same order. */
export async function buildHosts(wasm: string, folder: string, names: readonly string[]): Promise<string[]> {
  const objects = await compilePlanner(wasm, folder, []);
  return Promise.all(
    names.map(async (name) => {
      const program = join(folder, name);
      const files = [here(`${name}.c`), ...objects, '-lm'];
      await runCommand('gcc', ['-O2', ...WARNINGS, ...include(folder), ...files, '-o', program]);
      return program;
    }),
  );
}

/** Makes libplanner.a in that folder. Bounds are checked by code: a signal handler would take that of Go and Rust away. */
export async function buildLibrary(wasm: string, folder: string): Promise<void> {
  const flags = ['-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0'];
  const objects = await compilePlanner(wasm, folder, flags);
  const library = join(folder, 'library.o');
  await runCommand('gcc', ['-O2', ...WARNINGS, ...flags, ...include(folder), '-c', here('library.c'), '-o', library]);
  await runCommand('ar', ['rcs', join(folder, 'libplanner.a'), ...objects, library]);
}

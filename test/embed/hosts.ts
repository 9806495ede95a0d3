/** The hosts that the pack runs in: how each is brought, and what it says. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/kernel/command.ts';
import { ensureTools, type Tool } from '../../src/kernel/tools.ts';
import { bringChromium } from '../chromium.ts';
import { buildHosts, buildLibrary, C_TOOLS, WABT } from './c/build.ts';
import { openInChromium } from './chromium/open.ts';
import { NODES, nodeMajor, nodeProgram, npmProgram } from './npm.ts';
import type { Pack } from './pack.ts';
import { bringPackages } from './python/bring.ts';

/** What a host says of the pack; `differences`: the ids of the cases that it answered otherwise. */
export interface Report {
  version: string;
  cases: number;
  milliseconds: number;
  differences: string[];
  selftest: number;
}

export interface HostProgram {
  name: string;
  /** Whether it can call functions without arguments alone: the pack is `selftest` then. */
  selftestOnly?: boolean;
  /** Brings its program where that is missing. */
  bring(): Promise<string>;
  run(program: string, pack: Pack): Promise<Report>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { arch, platform } = process;

const reportOf = (text: string): Report => JSON.parse(text) as Report;

const node = (version: string): HostProgram => ({
  name: `Node ${nodeMajor(version)}`,
  bring: () => nodeProgram(version),
  run: async (program, { wasm, vectors }) =>
    reportOf(await runCommand(program, [here('node/check.mjs'), wasm, vectors])),
});

const deno: HostProgram = {
  name: 'Deno',
  bring: () => npmProgram('deno', '2.9.6', `@deno/${platform}-${arch}-glibc/deno`),
  async run(program, { wasm, vectors }) {
    const script = here('deno/check.mjs');
    return reportOf(await runCommand(program, ['run', '--no-config', '--allow-read', script, wasm, vectors]));
  },
};

const bun: HostProgram = {
  name: 'Bun',
  bring: () => npmProgram('bun', '1.4.5', `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}/bin/bun`),
  run: async (program, { wasm, vectors }) =>
    reportOf(await runCommand(program, [here('bun/check.mjs'), wasm, vectors])),
};

const workerd: HostProgram = {
  name: 'workerd',
  bring: () => {
    const cpu = arch === 'x64' ? '64' : arch;
    return npmProgram('workerd', '1.20261117.1', `@cloudflare/workerd-${platform}-${cpu}/bin/workerd`);
  },
  run: (program, { wasm, vectors }) =>
    inFolder(async (folder) => {
      const parts = ['workerd/config.capnp', 'workerd/worker.mjs', 'javascript/check.mjs', 'javascript/planner.mjs'];
      for (const file of [...parts.map(here), wasm, vectors]) copyFileSync(file, join(folder, basename(file)));
      const report = reportOf(await runCommand(program, ['test', join(folder, 'config.capnp')]));
      return { ...report, version: (await runCommand(program, ['--version'])).trim().replace(/^workerd /, '') };
    }),
};

const chromium: HostProgram = {
  name: 'Chromium, headless',
  bring: bringChromium,
  run: (_, pack) => openInChromium(pack),
};

const c: HostProgram = {
  name: 'C, through wasm2c',
  bring: () => debianProgram(C_TOOLS),
  run: (_, { wasm, vectors }) =>
    inFolder(async (folder) => {
      const [check] = await buildHosts(wasm, folder, ['check']);
      return { ...reportOf(await runCommand(check!, [vectors])), version: await wabtVersion() };
    }),
};

const GO: Tool = { commands: ['go'], package: 'golang-go' };

const go: HostProgram = {
  name: 'Go, over the same C',
  bring: () => debianProgram([GO, ...C_TOOLS]),
  run: (program, { wasm, vectors }) =>
    inFolder(async (folder) => {
      await buildLibrary(wasm, folder);
      const check = join(folder, 'check');
      const env = { ...process.env, CGO_LDFLAGS: `-L${folder} -lplanner -lm`, GOCACHE: join(folder, 'cache') };
      await runCommand(program, ['build', '-o', check, '.'], { cwd: here('go'), env });
      return reportOf(await runCommand(check, [vectors]));
    }),
};

const RUST: Tool = { commands: ['rustc'], package: 'rustc' };

const rust: HostProgram = {
  name: 'Rust, over the same C',
  bring: () => debianProgram([RUST, ...C_TOOLS]),
  run: (program, { wasm, vectors }) =>
    inFolder(async (folder) => {
      await buildLibrary(wasm, folder);
      const check = join(folder, 'check');
      const linked = ['-L', folder, '-l', 'static=planner', '-l', 'm'];
      await runCommand(program, ['-O', '--edition', '2021', here('rust/check.rs'), ...linked, '-o', check]);
      const version = (await runCommand(program, ['--version'])).split(' ').slice(0, 2).join(' ');
      return { ...reportOf(await runCommand(check, [vectors])), version };
    }),
};

const python: HostProgram = {
  name: 'Python',
  bring: bringPackages,
  async run(packages, { wasm, vectors }) {
    const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' };
    return reportOf(await runCommand('python3', [here('python/check.py'), wasm, vectors], { env }));
  },
};

const interpreter: HostProgram = {
  name: 'wasm-interp, selftest',
  selftestOnly: true,
  bring: () => debianProgram([WABT], 'wasm-interp'),
  async run(program, { wasm, selftest: expected }) {
    const started = performance.now();
    const told = await runCommand(program, [wasm, '--run-all-exports']);
    const milliseconds = Math.round(performance.now() - started);
    const selftest = Number(/^selftest\(\) => i32:(\d+)$/m.exec(told)?.[1]);
    const differences = selftest === expected ? [] : ['selftest'];
    return { version: await wabtVersion(), cases: 1, milliseconds, differences, selftest };
  },
};

/** Brings Debian's packages. The program is the first one's, unless another is named. */
async function debianProgram(tools: readonly Tool[], name: string = tools[0]!.commands[0]!): Promise<string> {
  await ensureTools(tools, true);
  return name;
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-host-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function wabtVersion(): Promise<string> {
  return `wabt ${(await runCommand('wasm-interp', ['--version'])).trim()}`;
}

export const HOSTS: readonly HostProgram[] = [
  ...NODES.map(node),
  deno,
  bun,
  workerd,
  chromium,
  c,
  go,
  rust,
  python,
  interpreter,
];

/** The hosts that the pack runs in: how each is brought, and what it says. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/kernel/command.ts';
import { ensureTools, type Tool } from '../../src/kernel/tools.ts';
import { buildHosts, C_TOOLS, WABT } from './c/build.ts';
import { CHROMIUM, openInChromium } from './chromium/open.ts';
import { npmProgram } from './npm.ts';
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

function node(version: string): HostProgram {
  const major = version.split('.')[0];
  const isRunning = process.versions.node.split('.')[0] === major;
  const name = `node-${platform}-${arch}`;
  return {
    name: `Node ${major}`,
    bring: async () => (isRunning ? process.execPath : npmProgram(name, version, `${name}/bin/node`)),
    run: async (program, { wasm, vectors }) =>
      reportOf(await runCommand(program, [here('node/check.mjs'), wasm, vectors])),
  };
}

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
  async run(program, { wasm, vectors }) {
    const folder = mkdtempSync(join(tmpdir(), 'dmplan-workerd-'));
    const parts = ['workerd/config.capnp', 'workerd/worker.mjs', 'javascript/check.mjs', 'javascript/planner.mjs'];
    for (const file of [...parts.map(here), wasm, vectors]) copyFileSync(file, join(folder, basename(file)));
    const report = await runCommand(program, ['test', join(folder, 'config.capnp')]);
    rmSync(folder, { recursive: true });
    const version = (await runCommand(program, ['--version'])).trim().replace(/^workerd /, '');
    return { ...reportOf(report), version };
  },
};

const chromium: HostProgram = {
  name: 'Chromium, headless',
  bring: () => debianProgram(CHROMIUM),
  run: openInChromium,
};

const c: HostProgram = {
  name: 'C, through wasm2c',
  bring: async () => {
    await ensureTools(C_TOOLS, true);
    return 'wasm2c';
  },
  async run(_, { wasm, vectors }) {
    const folder = mkdtempSync(join(tmpdir(), 'dmplan-c-'));
    const [check] = await buildHosts(wasm, folder, ['check']);
    const report = reportOf(await runCommand(check!, [vectors]));
    rmSync(folder, { recursive: true });
    return { ...report, version: await wabtVersion() };
  },
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
  bring: () => debianProgram(WABT, 'wasm-interp'),
  async run(program, { wasm }) {
    const started = performance.now();
    const told = await runCommand(program, [wasm, '--run-all-exports']);
    const milliseconds = Math.round(performance.now() - started);
    const selftest = Number(/^selftest\(\) => i32:(\d+)$/m.exec(told)?.[1]);
    return { version: await wabtVersion(), cases: 1, milliseconds, differences: [], selftest };
  },
};

/** Chromium is a hundred megabytes: Debian's package, where this is run, is lighter than any dependency. */
async function debianProgram(tool: Tool, name: string = tool.commands[0]!): Promise<string> {
  await ensureTools([tool], true);
  return name;
}

async function wabtVersion(): Promise<string> {
  return `wabt ${(await runCommand('wasm-interp', ['--version'])).trim()}`;
}

export const HOSTS: readonly HostProgram[] = [
  node('20.20.2'),
  node('22.23.3'),
  node('24.21.0'),
  deno,
  bun,
  workerd,
  chromium,
  c,
  python,
  interpreter,
];

/** What bundlers make of the planner's entry, and hosts without files or packages that run it. */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, inject, test } from 'vitest';
import { loadPlanner } from '../../src/index.ts';
import { runCommand } from '../../src/kernel/command.ts';
import { bringChromium } from '../chromium.ts';
import { npmProgram } from '../embed/npm.ts';
import { install, scratch } from './npm.ts';

const project = scratch();
const REQUEST = { action: 'create', name: 'data', table: '0 2048 linear /dev/loop0 0' } as const;
const DIGEST = await (await loadPlanner()).plan(REQUEST).digest();

/** Bytes of code beside the planner's own, minified; most of it is MessagePack. */
const LARGEST_PLANNER = 42_000;
const LARGEST_BUILDER = 1_500;

beforeAll(() => install(inject('tarball'), project, ['--omit=optional']));

/** One minified script for a host that has neither Node's modules nor its globals. */
async function bundled(script: string, more: object = {}): Promise<{ text: string; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: script, resolveDir: project },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    logLevel: 'silent',
    ...more,
  });
  return { text: outputFiles[0]!.text, inputs: Object.keys(metafile.inputs) };
}

const PLAN = `
  import { loadPlanner } from 'dmplan/planner';
  export const plan = async (module) => (await loadPlanner(module)).plan(${JSON.stringify(REQUEST)}).digest();`;

test('the planner is small, and nothing of Node is in it', async () => {
  const { text, inputs } = await bundled(PLAN);
  expect(text).not.toMatch(/["']node:|\brequire\b|\bprocess\./);
  const packages = new Set(inputs.map((path) => /node_modules\/([^/]+)\//.exec(path)?.[1] ?? 'the script'));
  expect([...packages].sort()).toEqual(['dmplan', 'msgpackr', 'the script']);
  const wasm = readFileSync(join(project, 'node_modules/dmplan/dist/planner.wasm')).toString('base64');
  expect(text).toContain(wasm);
  expect(text.length - wasm.length).toBeLessThan(LARGEST_PLANNER);
});

test('what is not used is left out', async () => {
  const { text } = await bundled(`export { linear, sectors } from 'dmplan/planner';`);
  expect(text.length).toBeLessThan(LARGEST_BUILDER);
});

test('the library and the client say that they need Node', async () => {
  for (const entry of ['dmplan', 'dmplan/executor', 'dmplan/vectors']) {
    await expect(bundled(`export * from '${entry}';`), entry).rejects.toThrow(/Could not resolve "node:/);
  }
});

test('workerd plans, with planner.wasm as one of its modules', async () => {
  const cpu = process.arch === 'x64' ? '64' : process.arch;
  const path = `@cloudflare/workerd-${process.platform}-${cpu}/bin/workerd`;
  const workerd = await npmProgram('workerd', '1.20261117.1', path);
  const worker = `
    import { loadPlanner } from 'dmplan/planner';
    import module from 'dmplan/planner.wasm';
    export default {
      async test() {
        const plan = (await loadPlanner(module)).plan(${JSON.stringify(REQUEST)});
        console.log(await plan.digest());
      },
    };`;
  const { text } = await bundled(worker, { external: ['dmplan/planner.wasm'], conditions: ['workerd', 'browser'] });
  writeFileSync(join(project, 'worker.mjs'), text);
  copyFileSync(join(project, 'node_modules/dmplan/dist/planner.wasm'), join(project, 'planner.wasm'));
  writeFileSync(join(project, 'config.capnp'), WORKERD);
  expect(await runCommand(workerd, ['test', join(project, 'config.capnp')])).toContain(DIGEST);
});

const WORKERD = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "dmplan/planner.wasm", wasm = embed "planner.wasm"),
  ],
  compatibilityDate = "2026-01-01",
);
`;

test('a page plans, and may forbid itself to make code from text', async () => {
  const script = `${PLAN.replace('export const', 'const')}
    plan().then((digest) => { document.title = digest; }, (error) => { document.title = String(error); });`;
  const { text } = await bundled(script, { platform: 'browser', format: 'iife' });
  const hash = createHash('sha256').update(text).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'`;
  const page = join(project, 'page.html');
  writeFileSync(page, `<meta http-equiv="Content-Security-Policy" content="${policy}"><script>${text}</script>`);
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=60000', '--dump-dom'];
  const profile = `--user-data-dir=${join(project, 'profile')}`;
  expect(await runCommand(await bringChromium(), [...flags, profile, `file://${page}`])).toContain(DIGEST);
});

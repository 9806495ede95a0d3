/** The package in a project that was empty, installed without anybody's scripts and without koffi. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { loadPlanner } from '../../src/index.ts';
import { runCommand } from '../../src/kernel/command.ts';
import { npmProgram } from '../embed/npm.ts';
import { install, scratch } from './npm.ts';

const project = scratch();
const TABLE = '0 2048 linear /dev/loop0 0';
const DIGEST = await (await loadPlanner()).plan({ action: 'create', name: 'data', table: TABLE }).digest();

beforeAll(() => install(inject('tarball'), project, ['--omit=optional']));

function write(name: string, text: string): string {
  const path = join(project, name);
  writeFileSync(path, text);
  return path;
}

const node = (name: string, text: string): Promise<string> => runCommand(process.execPath, [write(name, text)]);
const bin = (name: string, args: string[]): Promise<string> =>
  runCommand(join(project, 'node_modules/.bin', name), args, { cwd: project });

const SCRIPT = `
import { loadPlanner, linear } from 'dmplan/planner';

const planner = await loadPlanner();
const plan = planner.plan({
  action: 'create',
  name: 'data',
  targets: [linear({ length: 2048, device: '/dev/loop0', offset: 0 })],
});
console.log(await plan.digest());
`;

describe('a script of ten lines plans', () => {
  const { platform, arch } = process;

  test('in Node', async () => {
    expect(await node('plan.mjs', SCRIPT)).toBe(`${DIGEST}\n`);
  });

  test('in Node, from the whole library', async () => {
    expect(await node('library.mjs', SCRIPT.replace('dmplan/planner', 'dmplan'))).toBe(`${DIGEST}\n`);
  });

  test('in Deno', async () => {
    const deno = await npmProgram('deno', '2.9.6', `@deno/${platform}-${arch}-glibc/deno`);
    const path = write('deno.mjs', SCRIPT);
    expect(await runCommand(deno, ['run', '--node-modules-dir=manual', path], { cwd: project })).toBe(`${DIGEST}\n`);
  });

  test('in Bun', async () => {
    const cpu = arch === 'arm64' ? 'aarch64' : arch;
    const bun = await npmProgram('bun', '1.4.5', `@oven/bun-${platform}-${cpu}/bin/bun`);
    expect(await runCommand(bun, [write('bun.mjs', SCRIPT)], { cwd: project })).toBe(`${DIGEST}\n`);
  });
});

describe('without koffi', () => {
  test('it is not there', async () => {
    await expect(node('koffi.mjs', `await import('koffi');`)).rejects.toThrow(/ERR_MODULE_NOT_FOUND/);
  });

  test('the command line plans', async () => {
    write('table', `${TABLE}\n`);
    expect(JSON.parse(await bin('dmplan', ['plan', 'table', '--name', 'data', '--json'])).digest).toBe(DIGEST);
  });

  test('the executor says hello, and what it lacks', async () => {
    const said = await node(
      'hello.mjs',
      `import { spawnExecutor } from 'dmplan/executor';
       await spawnExecutor().catch(({ code, message }) => console.log(code + ': ' + message));`,
    );
    expect(said).toMatch(/^no_koffi: koffi, .* cannot be used: npm install koffi \(.*\)\n$/);
  });

  test('an executor for sockets says it, and ends', async () => {
    const listen = ['--listen', join(project, 'socket'), '--policy', 'unrestricted'];
    const said = await bin('dmplan-executor', listen).catch((error: Error) => error);
    expect(said).toMatchObject({ cause: { code: 69 } });
    expect(String(said)).toMatch(
      /"event":"degraded".*"name":"no_koffi","message":"koffi, .* npm install koffi \(.*\)"}$/,
    );
  });

  test('the command line says the same, and no stack', async () => {
    const said = await bin('dmplan', ['ls']).catch((error: Error) => error.message);
    expect(said).toMatch(/\nerror no_koffi: koffi, .* npm install koffi \(.*\)$|: error no_koffi: koffi, .*\)$/);
  });
});

test('the vectors are those of the planner beside them', async () => {
  const script = `
    import { createHash } from 'node:crypto';
    import { readFileSync } from 'node:fs';
    import { fileURLToPath } from 'node:url';
    import { readManifest, readVectors, VECTORS } from 'dmplan/vectors';
    import { plannerBytes } from 'dmplan/planner';
    const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
    const wasm = readFileSync(fileURLToPath(import.meta.resolve('dmplan/planner.wasm')));
    const { cases, sha256: expected } = await readManifest();
    const found = [sha256(wasm), sha256(plannerBytes()), sha256(readFileSync(new URL('vectors.jsonl', VECTORS)))];
    const vectors = await readVectors();
    console.log(JSON.stringify({ cases, found, expected, read: vectors.length, first: Object.keys(vectors[0]) }));`;
  const { cases, found, expected, read, first } = JSON.parse(await node('vectors.mjs', script));
  expect(found).toEqual([expected['planner.wasm'], expected['planner.wasm'], expected['vectors.jsonl']]);
  expect(read).toBe(cases);
  expect(first).toEqual(['id', 'call', 'request', 'code', 'result']);
});

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const STRICT = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--exactOptionalPropertyTypes'];

/** Checks a program of the project, with every declaration that it reaches. */
function typecheck(name: string, text: string, options: string[]): Promise<string> {
  return runCommand(process.execPath, [TSC, ...STRICT, ...options, write(name, text)], { cwd: project });
}

describe('types', () => {
  test('of the planner need nothing of Node', async () => {
    const text = `
      import planner from 'dmplan/planner.wasm';
      import { type Decoded, linear, loadPlanner, type Plan } from 'dmplan/planner';
      const plan: Plan = (await loadPlanner(planner)).plan({
        action: 'create', name: 'data', targets: [linear({ length: 8, device: '/dev/loop0', offset: 0 })],
      });
      const reply: Decoded = (await loadPlanner()).decode('DEV_STATUS', plan.steps[0]!.payload);
      // @ts-expect-error: there is no such action
      (await loadPlanner()).plan({ action: 'make', name: 'data' });
      export default reply.header.name satisfies string;`;
    expect(await typecheck('planner.mts', text, ['--lib', 'es2023,dom', '--types', ''])).toBe('');
  });

  test('of the rest need those of Node', async () => {
    const types = createRequire(import.meta.url).resolve('@types/node/package.json');
    const text = `
      import { type DeviceMapper, openDeviceMapper } from 'dmplan';
      import { type Executor, spawnExecutor } from 'dmplan/executor';
      import { readVectors, type Vector, VECTORS } from 'dmplan/vectors';
      const executor: Executor = await spawnExecutor();
      export const dm: DeviceMapper = await openDeviceMapper({ executor });
      export const vectors: Vector[] = await readVectors();
      // @ts-expect-error: a URL is no text
      export const folder: string = VECTORS;`;
    const options = ['--types', 'node', '--typeRoots', dirname(dirname(types)), '--lib', 'es2023,dom'];
    expect(await typecheck('library.mts', text, options)).toBe('');
  });
});

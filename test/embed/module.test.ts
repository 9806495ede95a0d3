/** The same module and the same request give the same bytes: again and again, in any order, on every Node. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plannerBytes } from '../../src/planner/wasm.ts';
import { type Answer, Host, plannerWasm } from '../unit/planner/harness.ts';
import { REQUESTS } from './requests.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const WASM = join(root, 'dist/planner.wasm');
const DIGEST = fileURLToPath(new URL('node/digest.mjs', import.meta.url));
const CALLS = ['plan', 'decode', 'inspect'];

/** Node's own binaries as npm packages; the running one is the third. */
const OTHERS = [
  { major: 22, version: '22.23.3' },
  { major: 24, version: '24.21.0' },
];

describe('planner.wasm', () => {
  test('is what the library carries', () => {
    expect(Buffer.compare(readFileSync(WASM), plannerBytes())).toBe(0);
  });

  test('imports nothing', () => {
    expect(WebAssembly.Module.imports(plannerWasm)).toEqual([]);
  });

  test("exports its memory and the planner's functions, and nothing else", () => {
    expect(WebAssembly.Module.exports(plannerWasm).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'abi_version', kind: 'function' },
      { name: 'decode', kind: 'function' },
      { name: 'inspect', kind: 'function' },
      { name: 'memory', kind: 'memory' },
      { name: 'plan', kind: 'function' },
      { name: 'request', kind: 'function' },
      { name: 'result', kind: 'function' },
      { name: 'result_length', kind: 'function' },
      { name: 'selftest', kind: 'function' },
    ]);
    expect(new Host().exports.abi_version()).toBe(1);
  });

  test('has no floating point', () => {
    expect(readFileSync(join(root, 'dist/planner.wat'), 'utf8').match(/\bf(32|64)\b/g)).toBeNull();
  });

  test('takes and gives 32-bit integers alone at its border', () => {
    const wat = readFileSync(join(root, 'dist/planner.wat'), 'utf8');
    for (const [, name] of wat.matchAll(/\(export "\w+" \(func (\$[^)]+)\)/g)) {
      const signature = wat.slice(wat.indexOf(`(func ${name} `)).split('\n', 1)[0]!;
      expect(signature).not.toContain('i64');
    }
  });
});

describe('the same request gives the same bytes', () => {
  const fresh: Answer[] = REQUESTS.map(({ call, bytes }) => new Host().call(call, bytes));
  const isSame = (a: Answer, b: Answer) => a.code === b.code && Buffer.compare(a.bytes, b.bytes) === 0;

  test('a thousand times', () => {
    const host = new Host();
    for (const [i, { call, bytes }] of REQUESTS.slice(0, 20).entries()) {
      for (let again = 0; again < 1000; again++) {
        if (!isSame(host.call(call, bytes), fresh[i]!))
          throw new Error(`request ${i} had another answer at turn ${again}`);
      }
    }
  });

  test('in a thousand orders', () => {
    const host = new Host();
    let next = 1;
    for (let order = 0; order < 1000; order++) {
      // a walk with a stride that is coprime to the number of requests visits each once
      do next++;
      while (divisor(next, REQUESTS.length) !== 1);
      for (let k = 0; k < REQUESTS.length; k++) {
        const i = (order + k * next) % REQUESTS.length;
        if (!isSame(host.call(REQUESTS[i]!.call, REQUESTS[i]!.bytes), fresh[i]!)) {
          throw new Error(`request ${i} had another answer in order ${order}`);
        }
      }
    }
  });
});

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

describe('every Node gives the same bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-embed-'));
  const file = join(folder, 'requests');

  beforeAll(() => {
    const frames = REQUESTS.map(({ call, bytes }) => {
      const head = Buffer.alloc(5);
      head[0] = CALLS.indexOf(call);
      head.writeUInt32BE(bytes.length, 1);
      return Buffer.concat([head, bytes]);
    });
    writeFileSync(file, Buffer.concat(frames));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const digestOf = async (node: string) => (await run(node, [DIGEST, WASM, file])).stdout;

  test('this one, from one process to the next', async () => {
    const digest = await digestOf(process.execPath);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await digestOf(process.execPath)).toBe(digest);
  });

  test.for(OTHERS)('Node $major', { timeout: 300_000 }, async ({ major, version }, context) => {
    const node = await installed(version).catch((error: unknown) => {
      if (process.env.CI) throw error;
      return context.skip(`Node ${version} cannot be installed here: ${String(error)}`);
    });
    expect((await run(node, ['--version'])).stdout).toMatch(new RegExp(`^v${major}\\.`));
    expect(await digestOf(node)).toBe(await digestOf(process.execPath));
  });
});

/** The program of that Node, kept below node_modules/.cache. */
async function installed(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules/.cache/dmplan-node', version);
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
  await run('npm', ['install', ...options, `${name}@${version}`], { timeout: 240_000 });
  return program;
}

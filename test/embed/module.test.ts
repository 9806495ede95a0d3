/** The same module and the same request give the same bytes: again and again, in any order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { plannerBytes } from '../../src/planner/wasm.ts';
import { type Answer, Host, plannerWasm } from '../unit/planner/harness.ts';
import { REQUESTS } from './requests.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const WASM = join(root, 'dist/planner.wasm');

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

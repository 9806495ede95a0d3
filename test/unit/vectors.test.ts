import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACTIONS } from '../../assembly/tables/actions.ts';
import { COMMANDS } from '../../assembly/tables/commands.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { encode } from '../../src/planner/codec.ts';
import type { Vector } from '../../src/vectors.ts';
import { packFiles } from '../vectors/pack.ts';
import { OUT_OF_REACH } from './planner/bad-requests.ts';
import { readCanonical } from './planner/canonical.ts';
import { ERROR_NAMES } from './planner/harness.ts';

const files = await packFiles();
const lines = files['vectors.jsonl']!.trimEnd().split('\n');
const vectors = lines.map((line) => JSON.parse(line) as Vector);
const readme = readFileSync(new URL('../vectors/README.md', import.meta.url), 'utf8');

/** What an accepted call was asked and what it answered. */
const exchanges = vectors
  .filter(({ code }) => code === 0)
  .map(({ call, request, result }) => ({ call, asked: bytes(request), answered: readCanonical(bytes(result)) }));

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

const asText = (request: Uint8Array): string => Buffer.from(request).toString('latin1');

test('the pack has at least 500 cases, each once and with a name of its own', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(500);
  expect(new Set(vectors.map(({ id }) => id)).size).toBe(vectors.length);
  expect(new Set(vectors.map(({ call, request }) => `${call} ${request}`)).size).toBe(vectors.length);
});

test('every line has the form that the README promises', () => {
  const form =
    /^\{"id":"[\w./-]+","call":"(plan|decode|inspect)","request":"[0-9a-f]*","code":\d+,"result":"[0-9a-f]+"\}$/;
  for (const line of lines) {
    expect(line).toMatch(form);
    expect(line.length).toBeLessThanOrEqual(65536);
  }
});

test('every error is the answer to some case, but for those that the README names', () => {
  const answered = new Set(vectors.map(({ code }) => code));
  const missing = [...ERROR_NAMES].filter(([code]) => !answered.has(code)).map(([, name]) => name);
  expect(missing.sort()).toEqual(Object.keys(OUT_OF_REACH).sort());
  for (const name of missing) expect(readme).toContain(`\`${name}\``);
});

test('every action is planned, every target compiled, and every command read and explained', () => {
  const plans = exchanges.filter(({ call }) => call === 'plan').map(({ asked }) => asText(asked));
  for (const name of [...ACTIONS.map((action) => action.name), 'layout', 'verity_superblock']) {
    const field = asText(encode({ action: name }).subarray(1));
    expect(
      plans.some((request) => request.includes(field)),
      name,
    ).toBe(true);
  }
  for (const { type } of TARGETS) {
    const field = asText(encode({ type }).subarray(1));
    expect(
      plans.some((request) => request.includes(field) || request.includes(` ${type}`)),
      type,
    ).toBe(true);
  }
  const numbers = new Map<unknown, number>(COMMANDS.map(({ number, name }) => [name, number]));
  for (const call of ['decode', 'inspect']) {
    const commands = new Set(
      exchanges
        .filter((each) => each.call === call)
        .map(({ asked }) => (readCanonical(asked) as { command?: string | number }).command)
        .map((command) => numbers.get(command) ?? command),
    );
    const missing = COMMANDS.filter(({ number }) => !commands.has(number)).map(({ name }) => name);
    expect(missing, call).toEqual([]);
  }
});

test('the pack is the same whenever it is made', async () => {
  expect(await packFiles()).toEqual(files);
});

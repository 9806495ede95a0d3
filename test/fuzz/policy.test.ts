/**
 * Whatever stands in a policy's file ends in a policy or in the place of what is wrong; whatever plan passes the byte rules
 * ends in a verdict. `DMPLAN_FUZZ_RUNS` and `DMPLAN_FUZZ_SEED` choose the run.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { brokenRule } from '../../executor/rules.ts';
import { COMMANDS, commandName } from '../../src/commands.ts';
import type { Step } from '../../src/planner/plan.ts';
import { Misfit } from '../../src/policy/checks.ts';
import { readPolicy } from '../../src/policy/document.ts';
import { type Bytes, bare, carrying, encode, frame, map, query, table, type Value } from '../unit/executor/payloads.ts';
import { Judge, question } from '../unit/policy/judged.ts';
import { DIGEST, judged, policyOf, SAMPLE } from '../unit/policy/sample.ts';
import { mutate } from './junk.ts';
import { Random } from './random.ts';

const RUNS = Number(process.env.DMPLAN_FUZZ_RUNS ?? 3000);
const SEED = Number(process.env.DMPLAN_FUZZ_SEED ?? 20251122);
/** Milliseconds after which a verdict counts as hanging. */
const HANGS = 10_000;

const folder = mkdtempSync(join(process.getuid!() === 0 ? '/run' : tmpdir(), 'dmplan-policy-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = ['', 'img-1', 'img-2', 'a', '\\x20', 'x'.repeat(127)];
const UUIDS = ['', 'OWN-1', 'OWN-IMG-1', 'LVM-1', 'U'.repeat(128)];
const WORDS = ['7:0', '7:1', '/dev/a\\ b', '/dev/a\\\xa0', '/dev/\\\\', '4096', '1', '8', 'sha256', DIGEST, '-', 'x=y']
  .concat(['ignore_zero_blocks', 'use_fec_from_device', 'check_at_most_once', 'fec_roots', '0', '2', '9'])
  .concat(['delete', 'trim', '@x', '\xff']);
const TYPES = ['verity', 'zero', 'linear', 'error', 'constructor', '__proto__', 'x'.repeat(15)];
const NUMBERS = Object.values(COMMANDS);

function wordsOf(random: Random): string {
  return Array.from({ length: random.below(16) }, () => random.pick(WORDS)).join(' ');
}

function payloadFor(random: Random): Bytes {
  const flags = random.chance(2) ? 0 : 1 << random.below(20);
  const fields = { name: random.pick(NAMES), uuid: random.pick(UUIDS), flags };
  if (random.chance(2)) fields[random.chance(2) ? 'name' : 'uuid'] = '';
  const targets = () =>
    Array.from({ length: 1 + random.below(4) }, (): [number, number, string, string] => [
      random.below(100),
      random.chance(9) ? Number.MAX_SAFE_INTEGER : 1 + random.below(100),
      random.pick(TYPES),
      wordsOf(random),
    ]);
  const make = [
    () => bare(fields),
    () => query(fields),
    () => carrying(fields, random.chance(2) ? wordsOf(random) : random.pick([...NAMES, ...UUIDS])),
    () => carrying(fields, wordsOf(random), 8),
    () => table(fields, targets()),
    () => table(fields, targets()),
  ];
  const payload = random.pick(make)();
  // As random bytes would not be the size that the payload says.
  if (random.chance(4)) payload[random.below(payload.length)] = random.bits();
  return payload;
}

/** A plan that the byte rules let through. */
function planFor(random: Random): Step[] {
  const steps: Step[] = [];
  for (let tries = 0; tries < 60 && steps.length < 6; tries++) {
    const payload = payloadFor(random);
    const number = NUMBERS.find((each) => brokenRule((each + tries) % 18, payload) === null);
    if (number !== undefined) steps.push({ command: commandName((number + tries) % 18), payload });
  }
  return steps;
}

const rules = SAMPLE.rules;
const POLICIES = [
  { ...rules, images: { ...rules.images, uuidPrefix: 'OWN-IMG-' } },
  {
    all: { commands: [...rules.images.commands, 'DEV_RENAME'], messages: ['trim'], targets: { verity: {}, zero: {} } },
  },
].map((rules) => policyOf(rules, { backing: SAMPLE.backing as never, limits: { targets: 3, sectors: 1e6 } }));

test('every plan that passes the byte rules has a verdict for each step', () => {
  const random = new Random(SEED);
  const seen = new Map<string, number>();
  for (let run = 0; run < RUNS; run++) {
    const plan = planFor(random);
    const started = performance.now();
    for (const policy of POLICIES) {
      const verdicts = judged(policy, plan);
      expect(verdicts).toHaveLength(plan.length);
      for (const { rule, refusal } of verdicts) {
        expect(rule === null).toBe(refusal !== null);
        const what = rule ?? refusal!;
        seen.set(what, (seen.get(what) ?? 0) + 1);
      }
    }
    expect(performance.now() - started).toBeLessThan(HANGS);
  }
  console.log([...seen].map(([what, count]) => `${what} ${count}`).join(', '));
  for (const what of ['all', 'images', 'look', 'uuidPrefix', 'limits.targets', 'limits.sectors'])
    expect(seen.has(what), what).toBe(true);
});

test('the bytes of a policy, changed, are a policy or have a place at which they are none', () => {
  const random = new Random(SEED);
  const bytes = Buffer.from(JSON.stringify(SAMPLE));
  let taken = 0;
  for (let run = 0; run < RUNS; run++) {
    try {
      readPolicy(mutate(random, bytes));
      taken++;
    } catch (error) {
      expect(error).toBeInstanceOf(Misfit);
    }
  }
  console.log(`${RUNS} documents, ${taken} of them policies`);
});

test('a judge that is sent changed questions answers, or ends and says why', async () => {
  const random = new Random(SEED);
  const path = join(folder, 'policy.json');
  writeFileSync(path, JSON.stringify(SAMPLE));
  let ended = 0;
  for (let run = 0; run < Math.min(RUNS / 50, 500); run++) {
    const judge = new Judge(path);
    await judge.hear();
    const whole = question(990, planFor(random)).subarray(4);
    const body = random.chance(2) ? mutate(random, whole) : encode(map({ client: 990, plan: random.bits() as Value }));
    judge.send(frame(body));
    const code = await judge.close();
    if (code !== 0) ended++;
    expect([0, 76]).toContain(code);
    if (code === 76) expect(judge.said).toContain('judge: ended');
  }
  expect(ended).toBeGreaterThan(0);
});

import { expect, test } from 'vitest';
import { failure } from '../../../executor/failure.ts';
import type { Judge, Verdict } from '../../../executor/judge.ts';
import type { Apply } from '../../../executor/messages.ts';
import { applyBy } from '../../../executor/plans.ts';
import type { Outcome } from '../../../executor/transaction.ts';
import { bare, CREATE } from './payloads.ts';

const plan = (key: string | null = null, digest = 'd'): Apply => ({
  type: 'apply',
  id: 1,
  steps: [{ command: CREATE, payload: bare({ name: 'a' }) }],
  digest,
  due: null,
  key,
});

/** Applied plans, each with an outcome of its own. */
function applying(outcomes: Outcome[], verdicts: Verdict[] | null = null) {
  const allowed: unknown[] = [];
  const worker = {
    apply: async (_: unknown, given: unknown) => {
      allowed.push(given);
      return outcomes.shift()!;
    },
    halt: () => undefined,
    ping: async () => true,
  };
  const judge = { policy: undefined as never, judge: async () => verdicts!.shift()! } satisfies Judge as Judge;
  return { apply: applyBy(verdicts === null ? null : judge, worker), allowed };
}

const result = (name: string, size = 312): Outcome => ({ done: [], replies: [new Uint8Array(size)], node: name });
const refused: Outcome = { done: [], failure: failure('ioctl_failed', 'why', 16) };
const KEY = 'ab'.repeat(16);

test('a plan without a key is applied as often as it is sent', async () => {
  const { apply } = applying([result('one'), result('two')]);
  expect(await apply(plan(), 5)).toMatchObject({ node: 'one' });
  expect(await apply(plan(), 5)).toMatchObject({ node: 'two' });
});

test('a plan with a key is applied once, and gives what came of it when it is sent again', async () => {
  const { apply, allowed } = applying([result('one'), result('two')]);
  expect(await apply(plan(KEY), 5)).toMatchObject({ node: 'one' });
  expect(await apply(plan(KEY), 5)).toMatchObject({ node: 'one' });
  expect(allowed).toHaveLength(1);
});

test('a key belongs to its client', async () => {
  const { apply } = applying([result('one'), result('two')]);
  await apply(plan(KEY), 5);
  expect(await apply(plan(KEY), 6)).toMatchObject({ node: 'two' });
});

test('a key of another plan is refused', async () => {
  const { apply, allowed } = applying([result('one')]);
  await apply(plan(KEY), 5);
  expect(await apply(plan(KEY, 'other'), 5)).toMatchObject({ failure: { name: 'key_reused' } });
  expect(allowed).toHaveLength(1);
});

test('a plan that failed may be tried again by its key', async () => {
  const { apply } = applying([refused, result('two')]);
  expect(await apply(plan(KEY), 5)).toMatchObject({ failure: { name: 'ioctl_failed' } });
  expect(await apply(plan(KEY), 5)).toMatchObject({ node: 'two' });
});

test('neither long replies nor more than 256 keys are kept', async () => {
  const outcomes = [result('long', 65537), result('again'), ...Array.from({ length: 258 }, (_, n) => result(`${n}`))];
  const { apply } = applying(outcomes);
  await apply(plan(KEY), 5);
  expect(await apply(plan(KEY), 5)).toMatchObject({ node: 'again' });
  const key = (n: number) => n.toString(16).padStart(32, '0');
  for (let n = 0; n < 257; n++) await apply(plan(key(n)), 5);
  expect(await apply(plan(key(1)), 5)).toMatchObject({ node: '1' });
  expect(await apply(plan(key(0)), 5)).toMatchObject({ node: '257' });
});

test('what the judge refuses never reaches the worker, and what it allows goes along', async () => {
  const no: Verdict = { refused: { step: 0, rule: 'images.namePrefix', message: 'no' } };
  const yes: Verdict = { refused: null, rules: ['images'], backing: [['7:*']] };
  const { apply, allowed } = applying([result('one')], [no, yes]);
  expect(await apply(plan(), 5)).toEqual({
    done: [],
    failure: { ...failure('policy_refused', 'no'), step: 0, rule: 'images.namePrefix' },
  });
  expect(allowed).toEqual([]);
  expect(await apply(plan(), 5)).toMatchObject({ node: 'one' });
  expect(allowed).toMatchObject([{ rules: ['images'], backing: [['7:*']] }]);
});

test('a verdict that is none is a defect, and nothing is applied', async () => {
  for (const verdict of [undefined, null, {}, { refused: undefined }]) {
    const { apply, allowed } = applying([result('one')], [verdict as never]);
    await expect(apply(plan(), 5)).rejects.toThrow(TypeError);
    expect(allowed).toEqual([]);
  }
});

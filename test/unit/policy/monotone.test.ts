/** Less said in a policy is less allowed: over policies and plans by the thousand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../../src/planner/plan.ts';
import type { Policy } from '../../../src/policy/document.ts';
import { carrying } from '../executor/payloads.ts';
import { bare, create, DIGEST, judged, load, policyOf, query, step } from './sample.ts';

type Rule = Policy['rules'][string];

const NAMES = ['img-1', 'img-2', 'x'];
const UUIDS = ['OWN-IMG-1', 'OWN-2', 'LVM-1'];
const COMMANDS = [
  'VERSION',
  'DEV_CREATE',
  'DEV_REMOVE',
  'DEV_SUSPEND',
  'DEV_RESUME',
  'DEV_RENAME',
  'TABLE_LOAD',
  'TARGET_MSG',
];
const SETS = ['disks', 'loops', 'own'];
const PREFIX = { namePrefix: fc.constantFrom('i', 'img-', 'img-1'), uuidPrefix: fc.constantFrom('OWN-', 'OWN-IMG-') };

const target = fc.record({ backing: fc.subarray(SETS) }, { requiredKeys: [] });
const verity = fc.record(
  {
    backing: fc.subarray(SETS),
    rootDigests: fc.subarray([DIGEST, '00']),
    options: fc.subarray(['ignore_zero_blocks', 'fec_start']),
  },
  { requiredKeys: [] },
);
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    commands: fc.subarray(COMMANDS),
    ...PREFIX,
    readOnly: fc.boolean(),
    deferred: fc.boolean(),
    messages: fc.subarray(['trim', 'delete']),
    targets: fc.record({ zero: target, linear: target, verity }, { requiredKeys: [] }),
  },
  { requiredKeys: ['commands', 'targets'] },
) as never;

const device = fc.oneof(fc.record({ name: fc.constantFrom(...NAMES) }), fc.record({ uuid: fc.constantFrom(...UUIDS) }));
const flagged = (...flags: number[]) =>
  fc.tuple(device, fc.constantFrom(0, ...flags)).map(([fields, flags]) => ({ ...fields, flags }));
const params = fc.constantFrom('', ' 0', ' 1 ignore_zero_blocks', ' 2 fec_start 0', ' 1 check_at_most_once');
const spec = fc.oneof(
  fc.constantFrom<[string, string]>(['zero', ''], ['linear', '7:0 0']),
  params.map((more): [string, string] => ['verity', `1 7:0 7:1 4096 4096 8 1 sha256 ${DIGEST} -${more}`]),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.constant(step('VERSION', bare())),
    fc.constant(step('LIST_DEVICES', query())),
    fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('', ...UUIDS)).map(([name, uuid]) => create(name, uuid)),
    flagged(0x20000).map((fields) => step('DEV_REMOVE', bare(fields))),
    flagged(2).map((fields) => step('DEV_SUSPEND', bare(fields))),
    fc
      .tuple(flagged(1), fc.array(spec, { minLength: 1, maxLength: 3 }))
      .map(([fields, specs]) => load(fields, ...specs)),
    fc
      .tuple(device, fc.constantFrom('trim', 'delete 0', 'other'))
      .map(([fields, text]) => step('TARGET_MSG', carrying(fields, text, 8))),
    fc
      .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES, ...UUIDS), fc.constantFrom(0, 0x4000))
      .map(([name, to, flags]) => step('DEV_RENAME', carrying({ name, flags }, to))),
  ),
  { minLength: 1, maxLength: 6 },
);

const backing: NonNullable<Policy['backing']> = {
  disks: [{ device: '8:1' }, { device: '8:2', readOnly: true }],
  loops: [{ loop: true }],
  own: [{ own: true, readOnly: true }],
};
const policyBy = (rules: Record<string, Rule>, limits: Policy['limits'] = {}) => policyOf(rules, { backing, limits });

/** All that a key of a rule can be narrowed to, one after the other. */
function* narrowed(rule: Rule): Generator<Rule> {
  const without = <T>(list: readonly T[]) => list.map((each) => list.filter((other) => other !== each));
  for (const commands of without(rule.commands)) yield { ...rule, commands };
  for (const messages of without(rule.messages ?? [])) yield { ...rule, messages };
  yield { ...rule, namePrefix: `${rule.namePrefix ?? ''}${'img-1'.slice(rule.namePrefix?.length ?? 0) || 'x'}` };
  yield { ...rule, uuidPrefix: rule.uuidPrefix === 'OWN-IMG-' ? 'OWN-IMG-2' : 'OWN-IMG-' };
  yield { ...rule, readOnly: true };
  yield { ...rule, deferred: false };
  const targets = rule.targets ?? {};
  for (const [type, target] of Object.entries(targets)) {
    const { [type]: _, ...others } = targets;
    yield { ...rule, targets: others };
    for (const set of without(target.backing ?? SETS))
      yield { ...rule, targets: { ...targets, [type]: { ...target, backing: set } } };
    if (type !== 'verity') continue;
    for (const rootDigests of without(target.rootDigests ?? [DIGEST, '00']))
      yield { ...rule, targets: { ...targets, verity: { ...target, rootDigests } } };
    for (const options of without(target.options ?? []))
      yield { ...rule, targets: { ...targets, verity: { ...target, options } } };
  }
}

/** The narrow policy allows no step that the wide one does not, and where one rule speaks in both, on no other device. */
function expectNarrower(narrow: Policy, wide: Policy, plan: Step[], same: string[]): number {
  const before = judged(wide, plan);
  let refused = 0;
  for (const [index, verdict] of judged(narrow, plan).entries()) {
    const { rule, backing } = before[index]!;
    if (rule !== null && verdict.rule === null) refused++;
    if (verdict.rule === null) continue;
    expect(rule).not.toBeNull();
    if (rule !== verdict.rule || !same.includes(rule) || backing === null) continue;
    expect(verdict.backing).not.toBeNull();
    expect(backing).toEqual(expect.arrayContaining(verdict.backing!));
  }
  return refused;
}

const rules = fc.record({ first: rule, second: rule, third: rule });

test('a rule dropped never permits a step more', () => {
  let refused = 0;
  fc.assert(
    fc.property(rules, steps, fc.constantFrom('first', 'second', 'third'), (all, plan, dropped) => {
      const { [dropped]: _, ...left } = all as Record<string, Rule>;
      refused += expectNarrower(policyBy(left), policyBy(all), plan, Object.keys(left));
    }),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(0);
});

test('a key of a rule narrowed never permits a step, or a device, more', () => {
  let refused = 0;
  fc.assert(
    fc.property(rule, steps, (wide, plan) => {
      for (const narrow of narrowed(wide))
        refused += expectNarrower(policyBy({ rule: narrow }), policyBy({ rule: wide }), plan, ['rule']);
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(0);
});

test('a limit lowered never permits a table more', () => {
  const limit = fc.integer({ min: 0, max: 32 });
  fc.assert(
    fc.property(rule, steps, limit, limit, fc.constantFrom('targets', 'sectors'), (only, plan, one, other, key) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      expectNarrower(policyBy({ only }, { [key]: low }), policyBy({ only }, { [key]: high }), plan, ['only']);
    }),
    { numRuns: 1000 },
  );
});

test('a rule added behind the others changes nothing of what they allow', () => {
  fc.assert(
    fc.property(rules, steps, (all, plan) => {
      const { third: _, ...two } = all;
      const [less, more] = [judged(policyBy(two), plan), judged(policyBy(all), plan)];
      for (const [index, { rule, backing }] of less.entries())
        if (rule !== null) expect(more[index]).toMatchObject({ rule, backing });
    }),
    { numRuns: 1000 },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { aligned, diffOf, type ExplainedStep } from '../../../src/web/diff.ts';

const planner = await loadPlanner();

function steps(table: string, more: object = {}): ExplainedStep[] {
  const plan = planner.plan({ action: 'create', name: 'data', table, ...more } as never);
  return plan.steps.map(({ command, payload }) => ({ command, payload, fields: planner.inspect(command, payload) }));
}

const A = '0 8 linear /dev/a 0\n8 8 linear /dev/b 0\n16 8 zero\n';

describe('two plans', () => {
  test('that are the same differ in nothing', () => {
    expect(diffOf(steps(A), steps(A)).map(({ state }) => state)).toEqual(['same', 'same', 'same']);
  });

  test('of another name differ in it, in every step', () => {
    for (const { changes } of diffOf(steps(A), steps(A, { name: 'other' }))) {
      expect(changes).toEqual([{ kind: 'changed', field: 'name', before: 'data', after: 'other' }]);
    }
  });

  test('tell a target that is new, and those that begin later for it', () => {
    const [, load] = diffOf(steps(A), steps('0 8 linear /dev/a 0\n8 4 error\n12 8 linear /dev/b 0\n20 8 zero\n'));
    expect(load!.changes.filter(({ field }) => field.startsWith('targets'))).toEqual([
      { kind: 'added', field: 'targets[1]', after: '8 4 error' },
      { kind: 'changed', field: 'targets[2].sector_start', before: '8', after: '12' },
      { kind: 'changed', field: 'targets[3].sector_start', before: '16', after: '20' },
    ]);
  });

  test('tell a target that is another as one change', () => {
    const [, load] = diffOf(steps(A), steps(A.replace('/dev/b 0', '/dev/b 9')));
    expect(load!.changes).toEqual([
      { kind: 'changed', field: 'targets[1]', before: '8 8 linear /dev/b 0', after: '8 8 linear /dev/b 9' },
    ]);
  });

  test('of other actions differ in their steps', () => {
    const reload = planner.plan({ action: 'reload', name: 'data', table: A });
    const after = reload.steps.map(({ command, payload }) => ({
      command,
      payload,
      fields: planner.inspect(command, payload),
    }));
    expect(diffOf(steps(A), after).map(({ command, state }) => [command, state])).toEqual([
      ['DEV_CREATE', 'removed'],
      ['TABLE_LOAD', 'same'],
      ['DEV_SUSPEND', 'added'],
      ['DEV_SUSPEND', 'same'],
    ]);
  });
});

test('an alignment has every element of both once and in order, and pairs only what is the same', () => {
  const list = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const pairs = aligned(a, b);
      expect(pairs.flatMap(([i]) => i ?? [])).toEqual(a.map((_, i) => i));
      expect(pairs.flatMap(([, j]) => j ?? [])).toEqual(b.map((_, j) => j));
      for (const [i, j] of pairs) if (i !== undefined && j !== undefined) expect(a[i]).toBe(b[j]);
    }),
  );
});

/** What of the list of differences can be seen without a kernel; the differential test tries the examples on real ones. */
import { describe, expect, it } from 'vitest';
import { HARMFUL } from '../../../assembly/tables/differences/harmful.ts';
import { KERNEL_ALONE } from '../../../assembly/tables/differences/kernel-alone.ts';
import { PLANNER_STRICTER } from '../../../assembly/tables/differences/planner-stricter.ts';
import { PRINTED } from '../../../assembly/tables/differences/printed.ts';
import { ERRORS } from '../../../assembly/tables/errors.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { type DmError, loadPlanner } from '../../../src/index.ts';

const planner = await loadPlanner();

/** The name of the planner's error, if there is one. */
function refusalOf(example: string): string | undefined {
  const [, , type] = example.split(' ');
  const { readOnly = false } = TARGETS.find((target) => target.type === type)!;
  try {
    planner.plan({ action: 'load', name: 'it', readOnly, table: example });
    return undefined;
  } catch (error) {
    return (error as DmError).code;
  }
}

describe('every example', () => {
  it.each([...KERNEL_ALONE, ...PLANNER_STRICTER, ...PRINTED, ...HARMFUL])(
    'is of a target that its entry names: $example',
    ({ example, target }) => {
      const [start, , type] = example.split(' ');
      expect(start).toBe('0');
      expect(TARGETS.map((each) => each.type)).toContain(type);
      if (target !== '*') expect(target.split(' ')).toContain(type);
    },
  );

  it.each([...KERNEL_ALONE, ...PRINTED, ...HARMFUL.filter(({ error }) => !error)])(
    'is planned: $example',
    ({ example }) => {
      expect(refusalOf(example)).toBeUndefined();
    },
  );

  it.each([...PLANNER_STRICTER, ...HARMFUL.filter(({ error }) => error)])(
    'is refused by the name that its entry has: $example',
    ({ example, error }) => {
      expect(error!.split(' ')).toContain(refusalOf(example));
    },
  );
});

it('no error is named that the planner does not have', () => {
  const names = [...ERRORS, ...TARGETS.flatMap(({ rules }) => rules)].map(({ name }) => name);
  for (const { error = '', same = '' } of [...PLANNER_STRICTER, ...KERNEL_ALONE])
    for (const name of `${error} ${same}`.trim().split(' ').filter(Boolean)) expect(names).toContain(name);
});

import { expect, test } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { tableOf } from '../../../src/inspect/table.ts';
import { asHex, asRequest } from '../../../src/web/copies.ts';
import { entryOf } from '../../../src/web/entry.ts';
import { understand } from '../../../src/web/input.ts';

const planner = await loadPlanner();

test('a copy as JSON requests makes the same plans again, with uuids, minor numbers and flags', () => {
  const devices = 'a,U-1,70000,ro,0 8 linear 8:1 0,8 8 zero;b,,,,0 8 striped 2 4 8:2 0 8:3 0;c,,0,,0 8 error';
  const understood = understand(planner, entryOf(devices));
  const tables = understood.steps.flatMap((step) => {
    const rows = tableOf(planner, step);
    return rows ? [{ step, rows }] : [];
  });
  const request = asRequest(tables, understood.steps)!;
  expect(asHex(understand(planner, entryOf(request)))).toBe(asHex(understood));
  expect((JSON.parse(request) as { minor?: number }[]).map(({ minor }) => minor)).toEqual([70000, undefined, 0]);
});

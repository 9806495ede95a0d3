import { describe, expect, test } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { hexOf } from '../../../src/web/copies.ts';
import { entryOf } from '../../../src/web/entry.ts';
import { kindOf, understand } from '../../../src/web/input.ts';
import { Problem } from '../../../src/web/problem.ts';
import { BAD_REQUESTS } from '../planner/bad-requests.ts';

const planner = await loadPlanner();

test('the tables of several devices, as dmsetup table prints them, are a plan for each', () => {
  const { steps } = understand(planner, entryOf('one: 0 8 linear 7:0 0\none: 8 8 zero\ntwo: 0 8 error\n'));
  expect(steps.map(({ command, device }) => [command, device])).toEqual([
    ['DEV_CREATE', 'one'],
    ['TABLE_LOAD', 'one'],
    ['DEV_SUSPEND', 'one'],
    ['DEV_CREATE', 'two'],
    ['TABLE_LOAD', 'two'],
    ['DEV_SUSPEND', 'two'],
  ]);
  const alone = planner.plan({ action: 'create', name: 'one', table: '0 8 linear 7:0 0\n8 8 zero\n' });
  expect(hexOf(steps[1]!.payload)).toBe(hexOf(alone.steps[1]!.payload));
});

test('a mistake in the second device is at its place in the whole text', () => {
  const text = 'one: 0 8 zero\ntwo: 0 8 error\ntwo: 9 8 zero\n';
  try {
    understand(planner, entryOf(text));
    expect.unreachable();
  } catch (error) {
    const { code, place } = error as Problem;
    expect(code).toBe('gap');
    expect(place).toEqual({ start: text.indexOf('9'), end: text.indexOf('9') + 1 });
  }
});

test('a plan as JSON says which digit is wrong', () => {
  const text = '{ "v": 1, "steps": [ { "command": "VERSION", "payload": "04 0g" } ] }';
  try {
    understand(planner, entryOf(text));
    expect.unreachable();
  } catch (error) {
    const { code, place } = error as Problem;
    expect(code).toBe('bad_hex');
    expect(text.slice((place as { start: number }).start, (place as { end: number }).end)).toBe('0g');
  }
});

test('what the kernel wrote is taken for a reply', () => {
  const reply = planner.plan({ action: 'info', name: 'data' }).steps[0]!.payload.slice();
  reply[40] = 1;
  expect(understand(planner, entryOf(hexOf(reply))).steps[0]!.reply).toBe(true);
});

describe('every bad request', () => {
  test('as JSON is refused by the planner’s own name, at a place inside the text', () => {
    let seen = 0;
    for (const { call, request, name, path } of BAD_REQUESTS) {
      // the version is put in by the library
      if (call !== 'plan' || !isJson(request) || path === 'v') continue;
      const text = JSON.stringify(request);
      if (kindOf(text) !== 'request') continue;
      seen++;
      try {
        understand(planner, entryOf(text));
        expect.unreachable(text.slice(0, 200));
      } catch (error) {
        expect(error, text.slice(0, 200)).toBeInstanceOf(Problem);
        const { code, place } = error as Problem;
        expect(code, text.slice(0, 200)).toBe(name);
        expect(place).toMatchObject({ start: expect.any(Number), end: expect.any(Number) });
        const { start, end } = place as { start: number; end: number };
        expect(start).toBeLessThan(end);
        expect(end).toBeLessThanOrEqual(text.length + 1);
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});

/** Whether JSON can say it as it is: no bytes, no keys twice, no numbers beyond 2^53. */
function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return (
    typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson)
  );
}

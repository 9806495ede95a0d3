import { describe, expect, test } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { Problem } from '../../../src/inspect/problem.ts';
import { hexOf } from '../../../src/web/copies.ts';
import { entryOf } from '../../../src/web/entry.ts';
import { kindOf, understand } from '../../../src/web/input.ts';
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

describe('the forms of devices', () => {
  const TWO = 'root,ACME-1,,ro,0 8 linear /dev/a 0,8 8 zero;my\\,disk,,,rw,0 8 error';

  test.each([
    ['dmsetup’s --concise', TWO, 'concise'],
    ['--concise with blanks behind the commas', 'root, ACME-1, , ro, 0 8 zero', 'concise'],
    ['the kernel’s parameter', 'dm-mod.create="root,,,ro,0 8 linear 8:1 0"', 'dm-mod.create'],
    ['the kernel’s parameter, all in quotation marks', '"dm-mod.create=root,,,ro,0 8 linear 8:1 0"\n', 'dm-mod.create'],
    ['no form: bytes with commas', '0x04, 0x00, 0x00, 0x00, 0x00', 'payload'],
    ['no form: a table', '0 8 linear /dev/a,b,c 0', 'table'],
  ])('are recognised: %s', (_, text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });

  test('are a plan for each device, with its uuid, its minor number and its flags', () => {
    const { steps } = understand(
      planner,
      entryOf('a,U-1,7,ro,0 8 linear 8:1 0,8 8 linear 8:2 0;b,,,rw,0 8 linear 8:3 0'),
    );
    expect(steps.map(({ command, device }) => [command, device])).toEqual(
      ['a', 'b'].flatMap((device) => ['DEV_CREATE', 'TABLE_LOAD', 'DEV_SUSPEND'].map((command) => [command, device])),
    );
    const table = '0 8 linear 8:1 0\n8 8 linear 8:2 0\n';
    const alone = planner.plan({ action: 'create', name: 'a', uuid: 'U-1', minor: 7, readOnly: true, table } as never);
    expect(steps.slice(0, 3).map(({ payload }) => hexOf(payload))).toEqual(
      alone.steps.map(({ payload }) => hexOf(payload)),
    );
  });

  test.each([
    ['a,,,wo,0 8 zero', 'bad_form', 'wo'],
    ['a,,x,rw,0 8 zero', 'bad_form', 'x'],
    ['a,,,rw', 'bad_form', 'a,,,rw'],
    ['a,,,rw,0 8 zero;b,,,rw,0 x zero', 'bad_form', '0 x zero'],
    ['a,,,rw,0 8 zero;b,,,rw,0 8 linear /dev/a\\,b 0, 9 8 zero', 'gap', '9'],
    ['a,,,rw,0 8 linear /dev/a\\,b x', 'bad_number', 'x'],
    ['a/b,,,rw,0 8 zero', 'name_character', 'a/b'],
    ['dm-mod.create="a,,,rw,0 8 linear 8:1 0;b,,,ro,0 8 zero 1"', 'bad_form', '0 8 zero 1'],
    ['dm-mod.create="a,,,rw,0 8 linear 8:1 0, 8 8 linear 8:1 y"', 'bad_number', 'y'],
    ['dm-mod.create="a,,,,0 8 linear 8:1 0"', 'bad_form', ','],
  ])('with a mistake say where: %s', (text, expected, word) => {
    try {
      understand(planner, entryOf(text));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      const { code, place } = error as Problem;
      const { start, end } = place as { start: number; end: number };
      expect([code, text.slice(start, end)]).toEqual([expected, word]);
    }
  });
});

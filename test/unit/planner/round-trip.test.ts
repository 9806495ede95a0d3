/** Tables both ways: what the planner compiles it reads again, from fields made of the declarations themselves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Target } from '../../../assembly/tables/notation.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { readCanonical } from './canonical.ts';
import { type Fields, wordsOf } from './declared.ts';
import { targetFields } from './generate.ts';
import { encoded, Host, payloadOf, specsOf } from './harness.ts';
import { type Packable, pack } from './pack.ts';
import { reply, statusSpecs } from './replies.ts';

const host = new Host();
const STATUS_TABLE = 0x10;
const TABLE_LOAD = 9;
const RUNS = 200;

/** Their TABLE output is not what their constructors take; below is what it is. */
const ONE_WAY = new Set(['pcache', 'inlinecrypt']);

const request = ({ readOnly }: Target, table: object): object => ({
  v: 1,
  action: 'create',
  name: 'x',
  readOnly,
  ...table,
});

/** The params of a table of one row, or nothing where it is refused. */
function paramsOf(target: Target, table: object): string | undefined {
  const bytes = encoded(request(target, table));
  if (host.call('plan', bytes).code !== 0) return undefined;
  const [row] = specsOf(payloadOf(host.steps(request(target, table)), TABLE_LOAD));
  return Buffer.from(row!.params, 'latin1').toString();
}

/** What decode makes of the params as the kernel prints them. */
function fieldsOf(type: string, length: bigint, params: string, showKeys = true): Fields | undefined {
  const payload = reply(
    { targetCount: 1, flags: STATUS_TABLE },
    statusSpecs([{ start: 0n, length, type, params: unquoted(params) }]),
  );
  const { code, bytes } = host.call('decode', pack({ command: 12, payload, showKeys }));
  expect(code).toBe(0);
  const [row] = (readCanonical(bytes) as unknown as { targets: { fields?: Fields }[] }).targets;
  return row!.fields;
}

/** A kernel prints what it has read: no quoting. */
const unquoted = (params: string): string => params.replaceAll(/\\(.)/gsu, '$1');

function forEach(target: Target, check: (length: bigint, fields: Fields, params: string) => void): number {
  let accepted = 0;
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const { length, fields } = targetFields(g, target);
      const params = paramsOf(target, { targets: [{ type: target.type, length, ...fields }] });
      fc.pre(params !== undefined);
      check(length, fields, params);
      accepted++;
    }),
    { numRuns: RUNS, maxSkipsPerRun: 200 },
  );
  return accepted;
}

describe('a table that the planner takes', () => {
  test.each(TARGETS)('$type: its params are the words of its declaration', (target) => {
    forEach(target, (_, fields, params) => {
      expect(unquoted(params)).toBe(wordsOf(target.params, fields).join(' '));
    });
  });

  test.each(TARGETS.filter(({ type }) => !ONE_WAY.has(type)))(
    '$type: typed, compiled, printed and read is what it was',
    (target) => {
      const accepted = forEach(target, (length, fields, params) => {
        expect(fieldsOf(target.type, length, params)).toEqual(fields);
      });
      expect(accepted).toBe(RUNS);
    },
  );

  test.each(TARGETS)('$type: its words compile to themselves, raw and as text', (target) => {
    const { type } = target;
    forEach(target, (length, _, params) => {
      const text = { table: `0 ${length} ${type} ${unquoted(params)}` };
      expect(paramsOf(target, { targets: [{ type, length, params }] })).toBe(params);
      expect(paramsOf(target, text)).toBe(params);
    });
  });

  test.each(TARGETS.filter(({ type }) => !ONE_WAY.has(type)))(
    '$type: as text, read and compiled again is the same text',
    (target) => {
      const { type } = target;
      forEach(target, (length, fields) => {
        // options in another order and letter case, and a count where there are none
        const shuffled = wordsOf(target.params, fields, {
          order: (options) => options.toReversed(),
          spelled: (word) => word.toUpperCase(),
        }).join(' ');
        const text = paramsOf(target, { table: `0 ${length} ${type} ${shuffled}` })!;
        const again = fieldsOf(type, length, text)!;
        const typed = paramsOf(target, { targets: [{ type, length, ...again }] })!;
        expect(typed).toBe(text);
        expect(fieldsOf(type, length, typed)).toEqual(again);
      });
    },
  );
});

describe('two targets print what they do not take', () => {
  const target = (type: string) => TARGETS.find((each) => each.type === type)!;

  test('pcache calls data_crc crc (dm_pcache.c): the fields come back, the words do not', () => {
    const pcache = target('pcache');
    forEach(pcache, (length, fields, params) => {
      const printed = params.replace('data_crc', 'crc');
      expect(fieldsOf('pcache', length, printed)).toEqual(fields);
      if (printed === params) return;
      expect(fieldsOf('pcache', length, params)).toBeUndefined();
      expect(paramsOf(pcache, { table: `0 ${length} pcache ${printed}` })).toBeUndefined();
    });
  });

  test("inlinecrypt puts a key type's number behind the key (dm-inlinecrypt.c): one field more", () => {
    const inlinecrypt = target('inlinecrypt');
    forEach(inlinecrypt, (length, fields, params) => {
      const printed = params.replace(/^\S+ \S+/, (words) => `${words} 1`);
      expect(fieldsOf('inlinecrypt', length, printed)).toEqual({ ...fields, keyTypeNumber: 1 });
      expect(paramsOf(inlinecrypt, { table: `0 ${length} inlinecrypt ${printed}` })).toBeUndefined();
    });
  });
});

describe('keys in a table that is read', () => {
  test.each(['crypt', 'integrity'])('are zeros unless they are asked for: %s', (type) => {
    const target = TARGETS.find((each) => each.type === type)!;
    const hidden = (value: unknown): unknown =>
      typeof value === 'string' && /^[\dA-Fa-f]+$/.test(value) ? '0'.repeat(value.length) : value;
    forEach(target, (length, fields, params) => {
      const expected = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          name === 'key'
            ? hidden(value)
            : isMap(value) && 'key' in value
              ? { ...value, key: hidden(value.key) }
              : value,
        ]),
      );
      expect(fieldsOf(type, length, params, false)).toEqual(expected);
    });
  });
});

function isMap(value: unknown): value is Record<string, Packable> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A row of plain words is read at once, and any other word by word: a carriage return at the end of every line makes the
 * same table of the other sort. Both have to end the same. `DMPLAN_FUZZ_RUNS` and `DMPLAN_FUZZ_SEED` choose the run.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Node } from '../../assembly/tables/notation.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { type Answer, Host, readFailure } from '../unit/planner/harness.ts';
import { pack } from '../unit/planner/pack.ts';

const RUNS = Number(process.env.DMPLAN_FUZZ_RUNS ?? 3000);
const SEED = Number(process.env.DMPLAN_FUZZ_SEED ?? 20251122);

const NEWLINE = 0x0a;

/** Around everything that bounds a number: digits that are read at a time, 2^53 and 2^54 sectors, 64 bits, minor numbers. */
const EDGES = [0n, 10n, 100n, 99999999n, 1048575n, 4095n, 2n ** 32n, 2n ** 53n, 2n ** 54n, 10n ** 19n, 2n ** 64n];

const edge = fc
  .tuple(fc.constantFrom(...EDGES), fc.integer({ min: -2, max: 2 }))
  .map(([bound, more]) => String(bound + BigInt(more)).replace('-', ''));
const digits = fc.stringMatching(/^\d{1,22}$/);
const small = fc.nat(99999).map(String);
const number = fc.oneof({ weight: 12, arbitrary: small }, edge, digits);
const minor = fc.oneof({ weight: 12, arbitrary: fc.nat(999).map(String) }, edge, digits);
const devNumber = fc.tuple(minor, minor).map(([major, of]) => `${major}:${of}`);
/** Bytes of all sorts, those of a path before all. */
const byte = fc.oneof(
  { weight: 200, arbitrary: fc.constantFrom(...'abcdev/-_.0') },
  fc
    .integer({ min: 1, max: 255 })
    .filter((code) => code !== NEWLINE)
    .map((code) => String.fromCharCode(code)),
);
const path = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: byte, maxLength: 20 }).map((tail) => `/dev/${tail}`) },
  fc.integer({ min: 4080, max: 4110 }).map((length) => `/${'x'.repeat(length)}`),
);
const device = fc.oneof({ weight: 3, arbitrary: devNumber }, path);
const strange = fc.string({ unit: byte, maxLength: 6 });

function wordOf(node: Node): fc.Arbitrary<string> {
  const usual = node.kind === 'device' ? device : number;
  return fc.oneof({ weight: 60, arbitrary: usual }, strange, number, device);
}

/** Now and then a word too many or too few. */
function paramsOf(nodes: readonly Node[]): fc.Arbitrary<string[]> {
  const exact = fc.tuple(...nodes.map(wordOf));
  return fc.oneof(
    { weight: 30, arbitrary: exact },
    exact.map((words) => words.slice(1)),
    fc.tuple(exact, strange).map(([words, more]) => [...words, more]),
  );
}

/** Targets that have no other words than these; `linear` is the one that large tables have. */
const PLAIN = TARGETS.filter(({ params }) => params.every(({ kind }) => kind === 'number' || kind === 'device'));
const target = fc
  .oneof(fc.constant(TARGETS.find(({ type }) => type === 'linear')!), fc.constantFrom(...PLAIN), {
    weight: 1,
    arbitrary: fc.constantFrom(...TARGETS),
  })
  .chain(({ type, params }) => fc.tuple(fc.constant(type), paramsOf(params)));

const row = fc.record({
  start: fc.oneof({ weight: 60, arbitrary: fc.constant(undefined) }, number),
  length: fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 99 }).map(String) }, number),
  target: fc.oneof({ weight: 30, arbitrary: target }, fc.tuple(strange, fc.array(strange, { maxLength: 3 }))),
});

/** Lines that mostly follow on one another. */
const lines = fc.array(row, { minLength: 1, maxLength: 6 }).map((rows) => {
  let sector = 0n;
  return rows.map(({ start, length, target: [type, params] }) => {
    const line = [start ?? String(sector), length, type, ...params].join(' ');
    sector += BigInt(length);
    return line;
  });
});

const host = new Host();

function plan(text: string, readOnly: boolean): Answer {
  return host.call('plan', pack({ v: 1, action: 'load', name: 'rows', readOnly, table: Buffer.from(text, 'latin1') }));
}

/** Lines in front of a byte of the text, which have a carriage return each in the other text. */
function linesBefore(text: string, offset: number): number {
  return Buffer.from(text, 'latin1')
    .subarray(0, offset)
    .filter((byte) => byte === NEWLINE).length;
}

test('a table of plain rows and the same table word by word have the same payload or the same error', () => {
  let accepted = 0;
  fc.assert(
    fc.property(lines, fc.boolean(), (table, readOnly) => {
      const atOnce = plan(table.join('\n'), readOnly);
      const byWord = plan(table.map((line) => `${line}\r`).join('\n'), readOnly);
      expect(atOnce.code).toBe(byWord.code);
      if (atOnce.code === 0) {
        accepted++;
        return Buffer.compare(atOnce.bytes, byWord.bytes) === 0;
      }
      const [error, other] = [atOnce, byWord].map(({ code, bytes }) => readFailure(code, bytes));
      expect({ ...error, offset: 0 }).toEqual({ ...other, offset: 0 });
      if (error!.path.startsWith('table['))
        expect(other!.offset - error!.offset).toBe(linesBefore(table.join('\n'), error!.offset));
      return true;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(accepted).toBeGreaterThan(RUNS / 10);
});

/** Fields that say the same as the words; nothing where a word is one that fields have other ways to say. */
const fieldsAndWords = fc.constantFrom(...PLAIN).chain(({ type, params }) =>
  fc
    .tuple(
      ...params.map((node) => wordOf(node).filter((word) => /^[!-[\]-~]+$/.test(word) && !/^\d+[A-Za-z]/.test(word))),
    )
    .map((words) => ({
      type,
      line: `0 8 ${[type, ...words].join(' ')}`,
      fields: Object.fromEntries(params.map((node, index) => ['field' in node ? node.field : '', words[index]!])),
    })),
);

test('a plain row and the same in typed fields have the same payload, or both are refused', () => {
  let accepted = 0;
  fc.assert(
    fc.property(fieldsAndWords, fc.boolean(), ({ type, line, fields }, readOnly) => {
      const byWord = plan(line, readOnly);
      const targets = [{ type, length: 8, ...fields }];
      const byField = host.call('plan', pack({ v: 1, action: 'load', name: 'rows', readOnly, targets }));
      expect(byField.code === 0).toBe(byWord.code === 0);
      if (byWord.code !== 0) return true;
      accepted++;
      return Buffer.compare(byField.bytes, byWord.bytes) === 0;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(accepted).toBeGreaterThan(RUNS / 10);
});

import { describe, expect, test } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { VERITY } from './bad-requests.ts';
import type { Accepted } from './cases/case.ts';
import { type NumberPlace, numbersOf, partsIn, partsOf, pathOf, valueAt, withValue, wordsOf } from './declared.ts';
import { type Failure, Host, payloadOf, RULES, specsOf } from './harness.ts';
import { type Packable, pack } from './pack.ts';
import { type ReferenceTarget, referenceParams } from './reference-encoder.ts';
import { ACCEPTED, REFUSED } from './target-cases.ts';

const host = new Host();
const TABLE_LOAD = 9;
const NUMBERS = TARGETS.flatMap(numbersOf);

const targetOf = (type: string) => TARGETS.find((target) => target.type === type)!;

const needsReadOnly = (type: string) => TARGETS.find((target) => target.type === type)?.readOnly;

function request(type: string, table: object): object {
  return { v: 1, action: 'create', name: 'x', readOnly: needsReadOnly(type) || undefined, ...table };
}

const typed = (type: string, length: Packable, fields: object) =>
  request(type, { targets: [{ type, length, ...fields }] });
const raw = (type: string, length: Packable, params: Packable) =>
  request(type, { targets: [{ type, length, params }] });
const text = (type: string, length: Packable, params: string) =>
  request(type, { table: `0 ${String(length)} ${type} ${params}` });

const paramsOf = (request: object) => specsOf(payloadOf(host.steps(request), TABLE_LOAD))[0]!.params;

describe('typed fields, raw params and a row of text become the same bytes', () => {
  test.each(ACCEPTED)('$type: $what', ({ type, length, fields, params, text: row }) => {
    const plan = host.steps(typed(type, length, fields));
    expect(specsOf(payloadOf(plan, TABLE_LOAD))).toEqual([{ start: 0n, length: BigInt(length), type, params }]);
    expect(host.steps(raw(type, length, params))).toEqual(plan);
    expect(host.steps(raw(type, length, Buffer.from(params)))).toEqual(plan);
    expect(host.steps(text(type, length, row ?? params))).toEqual(plan);
  });
});

describe('typed fields, raw params and a row of text are refused alike', () => {
  test.each(REFUSED)('$type: $what is $name', ({ type, length, fields, params, name, path }) => {
    const failures: Failure[] = [
      typed(type, length, fields),
      raw(type, length, params),
      text(type, length, params),
    ].map((each) => host.failure('plan', each));
    expect(failures.map((failure) => [failure.name, failure.path])).toEqual([
      [name, `targets[0].${path}`],
      [name, `targets[0].${path}`],
      [name, `table[0].${path}`],
    ]);
    expect(new Set(failures.map(({ message }) => message)).size).toBe(1);
  });
});

describe('the cases cover the tables', () => {
  test.each(RULES)('$name has a case where it holds and one where it is broken', ({ name }) => {
    expect(ACCEPTED.filter(({ rule }) => rule === name)).not.toEqual([]);
    expect(REFUSED.filter((refused) => refused.name === name)).not.toEqual([]);
  });

  /** What a rule refuses whatever else there is. */
  const NEVER: Record<string, string> = { 'snapshot-merge persistence=transient': 'snapshot_merge_transient' };

  test.each(TARGETS)('every field, option and alternative of $type is given in some case', ({ type, params }) => {
    const given = new Set(ACCEPTED.filter((each) => each.type === type).flatMap(({ fields }) => partsIn(fields)));
    const missing = partsOf(params).filter((part) => !given.has(part));
    const never = Object.keys(NEVER).filter((part) => part.startsWith(`${type} `));
    expect(missing.map((part) => `${type} ${part}`)).toEqual(never);
    for (const part of never) expect(REFUSED.some(({ name }) => name === NEVER[part])).toBe(true);
  });

  test('no case claims a rule that does not exist', () => {
    const rules = new Set(RULES.map(({ name }) => name));
    expect(
      [...ACCEPTED.flatMap(({ rule }) => rule ?? []), ...REFUSED.map(({ name }) => name)].filter(
        (name) => !rules.has(name),
      ),
    ).toEqual([]);
  });
});

const isPlain = ({ fields, params }: Accepted): boolean =>
  !/[\\]|KiB/.test(`${JSON.stringify(fields, plain)}${params}`);
const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** The declaration's own words for the fields: a third way, which reads nothing of the engine. */
describe('the params of a case are what its declaration says', () => {
  test.each(ACCEPTED.filter(isPlain))('$type: $what', ({ type, fields, params }) => {
    expect(wordsOf(targetOf(type).params, fields).join(' ')).toBe(params);
  });
});

describe('every number of every target', () => {
  /** The target with one number replaced, as fields and as words; both have to fail alike. */
  const withNumber = ({ type, place }: NumberPlace, value: bigint): { name: string; path: string }[] => {
    const whole = ACCEPTED.find(
      (each) => each.type === type && isPlain(each) && isNumber(valueAt(each.fields, place)),
    )!;
    const fields = withValue(whole.fields, place, value);
    const words = wordsOf(targetOf(type).params, fields).join(' ');
    return [typed(type, whole.length, fields), raw(type, whole.length, words), text(type, whole.length, words)].map(
      (each) => {
        const { code } = host.call('plan', pack(each));
        if (code === 0) return { name: '', path: '' };
        const { name, path } = host.failure('plan', each);
        return { name, path: path.replace(/^(targets|table)\[0\]\./, '') };
      },
    );
  };
  const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';
  const RANGE = [
    'bad_number',
    'out_of_range',
    'number_too_large',
    'not_power_of_two',
    'not_multiple',
    'negative_number',
  ];
  const refused = ({ place }: NumberPlace, name: string) => Array(3).fill({ name, path: pathOf(place) });

  test('there are many', () => {
    expect(NUMBERS.length).toBeGreaterThan(100);
  });

  test.each(NUMBERS)('$type $place takes its smallest and its largest value, and not one more or less', (number) => {
    const { min, max, multipleOf, signed } = number.node;
    for (const value of [min, max - (max % BigInt(multipleOf))].concat(signed ? [-max] : [])) {
      for (const { name } of withNumber(number, value)) expect(RANGE).not.toContain(name);
    }
    const beyond = max + 1n < 2n ** 64n ? 'out_of_range' : 'number_too_large';
    if (beyond === 'out_of_range') expect(withNumber(number, max + 1n)).toEqual(refused(number, beyond));
    if (signed) expect(withNumber(number, -max - 1n)).toEqual(refused(number, beyond));
    if (min > 0n) expect(withNumber(number, min - 1n)).toEqual(refused(number, 'out_of_range'));
  });

  const isPower = (value: bigint): boolean => value > 0n && (value & (value - 1n)) === 0n;

  test.each(NUMBERS.filter(({ node }) => node.powerOfTwo))('$type $place is a power of two', (number) => {
    const { min, max } = number.node;
    const wrong = [min + 1n, max - 1n, min * 3n].filter((value) => value <= max && !isPower(value));
    expect(wrong.length).toBeGreaterThan(1);
    for (const value of wrong) expect(withNumber(number, value)).toEqual(refused(number, 'not_power_of_two'));
    for (const { name } of withNumber(number, min * 2n)) expect(RANGE).not.toContain(name);
  });

  test.each(NUMBERS.filter(({ node }) => node.multipleOf > 1))('$type $place is a multiple', (number) => {
    const { min, max, multipleOf } = number.node;
    for (const value of [min + 1n, max - 1n, min + BigInt(multipleOf) / 2n])
      expect(withNumber(number, value)).toEqual(refused(number, 'not_multiple'));
    for (const { name } of withNumber(number, min + BigInt(multipleOf))) expect(RANGE).not.toContain(name);
  });
});

describe('a device is one word to the kernel, whatever is in its path', () => {
  test.each([
    ['a blank', '/dev/a b', '/dev/a\\ b'],
    ['several blanks', '/a  b ', '/a\\ \\ b\\ '],
    ['a backslash', '/a\\b', '/a\\\\b'],
    ['a byte 0xA0', '/dev/à', '/dev/\u00c3\\\u00a0'],
    ['a no-break space', '/a\u00a0b', '/a\u00c2\\\u00a0b'],
    ['other UTF-8', '/dev/é', '/dev/\u00c3\u00a9'],
    ['shell characters', '/dev/$(x)"\'', '/dev/$(x)"\''],
  ])('%s', (_, device, word) => {
    expect(paramsOf(typed('linear', 8, { device, offset: 1 }))).toBe(`${word} 1`);
    expect(paramsOf(typed('striped', 8, { chunkSize: 8, stripes: [{ device, offset: 1 }] }))).toBe(`1 8 ${word} 1`);
    expect(paramsOf(typed('error', 8, { device, offset: 1 }))).toBe(`${word} 1`);
    expect(paramsOf(raw('linear', 8, Buffer.from(`${word} 1`, 'latin1')))).toBe(`${word} 1`);
  });

  test('at the longest, quoted in raw params as in a field', () => {
    const device = `/${'a'.repeat(4093)} `;
    expect(paramsOf(raw('linear', 8, `/${'a'.repeat(4093)}\\  0`))).toBe(
      paramsOf(typed('linear', 8, { device, offset: 0 })),
    );
  });
});

describe('one device under two spellings is one device', () => {
  test.each([
    ['/dev/a', String.raw`/dev/\a`],
    [String.raw`/dev/a\ b`, String.raw`/dev/a\ \b`],
    ['/dev/a', '/dev//a'],
    ['/dev/a', String.raw`/\/dev///a`],
    ['//dev/a', '/dev/a'],
  ])('%s and %s', (one, other) => {
    for (const [metadata, data] of [
      [one, other],
      [other, one],
    ]) {
      expect(host.failure('plan', raw('thin-pool', 8, `${metadata} ${data} 128 0`)).name).toBe('thin_pool_same_device');
    }
  });

  test.each([
    ['/dev/a', '/dev/ab'],
    ['/dev/a', '/dev/a/'],
    [String.raw`/dev/a\ b`, '/dev/ab'],
    [String.raw`/dev/\\a`, '/dev/a'],
    ['/dev/a', '/deva'],
  ])('%s and %s are two', (one, other) => {
    for (const [metadata, data] of [
      [one, other],
      [other, one],
    ]) {
      expect(paramsOf(raw('thin-pool', 8, `${metadata} ${data} 128 0`))).toBe(`${metadata} ${data} 128 0`);
    }
  });

  test('a backslash of a field, or of a row of text, quotes nothing', () => {
    const pool = { dataBlockSize: 128, lowWaterBlocks: 0 };
    const [plain, slashed] = ['/dev/a', String.raw`/dev/\a`];
    for (const each of [
      typed('thin-pool', 8, { ...pool, metadataDevice: plain, dataDevice: slashed }),
      text('thin-pool', 8, `${plain} ${slashed} 128 0`),
    ]) {
      expect(paramsOf(each)).toBe(String.raw`/dev/a /dev/\\a 128 0`);
    }
  });
});

describe('a count of nothing that may be left out is left out', () => {
  const WORDS = '7:0 7:1 7:2 8';
  const bytes = paramsOf(raw('clone', 8, WORDS));

  test.each([' 0', ' 0 0'])('clone … 8%s', (more) => {
    expect(paramsOf(raw('clone', 8, `${WORDS}${more}`))).toBe(bytes);
    expect(paramsOf(text('clone', 8, `${WORDS}${more}`))).toBe(bytes);
  });

  test('but not in front of one that counts', () => {
    const params = `${WORDS} 0 2 hydration_threshold 0`;
    expect(paramsOf(raw('clone', 8, params))).toBe(params);
    expect(paramsOf(raw('clone', 8, `${WORDS} 1 no_hydration 0`))).toBe(`${WORDS} 1 no_hydration`);
  });

  test('nor a number 0', () => {
    expect(paramsOf(raw('thin', 8, '7:0 0'))).toBe('7:0 0');
  });
});

describe('raw params of a target that the planner does not know', () => {
  test.each(['', 'a', 'a b  c', ' a', 'a\\ b', 'a\\\\', '/dev/é'])('%j stay as they are', (params) => {
    expect(Buffer.from(paramsOf(raw('unheard-of', 8, params)), 'latin1').toString()).toBe(params);
  });

  test('may be bytes that are no text', () => {
    expect(paramsOf(raw('unheard-of', 8, Buffer.from([0xff, 0x5c, 0xa0])))).toBe('\u00ff\\\u00a0');
  });
});

/** Verity with every number that it has. */
const WHOLE: ReferenceTarget = {
  ...VERITY,
  type: 'verity',
  fecDevice: '/dev/sdc',
  fecStartBlock: 0,
  fecBlocks: 8,
  fecRoots: 2,
};

describe("verity's options", () => {
  const { type: _type, length: _length, ...whole } = VERITY;
  const base = referenceParams(WHOLE).toString().split(' ').slice(0, 10).join(' ');
  const words = (...options: string[]) =>
    raw('verity', 64, `${base} ${options.join(' ').split(' ').length} ${options.join(' ')}`);
  const OPTIONS = [
    'restart_on_corruption',
    'panic_on_error',
    'ignore_zero_blocks',
    'check_at_most_once',
    'try_verify_in_tasklet',
    'use_fec_from_device /dev/sdc',
    'fec_start 0',
    'fec_blocks 8',
    'fec_roots 2',
    'root_hash_sig_key_desc key',
  ];
  const fields = {
    onCorruption: 'restart',
    onError: 'panic',
    ignoreZeroBlocks: true,
    checkAtMostOnce: true,
    tryVerifyInTasklet: true,
    fecDevice: '/dev/sdc',
    fecStartBlock: 0,
    fecBlocks: 8,
    fecRoots: 2,
    rootHashSignatureKey: 'key',
  };
  const canonical = host.steps(typed('verity', 64, { ...whole, ...fields }));

  test('come in any order and are written in one', () => {
    expect(paramsOf(words(...OPTIONS))).toBe(`${base} 15 ${OPTIONS.join(' ')}`);
    for (let turn = 0; turn < OPTIONS.length; turn++) {
      const turned = [...OPTIONS.slice(turn), ...OPTIONS.slice(0, turn)];
      expect(host.steps(words(...turned))).toEqual(canonical);
      expect(host.steps(words(...turned.toReversed()))).toEqual(canonical);
    }
    const reversed = Object.fromEntries(Object.entries(fields).toReversed());
    expect(host.steps(typed('verity', 64, { ...reversed, ...whole }))).toEqual(canonical);
  });

  test('are read in any letter case, their values as they stand', () => {
    const capitals = OPTIONS.map((option) => option.replace(/^\w+/, (word) => word.toUpperCase()));
    expect(host.steps(words(...capitals))).toEqual(canonical);
    expect(paramsOf(words('Root_Hash_Sig_Key_Desc KEY'))).toBe(`${base} 2 root_hash_sig_key_desc KEY`);
  });

  test('leave no count when there are none', () => {
    expect(paramsOf(raw('verity', 64, `${base} 0`))).toBe(base);
    expect(paramsOf(raw('verity', 64, base))).toBe(base);
    expect(paramsOf(typed('verity', 64, { ...whole, ignoreZeroBlocks: false }))).toBe(base);
  });

  test.each([
    ['ignore', 'ignore_corruption'],
    ['restart', 'restart_on_corruption'],
    ['panic', 'panic_on_corruption'],
  ])('onCorruption: %s is %s', (onCorruption, word) => {
    expect(paramsOf(typed('verity', 64, { ...whole, onCorruption }))).toBe(`${base} 1 ${word}`);
    for (const other of ['ignore_corruption', 'restart_on_corruption', 'panic_on_corruption']) {
      expect(host.failure('plan', words(word, other)).name).toBe('option_repeated');
    }
  });

  test.each([
    ['restart', 'restart_on_error'],
    ['panic', 'panic_on_error'],
  ])('onError: %s is %s', (onError, word) => {
    expect(paramsOf(typed('verity', 64, { ...whole, onError }))).toBe(`${base} 1 ${word}`);
  });
});

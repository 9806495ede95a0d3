/** What every target's words and fields have in common, tried on every accepted case. */
import { describe, expect, test } from 'vitest';
import type { Node, Option } from '../../../assembly/tables/notation.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import type { Accepted } from './cases/case.ts';
import {
  type Fields,
  optionsOf,
  pathOf,
  type ValuePlace,
  valueAt,
  valuesOf,
  type Writing,
  withValue,
  wordsOf,
} from './declared.ts';
import { Host, payloadOf, specsOf } from './harness.ts';
import { type Packable, pack } from './pack.ts';
import { ACCEPTED } from './target-cases.ts';

const host = new Host();
const TABLE_LOAD = 9;
const targetOf = (type: string) => TARGETS.find((target) => target.type === type)!;

function request(type: string, table: object): object {
  return { v: 1, action: 'create', name: 'x', readOnly: targetOf(type).readOnly, ...table };
}

const typed = (type: string, length: Packable, fields: object) =>
  request(type, { targets: [{ type, length, ...fields }] });
const raw = (type: string, length: Packable, params: string) => request(type, { targets: [{ type, length, params }] });
const text = (type: string, length: Packable, params: string) =>
  request(type, { table: `0 ${String(length)} ${type} ${params}` });

/** The plan's bytes, as text that compares fast. */
const planned = (each: object): string => {
  const { code, bytes } = host.call('plan', pack(each));
  if (code !== 0) throw new Error(`refused: ${host.failure('plan', each).message}`);
  return Buffer.from(bytes).toString('latin1');
};
const isAccepted = (each: object): boolean => host.call('plan', pack(each)).code === 0;
const failure = (each: object) => {
  const { name, path } = host.failure('plan', each);
  return `${name} ${path.replace(/^(targets|table)\[0\]\.?/, '')}`;
};

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
/** Cases whose words are the declared ones: no quoting, no units, one spelling of nothing. */
const CASES = ACCEPTED.filter(
  ({ type, fields, params }) =>
    !/\\|KiB|false/.test(JSON.stringify(fields, plain)) && wordsOf(targetOf(type).params, fields).join(' ') === params,
);

test('nearly every case is among them', () => {
  expect(CASES.length).toBeGreaterThan(ACCEPTED.length - 12);
  expect(new Set(CASES.map(({ type }) => type)).size).toBe(TARGETS.length);
});

const written = ({ type, fields }: Accepted, writing: Writing) =>
  wordsOf(targetOf(type).params, fields, writing).join(' ');
const isOption = (options: readonly Option[], fields: Fields) =>
  options.filter(({ field }) => fields[field] !== undefined);
const WITH_OPTIONS = CASES.filter(({ type, fields }) => isOption(optionsOf(targetOf(type).params), fields).length > 0);

describe('options', () => {
  test.each(WITH_OPTIONS)('of $type in any order and letter case, written in one: $what', (each) => {
    const { type, length } = each;
    const canonical = planned(raw(type, length, each.params));
    const capital = (word: string): string => word.toUpperCase();
    const mixed = (word: string): string => word.replace(/^./, capital);
    for (let turn = 0; turn < 12; turn++) {
      const order = (options: string[][]): string[][] => {
        const turned = [...options.slice(turn % options.length), ...options.slice(0, turn % options.length)];
        return turn % 2 === 0 ? turned : turned.toReversed();
      };
      for (const spelled of [capital, mixed, String]) {
        const params = written(each, { order, spelled });
        expect(planned(raw(type, length, params))).toBe(canonical);
        expect(planned(text(type, length, params))).toBe(canonical);
      }
    }
    const reversed = Object.fromEntries(Object.entries(each.fields).toReversed());
    expect(planned(typed(type, length, reversed))).toBe(canonical);
  });

  test.each(WITH_OPTIONS)('of $type twice: $what', (each) => {
    const { type, length, fields } = each;
    for (const option of isOption(optionsOf(targetOf(type).params), fields)) {
      if (option.kind === 'keyed' && option.repeated) continue;
      const own = wordsOf([{ kind: 'set', of: [option] }], fields);
      const hasIt = (options: string[][]): boolean => options.some((words) => words.join() === own.join());
      const params = written(each, { order: (options) => (hasIt(options) ? [...options, own] : options) });
      expect([option.field, failure(raw(type, length, params))]).toEqual([option.field, 'option_repeated params']);
      expect(failure(text(type, length, params))).toBe('option_repeated params');
    }
  });

  const CHOICES = TARGETS.flatMap(({ type, params }) =>
    optionsOf(params).flatMap((option) => (option.kind === 'choice' ? [{ type, option }] : [])),
  );

  test.each(CHOICES)('of $type that exclude each other', ({ type, option }) => {
    const words = Object.values(option.words);
    const base = CASES.find((each) => each.type === type && each.fields[option.field] !== undefined)!;
    for (const one of words) {
      for (const other of words) {
        const params = written(base, {
          order: (options) => [...options.filter(([word]) => !words.includes(word!)), [one], [other]],
        });
        expect(failure(raw(type, base.length, params))).toBe('option_repeated params');
        expect(failure(text(type, base.length, params))).toBe('option_repeated params');
      }
    }
    expect(failure(typed(type, base.length, { ...base.fields, [option.field]: 'no such word' }))).toBe(
      `unknown_choice ${option.field}`,
    );
  });

  test.each(WITH_OPTIONS)('of $type that do not exist: $what', (each) => {
    const { type, length, fields } = each;
    const params = written(each, { order: (options) => [['no_such_option', '1'], ...options] });
    expect(failure(raw(type, length, params))).toBe('unknown_option params');
    expect(failure(text(type, length, params))).toBe('unknown_option params');
    expect(failure(typed(type, length, { ...fields, noSuchOption: true }))).toBe('unknown_field noSuchOption');
  });

  const NEWER = TARGETS.flatMap(({ type, params }) =>
    optionsOf(params).flatMap((option) =>
      option.since ? [{ type, option, field: option.field, since: option.since }] : [],
    ),
  );

  test.each(NEWER)('$field of $type came with $since', ({ type, field, since: [major, minor, patch] }) => {
    const older = patch > 0 ? [major, minor, patch - 1] : minor > 0 ? [major, minor - 1, 255] : [major - 1, 255, 255];
    const base = CASES.find((each) => each.type === type && each.fields[field] !== undefined)!;
    const option = optionsOf(targetOf(type).params).filter((each) => each.field === field);
    const words = wordsOf(targetOf(type).params, base.fields);
    const own = wordsOf([{ kind: 'set', of: option }], base.fields);
    expect(words.join(' ')).toContain(own.join(' '));
    for (const each of [
      typed(type, base.length, base.fields),
      raw(type, base.length, base.params),
      text(type, base.length, base.params),
    ]) {
      const newest = { ...each, versions: { [type]: [255, 255, 255] } };
      expect(host.steps(newest)).toEqual(host.steps(each));
      const { name, message } = host.failure('plan', { ...each, versions: { [type]: older } });
      expect(name).toBe('option_too_new');
      expect(message).toMatch(/came with version \d+\.\d+\.\d+ of the target/);
      expect(isAccepted({ ...each, versions: { other: [0, 0, 0] } })).toBe(true);
    }
  });

  test('are refused by their own version and no other: verity at every version', () => {
    const { length, fields } = CASES.find(({ what }) => what === 'every option')!;
    const since = { onError: 10, tryVerifyInTasklet: 9, rootHashSignatureKey: 5, checkAtMostOnce: 4, fecRoots: 3 };
    for (const [field, version] of Object.entries(since)) {
      const alone = {
        ...Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in since) && !name.startsWith('fec'))),
      };
      const options =
        field === 'fecRoots'
          ? { fecDevice: '7:9', fecStartBlock: 0, fecBlocks: 8, fecRoots: 2 }
          : { [field]: fields[field] };
      const each = typed('verity', length, { ...alone, ...options });
      expect(isAccepted({ ...each, versions: { verity: [1, version, 0] } })).toBe(true);
      expect(failure({ ...each, versions: { verity: [1, version - 1, 255] } })).toMatch(/^option_too_new/);
    }
  });
});

describe('one of several words that the kernel reads in any letter case', () => {
  const ANY_CASE = TARGETS.flatMap((target) =>
    valuesOf(target).flatMap(({ node, place }) =>
      node.kind === 'oneOf' && node.ignoreCase ? [{ type: target.type, node, place }] : [],
    ),
  );

  test('is there', () => {
    expect(ANY_CASE.length).toBeGreaterThan(1);
  });

  test.each(ANY_CASE)('$type $place is written in one', ({ type, node, place }) => {
    for (const each of CASES.filter((some) => some.type === type && valueAt(some.fields, place) !== undefined)) {
      const name = String(valueAt(each.fields, place));
      const word = node.words[name]!;
      const canonical = planned(raw(type, each.length, each.params));
      const other = word === word.toUpperCase() ? word.toLowerCase() : word.toUpperCase();
      const params = each.params.replace(new RegExp(`(?<=^|[ :])${word}(?= |$)`), other);
      expect(params).not.toBe(each.params);
      expect(planned(raw(type, each.length, params))).toBe(canonical);
      expect(planned(text(type, each.length, params))).toBe(canonical);
      expect(planned(typed(type, each.length, withValue(each.fields, place, name.toUpperCase())))).toBe(canonical);
    }
  });
});

/** Whether a group of options that counts its words is the last there is. */
const endsInCount = (nodes: readonly Node[]): boolean => {
  const last = nodes.at(-1);
  return last?.kind === 'counted' || (last?.kind === 'optional' && endsInCount(last.of));
};

describe('the count of words', () => {
  const COUNTED = WITH_OPTIONS.filter(
    ({ type }) => type !== 'vdo' && type !== 'raid' && type !== 'multipath' && type !== 'cache' && type !== 'clone',
  );

  test.each(COUNTED)('in front of the options of $type is theirs: $what', (each) => {
    const { type, length } = each;
    const more = written(each, { counted: (words) => words + 1 });
    const less = written(each, { counted: (words) => words - 1 });
    if (!endsInCount(targetOf(type).params) || type === 'mirror') {
      for (const params of [more, less]) expect(isAccepted(raw(type, length, params))).toBe(false);
      return;
    }
    expect(failure(raw(type, length, more))).toBe('option_count params');
    expect(failure(text(type, length, more))).toBe('option_count params');
    expect(failure(raw(type, length, less))).toMatch(/^(option_count|missing_word) params$/);
    expect(failure(text(type, length, less))).toMatch(/^(option_count|missing_word) params$/);
  });

  test.each(WITH_OPTIONS.filter(({ type }) => type !== 'vdo'))('of $type is no other number either: $what', (each) => {
    for (const change of [-1, 1, 2, 100]) {
      const params = written(each, { counted: (words) => Math.max(0, words + change) });
      expect([params, isAccepted(raw(each.type, each.length, params))]).toEqual([params, false]);
    }
  });
});

describe('words that are missing or too many', () => {
  test.each(CASES)(
    '$type, $what: without its last words it is refused, or means no more than it says',
    ({ type, length, params }) => {
      const words = params === '' ? [] : params.split(' ');
      for (let kept = 0; kept < words.length; kept++) {
        const some = words.slice(0, kept).join(' ');
        for (const each of [raw(type, length, some), text(type, length, some)]) {
          const { code } = host.call('plan', pack(each));
          if (code !== 0) continue;
          // a count of nothing may be left out
          expect([some, some.replace(/ 0$/, '')]).toContain(
            specsOf(payloadOf(host.steps(each), TABLE_LOAD))[0]!.params,
          );
        }
      }
    },
  );

  test.each(CASES)('$type, $what: with one more it is refused', ({ type, length, params }) => {
    for (const extra of ['x', '0', '1 x']) {
      for (const each of [raw(type, length, `${params} ${extra}`), text(type, length, `${params} ${extra}`)]) {
        if (extra === '0' && params !== '' && isAccepted(each)) {
          // no options, said with a number of them
          expect(specsOf(payloadOf(host.steps(each), TABLE_LOAD))[0]!.params).toMatch(
            new RegExp(`^${escaped(params)}( 0)?$`),
          );
          continue;
        }
        expect(failure(each)).toMatch(
          /^(extra_word|option_count|unknown_option|missing_word|bad_number|bad_device|pair_without_value|out_of_range|not_power_of_two) /,
        );
      }
    }
  });
});

function escaped(words: string): string {
  return words.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

describe('every value', () => {
  const VALUES = TARGETS.flatMap(valuesOf).filter(
    ({ node }) => node.kind !== 'number' && node.kind !== 'boolean' && !(node.kind === 'oneOf' && node.silent),
  );
  const caseWith = ({ type, place }: ValuePlace) =>
    CASES.find((each) => each.type === type && typeof valueAt(each.fields, place) === 'string')!;
  const WRONG: Record<string, [value: string, name: string][]> = {
    device: [
      ['sda', 'bad_device'],
      ['4096:0', 'bad_device'],
      ['7:00', 'bad_device'],
      ['7', 'bad_device'],
      [`/${'a'.repeat(4095)}`, 'device_too_long'],
    ],
    oneOf: [['nope', 'unknown_choice']],
    hex: [
      ['xy', 'bad_hex'],
      ['abc', 'odd_hex'],
    ],
    key: [
      ['xy', 'bad_hex'],
      ['abc', 'odd_hex'],
      [':32:logon', 'bad_key'],
      [':x:logon:d', 'bad_key'],
      [':032:logon:d', 'bad_key'],
      ['::logon:d', 'bad_key'],
      [':32::d', 'bad_key'],
      [':32:logon:', 'bad_key'],
    ],
    word: [['a\\b', 'value_character']],
  };

  test.each(VALUES)('$type $place is refused when it is none, in fields and in words alike', (each) => {
    const { type, node, place } = each;
    const { length, fields } = caseWith(each);
    for (const [value, name] of WRONG[node.kind]!) {
      const wrong = withValue(fields, place, value);
      const params = wordsOf(targetOf(type).params, wrong).join(' ');
      expect([value, failure(typed(type, length, wrong))]).toEqual([value, `${name} ${pathOf(place)}`]);
      expect([value, failure(raw(type, length, params.replaceAll('\\', '\\\\')))]).toEqual([
        value,
        `${name} ${pathOf(place)}`,
      ]);
      expect([value, failure(text(type, length, params))]).toEqual([value, `${name} ${pathOf(place)}`]);
    }
  });

  test.each(TARGETS.flatMap(valuesOf))('$type $place is refused in another kind', (each) => {
    const { type, node, place } = each;
    const { length, fields } = CASES.find((one) => one.type === type && valueAt(one.fields, place) !== undefined)!;
    const isBoolean = node.kind === 'boolean';
    const wrong: unknown[] = [null, new Uint8Array([1]), isBoolean ? 'true' : true];
    if (node.kind !== 'number') wrong.push(7);
    // deeper than this nothing is read
    if (place.length < 6) wrong.push([], {});
    for (const value of wrong)
      expect(failure(typed(type, length, withValue(fields, place, value)))).toBe(`wrong_type ${pathOf(place)}`);
    if (node.kind !== 'number' && !isBoolean && !('mayBeEmpty' in node && node.mayBeEmpty)) {
      expect(failure(typed(type, length, withValue(fields, place, '')))).toMatch(/^(empty_value|unknown_choice) /);
    }
  });

  const SECTORS = TARGETS.flatMap(valuesOf).filter(({ node }) => node.kind === 'number' && node.sectors);

  test.each(SECTORS)('$type $place counts sectors, and is taken with a unit', ({ type, place }) => {
    const { length, fields } = CASES.find((one) => one.type === type && valueAt(one.fields, place) !== undefined)!;
    const value = BigInt(valueAt(fields, place) as bigint);
    const canonical = planned(typed(type, length, fields));
    for (const said of [`${value}s`, `${value * 512n}B`, ...(value % 2n === 0n ? [`${value / 2n}KiB`] : [])]) {
      if (value * 512n >= 2n ** 64n && !said.endsWith('s')) continue;
      expect(planned(typed(type, length, withValue(fields, place, said)))).toBe(canonical);
    }
  });

  const REQUIRED = TARGETS.flatMap(({ type, params }) =>
    params.flatMap((node) =>
      'field' in node &&
      node.kind !== 'each' &&
      node.kind !== 'pairs' &&
      node.kind !== 'when' &&
      !('mayBeEmpty' in node && node.mayBeEmpty) &&
      !('usual' in node && node.usual)
        ? [{ type, field: node.field }]
        : [],
    ),
  );

  test.each(REQUIRED)('$field of $type is required', ({ type, field }) => {
    const { length, fields } = CASES.find((each) => each.type === type)!;
    expect(failure(typed(type, length, { ...fields, [field]: undefined }))).toBe(`missing_field ${field}`);
  });
});

describe('lists', () => {
  const LISTS = TARGETS.flatMap(({ type, params }) =>
    params.flatMap((node) => (node.kind === 'count' ? [{ type, node, field: node.list }] : [])),
  );

  test.each(LISTS)('$field of $type have at least so many and at most so many', ({ type, node, field }) => {
    const { length, fields } = CASES.find((each) => each.type === type && Array.isArray(each.fields[field]))!;
    const [element] = fields[field] as unknown[];
    const withMany = (count: number) => {
      const many = { ...fields, [field]: Array(count).fill(element) };
      const params = wordsOf(targetOf(type).params, many).join(' ');
      return [typed(type, length, many), raw(type, length, params), text(type, length, params)];
    };
    const { min, max } = node;
    if (min > 0n) for (const each of withMany(Number(min) - 1)) expect(failure(each)).toBe(`list_too_short ${field}`);
    for (const each of withMany(Number(min))) expect(String(isAccepted(each) || failure(each))).not.toMatch(/list/);
    if (max > 2000n) return;
    for (const each of withMany(Number(max))) expect(String(isAccepted(each) || failure(each))).not.toMatch(/list/);
    for (const each of withMany(Number(max) + 1)) expect(failure(each)).toBe(`list_too_long ${field}`);
  });

  test('that are counted by a field have as many', () => {
    const path = { device: '7:0', arguments: ['1'] };
    const group = { selector: 'round-robin', selectorArguments: [], pathArguments: 2, paths: [path] };
    expect(host.failure('plan', typed('multipath', 8, { initialGroup: 1, groups: [group] }))).toMatchObject({
      name: 'list_size',
      path: 'targets[0].groups[0].paths[0].arguments',
      message: 'the list "arguments" has 1 elements, but 2 are announced',
    });
  });

  test('of pairs have every key once', () => {
    const cache = '7:0 7:1 7:2 128 0 smq';
    expect(failure(raw('cache', 8, `${cache} 4 a 1 a 2`))).toBe('option_repeated policyOptions');
    expect(failure(raw('cache', 8, `${cache} 3 a 1 b`))).toBe('pair_without_value policyOptions');
    const many = (count: number) => Array.from({ length: count }, (_, i) => `k${i} ${i}`).join(' ');
    expect(isAccepted(raw('cache', 8, `${cache} 1024 ${many(512)}`))).toBe(true);
    expect(failure(raw('cache', 8, `${cache} 1026 ${many(513)}`))).toBe('list_too_long policyOptions');
  });
});

test('a part of a joined word ends at its colon', () => {
  const integrity = { device: '7:0', offset: 0, tagSize: 4, mode: 'journal' };
  const hashed = (internalHash: object) => typed('integrity', 8, { ...integrity, internalHash });
  expect(failure(hashed({ algorithm: 'hmac(sha256):00ff' }))).toBe('value_character internalHash.algorithm');
  expect(failure(hashed({ algorithm: 'crc32c', key: ':32:logon:d' }))).toBe('bad_key internalHash.key');
  expect(host.steps(hashed({ algorithm: 'crc32c', key: '' }))).toEqual(host.steps(hashed({ algorithm: 'crc32c' })));
  expect(failure(hashed({ algorithm: 'crc32c', key: '-' }))).toBe('bad_hex internalHash.key');
  expect(failure(raw('integrity', 8, '7:0 0 4 J 1 internal_hash:crc32c:-'))).toBe('bad_hex internalHash.key');
  expect(failure(raw('integrity', 8, '7:0 0 4 J 1 internal_hash:hmac(sha256):00ff:11'))).toBe(
    'bad_hex internalHash.key',
  );
});

describe('a table line of vdo', () => {
  const V2 = '7:0 524288 4096 32768 16380 on auto vdo1';
  const V1 = '7:0 524288 4096 disabled 0 32768 16380 on auto vdo1';
  const newest = { storageDevice: '7:0', logicalBlockSize: 4096, blockMapCacheBlocks: 32768, blockMapEraLength: 16380 };

  test.each([
    ['a version that there is not', `V5 ${V2}`, 'bad_device storageDevice'],
    ['the oldest version by its name', `V0 ${V1} .`, 'bad_device storageDevice'],
    ['no words', '', 'missing_word storageDevice'],
    ['no threads', `V1 ${V1}`, 'missing_word params'],
    ['threads without a number', `V1 ${V1} ack`, 'pair_without_value params'],
    ['two numbers of threads', `V1 ${V1} ack=1=2`, 'pair_without_value params'],
    ['threads parted by equals signs', `V1 ${V1} ack,1=bio,4`, 'pair_without_value params'],
    ['threads with a comma at the end', `V1 ${V1} ack=1,`, 'pair_without_value params'],
    ['threads of no kind', `V1 ${V1} =1`, 'unknown_option params'],
    ['threads twice', `V1 ${V1} ack=1,ack=2`, 'option_repeated params'],
    ['threads as words', `V1 ${V1} ack 1`, 'pair_without_value params'],
    ['too many threads', `V1 ${V1} ack=101`, 'out_of_range ackThreads'],
    ['threads in one word', `V2 ${V2} ack=1`, 'unknown_option params'],
    ['one word more', `V1 ${V1} ack=1 x`, 'extra_word params'],
  ])('with %s is refused', (_, params, wanted) => {
    const [name, path] = wanted.split(' ');
    expect(failure(raw('vdo', 8, params))).toMatch(new RegExp(`^${name} ${path}`));
  });

  test('has the words of its version alone', () => {
    const fields = (more: object) => failure(typed('vdo', 8, { ...newest, ...more }));
    expect(fields({})).toBe('missing_field physicalBlocks');
    expect(fields({ version: 'V5', physicalBlocks: 1 })).toBe('unknown_choice version');
    expect(fields({ version: 'V4', physicalBlocks: 1, poolName: 'x' })).toBe('field_without poolName');
    expect(fields({ physicalBlocks: 1, readCacheSize: '0' })).toBe('field_without readCacheSize');
    expect(fields({ version: 'V0', physicalBlocks: 1 })).toBe('field_without physicalBlocks');
    expect(host.steps(typed('vdo', 8, { ...newest, version: 'V4', physicalBlocks: 1 }))).toEqual(
      host.steps(typed('vdo', 8, { ...newest, physicalBlocks: 1 })),
    );
  });
});

test("a log's device is for a log on a device alone", () => {
  const mirror = {
    log: 'core',
    logDevice: '7:9',
    regionSize: 128,
    mirrors: [
      { device: '7:0', offset: 0 },
      { device: '7:1', offset: 0 },
    ],
  };
  expect(host.failure('plan', typed('mirror', 128, mirror))).toMatchObject({
    name: 'field_without',
    path: 'targets[0].logDevice',
  });
});

test('a pool cannot be loaded read-only', () => {
  const pool = raw('thin-pool', 8, '7:0 7:1 128 0');
  expect(host.failure('plan', { ...pool, readOnly: true })).toMatchObject({
    name: 'read_only_refused',
    path: 'readOnly',
  });
});

describe('the only target of its table', () => {
  test.each(TARGETS.filter(({ singleton }) => singleton))('is $type', ({ type }) => {
    const { length, fields } = CASES.find((each) => each.type === type)!;
    const zero = { type: 'zero', length: 8 };
    for (const targets of [
      [{ type, length, ...fields }, zero],
      [zero, { type, length, ...fields }],
    ]) {
      expect(host.failure('plan', request(type, { targets }))).toMatchObject({
        name: 'singleton',
        path: `targets[${targets.indexOf(zero) === 0 ? 1 : 0}].type`,
      });
    }
  });

  test.each(TARGETS.filter(({ singleton, readOnly }) => !singleton && !readOnly))('is not $type', ({ type }) => {
    const { length, fields } = CASES.find((each) => each.type === type)!;
    expect(
      host.steps(
        request(type, {
          targets: [
            { type, length, ...fields },
            { type: 'zero', length: 8 },
          ],
        }),
      ),
    ).toHaveLength(3);
  });
});

describe('the example of the declaration', () => {
  test.each(TARGETS)('of $type is a table', ({ type, example, readOnly }) => {
    expect(host.steps({ v: 1, action: 'create', name: 'x', table: example, readOnly })).toHaveLength(3);
    expect(example.split(' ')[2]).toBe(type);
  });
});

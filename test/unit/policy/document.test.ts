/** The document of a policy is closed: what does not belong is named by its place. */
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../../src/policy/checks.ts';
import { DIGEST, read, SAMPLE } from './sample.ts';

/** The sample with one value changed; undefined takes it away. */
function changed(place: string, value: unknown): unknown {
  const document = structuredClone(SAMPLE) as never;
  const keys = place.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop()!;
  const inside = keys.reduce<Record<string, unknown>>((at, key) => at[key] as never, document);
  if (value === undefined) delete inside[last];
  else inside[last] = value;
  return document;
}

function misfitOf(document: unknown): Misfit {
  try {
    read(document);
  } catch (error) {
    expect(error).toBeInstanceOf(Misfit);
    return error as Misfit;
  }
  return expect.unreachable('the document was taken');
}

test('a document with every key is taken as it is', () => {
  expect(read(SAMPLE)).toEqual(SAMPLE);
});

test('every key but four may be missing', () => {
  expect(read({ policy: 1, uuidPrefix: 'A', clients: [], rules: {} })).toMatchObject({ policy: 1 });
  expect(read(changed('rules.images', { commands: [] }))).toBeDefined();
  for (const key of ['policy', 'uuidPrefix', 'clients', 'rules'])
    expect(misfitOf(changed(key, undefined))).toMatchObject({ place: key, message: `${key} is missing` });
  expect(misfitOf(changed('rules.look.commands', undefined)).place).toBe('rules.look.commands');
  expect(misfitOf(changed('clients[1].rules', undefined)).place).toBe('clients[1].rules');
});

const IMAGES = 'rules.images';

test.each<[place: string, wrong: unknown[]]>([
  ['policy', [2, '1', true, null]],
  ['uuidPrefix', ['', 7, null, 'a b', 'a/b', 'ü', 'A'.repeat(65)]],
  ['clients', [{}, 'x', null]],
  ['clients[0]', [[], 'x', null]],
  ['clients[0].uid', [-1, 1.5, 2 ** 32, '990', null]],
  ['clients[0].rules', ['look', {}, null]],
  ['clients[0].rules[1]', [7, 'nothing', 'toString', '__proto__']],
  ['clients[1].stdio', [false, 1, null]],
  ['limits', [[], 7, null]],
  ['limits.devices', [-1, 0.5, '64', 2 ** 53, null]],
  ['limits.createsPerMinute', [-1]],
  ['limits.targets', ['x']],
  ['limits.sectors', [1e300]],
  ['backing', [[], 7]],
  ['backing.images', [{}, 'loop']],
  ['backing.images[0]', [[], null]],
  ['backing.images[0].loop', [false]],
  ['backing.images[0].readOnly', ['yes', 1]],
  ['backing.data[0].device', ['7', '07:1', '7:01', '7:1 ', 'sda', 7, '12345:0', '1:12345678']],
  ['backing.data[0].diskseq', [-1, '12']],
  ['backing.data[2].path', ['dev/sda', '', 7, '/dev/\0']],
  ['backing.stacked[0].own', [false]],
  ['rules', [[], null]],
  ['rules.look', [[], 7, null]],
  ['rules.look.commands', ['VERSION', null]],
  ['rules.look.commands[0]', ['version', 'DM_VERSION', '', 0, 'toString', 'REMOVE_ALL', 'DEV_WAIT', 'DEV_ARM_POLL']],
  [`${IMAGES}.namePrefix`, ['', 7, 'a/b']],
  [`${IMAGES}.uuidPrefix`, ['', 7, 'OTHER-', 'DMPLAN', 'dmplan-img']],
  [`${IMAGES}.readOnly`, [1, null]],
  [`${IMAGES}.deferred`, ['no']],
  [`${IMAGES}.messages`, ['trim']],
  [`${IMAGES}.messages[0]`, ['', 'a b', 'a\\b', 'ü', 7]],
  [`${IMAGES}.targets`, [['zero'], null]],
  [`${IMAGES}.targets.zero`, [true, null, []]],
  [`${IMAGES}.targets.zero.rootDigests`, [[DIGEST]]],
  [`${IMAGES}.targets.zero.options`, [['x']]],
  [`${IMAGES}.targets.verity.backing`, ['images']],
  [`${IMAGES}.targets.verity.backing[0]`, ['nothing', 7, 'toString']],
  [`${IMAGES}.targets.verity.rootDigests`, [DIGEST]],
  [`${IMAGES}.targets.verity.rootDigests[0]`, [DIGEST.toUpperCase(), 'abc', '', 'xy', 7]],
  [`${IMAGES}.targets.verity.options`, ['x']],
  [`${IMAGES}.targets.verity.options[0]`, ['Ignore_Zero_Blocks', '', 'a b', 7]],
])('what is wrong with %s is named by that place', (place, wrong) => {
  for (const value of wrong) {
    const misfit = misfitOf(changed(place, value));
    expect(misfit.place, JSON.stringify(value)).toBe(place);
    expect(misfit.message).toMatch(/^[^ ]+ (is|names|does not begin) .{3}/);
    expect(misfit.message.startsWith(`${place} `)).toBe(true);
  }
});

test.each([
  'more',
  'clients[0].more',
  'limits.device',
  'backing.data[1].more',
  'rules.look.command',
  'rules.look.reload',
  'rules.images.targets.verity.digests',
])('a key that is not known is named: %s', (place) => {
  expect(misfitOf(changed(place, 1))).toMatchObject({ place, message: `${place} is not a key here` });
});

test.each(['rules.a b', 'rules.', 'backing.-x', 'rules.images.targets.ü', `rules.${'x'.repeat(65)}`])(
  'a name that is none is named: %s',
  (place) => {
    const [at, key] = [place.slice(0, place.lastIndexOf('.')), place.slice(place.lastIndexOf('.') + 1)];
    const value = at === 'backing' ? [] : at === 'rules' ? { commands: [] } : {};
    expect(misfitOf(changed(at, { [key]: value })).place).toBe(place);
  },
);

test('a key of JavaScript’s own is a key like others', () => {
  const json = JSON.stringify(SAMPLE);
  expect(misfitOf(json.replace('"policy"', '"__proto__":{"rules":1},"policy"')).place).toBe('__proto__');
  expect(misfitOf(json.replace('"look":', '"__proto__":')).place).toBe('rules.__proto__');
  expect(misfitOf(changed('rules.look.constructor', 1)).place).toBe('rules.look.constructor');
});

test.each<[string, unknown, string]>([
  ['a client that is two', changed('clients[0].stdio', true), 'clients[0]'],
  ['a client that is none', changed('clients[0].uid', undefined), 'clients[0]'],
  ['an entry that is two', changed('backing.stacked[0].loop', true), 'backing.stacked[0]'],
  ['an entry that is none', changed('backing.images[0].loop', undefined), 'backing.images[0]'],
  ['the sequence number of a path', changed('backing.data[2].diskseq', 1), 'backing.data[2].diskseq'],
  ['the sequence number of anything', changed('backing.stacked[0].diskseq', 1), 'backing.stacked[0].diskseq'],
  ['entries without end', changed('backing.data', Array(257).fill({ own: true })), 'backing'],
])('%s is named', (_, document, place) => {
  expect(misfitOf(document).place).toBe(place);
});

test('REMOVE_ALL is refused with that said', () => {
  const { message } = misfitOf(changed('rules.look.commands[2]', 'REMOVE_ALL'));
  expect(message).toBe('rules.look.commands[2] is REMOVE_ALL, which no executor forwards');
});

describe('of a text', () => {
  test('that is not JSON the line and the column are named', () => {
    expect(misfitOf('{\n  "policy": 1,\n  oops }').message).toMatch(/^the document is not JSON: line 3, column 3: /);
    expect(misfitOf('{ "policy": ').message).toMatch(/^the document is not JSON: line 1, column 1[23]: /);
    expect(misfitOf('').place).toBe('');
  });

  test('with one key twice, however it is written, the key is named', () => {
    const json = JSON.stringify(SAMPLE);
    expect(misfitOf(json.replace('"look":', '"images":')).message).toBe('rules.images is there twice');
    expect(misfitOf(json.replace('"limits":', '"pol\\u0069cy" \n:1,"limits":')).place).toBe('policy');
    const twice = json.replace('"device":"8:1"', '"device":"8:1","device":"8:2"');
    expect(misfitOf(twice).place).toBe('backing.data[1].device');
    const second = json.replace('"stdio":true', '"stdio":true,"rules":[]');
    expect(misfitOf(second).place).toBe('clients[1].rules');
  });

  test('values may look like keys', () => {
    const document = changed('backing.data[2].path', '/dev/"path": {[,');
    expect(read(document)).toEqual(document);
  });

  test('that is another value than a map, longer than 256 KiB or not UTF-8 nothing more is said', () => {
    for (const json of ['7', 'null', '[]', '"x"']) expect(misfitOf(json)).toMatchObject({ place: '' });
    const padded = (size: number) => JSON.stringify(SAMPLE).padEnd(size);
    expect(read(padded(262144))).toBeDefined();
    expect(misfitOf(padded(262145)).message).toBe('the document is longer than 262144 bytes');
    expect(misfitOf('['.repeat(262144)).message).toMatch(/is not JSON/);
    expect(misfitOf(`${'['.repeat(100000)}${']'.repeat(100000)}`).message).toBe('the document is not a map');
  });
});

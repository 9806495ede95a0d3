import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../assembly/tables/actions.ts';
import { COMMANDS } from '../../../assembly/tables/commands.ts';
import { MESSAGES } from '../../../assembly/tables/messages.ts';
import { fieldsOf } from '../../../assembly/tables/nodes.ts';
import { smallest } from './actions.ts';
import { type Fields, wordsOf } from './declared.ts';
import { Host } from './harness.ts';

const host = new Host();
const SECURE_DATA = 0x8000;
const payload = (action: string, fields: object): Buffer =>
  Buffer.from(host.steps({ v: 1, action, ...fields })[0]!.payload);
const flagsOf = (bytes: Buffer): number => bytes.readUInt32LE(28);
const textAt = (bytes: Buffer, at: number): string => bytes.toString('utf8', at, bytes.indexOf(0, at));

describe('a new name or uuid', () => {
  test.each([1, 6, 7, 8, 126, 127])('of %i bytes is terminated and fills up eight', (size) => {
    const bytes = payload('rename', { name: 'x', newName: 'n'.repeat(size) });
    expect(bytes.length).toBe(312 + Math.ceil((size + 1) / 8) * 8);
    expect(bytes.toString('latin1', 312)).toBe('n'.repeat(size).padEnd(bytes.length - 312, '\0'));
    expect(flagsOf(bytes)).toBe(0);
  });

  test('of 128 bytes is a uuid, which a flag says', () => {
    const bytes = payload('set_uuid', { name: 'x', newUuid: 'u'.repeat(128) });
    expect([textAt(bytes, 312), flagsOf(bytes)]).toEqual(['u'.repeat(128), 0x4000]);
  });
});

describe('a message', () => {
  test('stands behind its sector, with room for the answer', () => {
    const bytes = payload('message', { name: 'x', message: '@stats_list', sector: 2n ** 53n, bufferSize: 512 });
    expect([bytes.length, bytes.readBigUInt64LE(312), textAt(bytes, 320)]).toEqual([512, 2n ** 53n, '@stats_list']);
    expect(payload('message', { name: 'x', message: 'a' })).toHaveLength(16384);
  });

  test.each([1, 7, 8, 176, 183, 184, 185, 20000])('of %i bytes has its room, or more where it needs more', (size) => {
    const bytes = payload('message', { name: 'x', message: 'm'.repeat(size), bufferSize: 504 });
    expect(bytes.length).toBe(Math.max(504, 320 + Math.ceil((size + 1) / 8) * 8));
    expect(bytes.readUInt32LE(12)).toBe(bytes.length);
    expect(textAt(bytes, 320)).toBe('m'.repeat(size));
  });

  test.each([
    ['key set 00ff', true],
    ['KEY Set 00ff', true],
    ['  key   set  00ff', true],
    ['key set :32:logon:dmplan:key', false],
    ['key wipe', false],
    ['key set', false],
    ['mark key set 00ff', false],
  ])('%j is secret: %s', (message, secret) => {
    expect(flagsOf(payload('message', { name: 'x', message }))).toBe(secret ? SECURE_DATA : 0);
  });
});

/** A value for every field that a message has. */
const VALUES: Fields = {
  block: 7,
  writeFailures: 255,
  text: 'here',
  mappings: ['0:1', 'R2,3'],
  key: '00ff',
  deviceId: 16777215,
  originId: 3,
  current: 1,
  next: 2,
  sectors: 2048,
  ranges: ['1-3', '7'],
  regions: 9,
  group: 1,
  device: '8:16',
  switch: 'on',
  percent: 90,
  area: '-',
  step: '/10',
  options: ['precise_timestamps'],
  region: 4,
  program: 'p',
  line: 0,
  lines: 8,
  aux: 'a',
};

describe('a message by its fields', () => {
  const TYPED = Object.entries(MESSAGES).flatMap(([target, messages]) =>
    messages.map(({ verb, words = [] }) => ({ target, verb, words })),
  );

  test.each(TYPED)('$target: $verb is the same as its text', ({ target, verb, words }) => {
    const fields = Object.fromEntries(fieldsOf(words).map((name) => [name, VALUES[name]]));
    const text = [verb, ...wordsOf(words, fields)].join(' ');
    expect(payload('message', { name: 'x', message: { target, verb, ...fields } })).toEqual(
      payload('message', { name: 'x', message: text }),
    );
  });

  test('is secret when it sets a key, and not when it names one of a keyring', () => {
    const set = (key: string) =>
      flagsOf(payload('message', { name: 'x', message: { target: 'crypt', verb: 'key set', key } }));
    expect([set('00ff'), set(':32:logon:d')]).toEqual([SECURE_DATA, 0]);
  });
});

describe('a geometry', () => {
  test.each([
    [{ cylinders: 0, heads: 0, sectors: 0, start: 0 }, '0 0 0 0'],
    [{ cylinders: 65535, heads: 255, sectors: 255, start: 65535 * 255 * 255 }, '65535 255 255 4261413375'],
    [{ cylinders: '1', heads: 2, sectors: '3', start: 6 }, '1 2 3 6'],
  ])('%j is %j', (geometry, text) => {
    expect(textAt(payload('set_geometry', { name: 'x', geometry }), 312)).toBe(text);
  });
});

test('an event number to wait from stands where a cookie stands elsewhere', () => {
  expect(payload('wait', { name: 'x', eventNr: 2 ** 32 - 1 }).readUInt32LE(32)).toBe(2 ** 32 - 1);
  expect(payload('wait', { name: 'x' }).readUInt32LE(32)).toBe(0);
});

test('a minor number goes into DEV_CREATE alone, as the kernel writes numbers of devices', () => {
  for (const [minor, dev] of [
    [0, 0],
    [255, 0xff],
    [256, 0x100000],
    [1048575, 0xfff000ff],
  ] as const) {
    const steps = host.steps({ v: 1, action: 'create', name: 'x', minor, table: '0 8 zero' });
    const bytes = steps.map(({ payload }) => Buffer.from(payload));
    expect(bytes.map((each) => [flagsOf(each), each.readBigUInt64LE(40)])).toEqual([
      [0x8, BigInt(dev)],
      [0, 0n],
      [0, 0n],
    ]);
  }
  expect(payload('create', { name: 'x', noTable: true, minor: 3 }).readUInt32LE(40)).toBe(3);
});

test('a type stands where a name stands elsewhere', () => {
  expect(textAt(payload('target_version', { type: 'thin-pool' }), 48)).toBe('thin-pool');
});

test('a list may be filtered by prefixes of both name and uuid', () => {
  const bytes = payload('list', { name: 'vg-', uuid: 'LVM-', uuids: true });
  expect([textAt(bytes, 48), textAt(bytes, 176)]).toEqual(['vg-', 'LVM-']);
});

describe('a command that is newer than the interface of the request', () => {
  const since = new Map(COMMANDS.map((command) => [command.number, command]));

  test.each(ACTIONS)('is refused: $name', (action) => {
    const newest = action.steps
      .map(({ command }) => since.get(command)!)
      .toSorted((a, b) => a.since[1] - b.since[1])
      .at(-1)!;
    const [major, minor, patch] = newest.since;
    const request = smallest(action);
    expect(host.steps({ ...request, versions: { interface: [major, minor, patch] } })).toEqual(host.steps(request));
    if (minor === 0) return;
    const failure = host.failure('plan', { ...request, versions: { interface: [major, minor - 1, 255] } });
    expect(failure).toMatchObject({ name: 'command_too_new', path: 'action' });
    expect(failure.message).toBe(
      `the command ${newest.name} came with version ${newest.since.join('.')} of the interface; the one at hand is ${major}.${minor - 1}.255`,
    );
  });
});

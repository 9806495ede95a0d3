import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenRule, COMMANDS, isDeviceName } from '../../../executor/rules.ts';
import {
  type Bytes,
  bare,
  CLEAR,
  CREATE,
  carrying,
  DEPS,
  LIST_DEVICES,
  LIST_VERSIONS,
  LOAD,
  MESSAGE,
  query,
  REMOVE,
  RENAME,
  SET_GEOMETRY,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  TARGET_VERSION,
  table,
  VERSION,
} from './payloads.ts';

const linear = () =>
  table({ name: 'data' }, [
    [0, 8, 'linear', '7:0 0'],
    [8, 8, 'snapshot-origin', '/dev/loop0'],
    [16, 8, 'zero', ''],
  ]);

const valid: [label: string, command: number, make: () => Bytes, flags: number][] = [
  ['VERSION', VERSION, () => bare(), 0],
  ['LIST_DEVICES', LIST_DEVICES, () => query(), 0x4000],
  ['LIST_DEVICES with both prefixes', LIST_DEVICES, () => query({ name: 'a', uuid: 'b' }), 0x4000],
  ['DEV_CREATE', CREATE, () => bare({ name: 'data', uuid: 'DMX-1' }), 0],
  ['DEV_REMOVE', REMOVE, () => bare({ name: 'data' }), 0x20000],
  ['DEV_SUSPEND', SUSPEND, () => bare({ name: 'data', flags: 2 }), 0x2 | 0x400 | 0x800],
  ['DEV_STATUS', STATUS, () => bare({ uuid: 'DMX-1' }), 0x1000],
  ['TABLE_LOAD', LOAD, linear, 0x1 | 0x8000],
  ['TABLE_CLEAR', CLEAR, () => bare({ name: 'data' }), 0],
  ['TABLE_DEPS', DEPS, () => query({ name: 'data' }), 0x1000],
  ['TABLE_STATUS', TABLE_STATUS, () => query({ name: 'data' }), 0x10 | 0x800 | 0x1000 | 0x80000],
  ['DEV_RENAME', RENAME, () => carrying({ name: 'data' }, 'data2'), 0x4000],
  ['TARGET_MSG', MESSAGE, () => carrying({ name: 'data' }, 'create_thin 0', 8), 0x8000],
  ['DEV_SET_GEOMETRY', SET_GEOMETRY, () => carrying({ name: 'data' }, '1 1 8 0'), 0],
  ['LIST_VERSIONS', LIST_VERSIONS, () => query(), 0],
  ['GET_TARGET_VERSION', TARGET_VERSION, () => query({ name: 'verity' }), 0],
];

const u32 = (bytes: Bytes, offset: number) => new DataView(bytes.buffer).getUint32(offset, true);
function put(bytes: Bytes, offset: number, value: number): Bytes {
  new DataView(bytes.buffer).setUint32(offset, value, true);
  return bytes;
}
function at(bytes: Bytes, offset: number, ...values: number[]): Bytes {
  bytes.set(values, offset);
  return bytes;
}
function longer(bytes: Bytes, more: number): Bytes {
  const grown = new Uint8Array(bytes.length + more);
  grown.set(bytes);
  return put(grown, 12, grown.length);
}

describe('every command has a payload that no rule holds back', () => {
  test.each(valid)('%s', (_, command, make) => {
    expect(brokenRule(command, make())).toBeNull();
  });

  test('and those are all the commands there are', () => {
    expect(new Set(valid.map(([, command]) => command))).toEqual(new Set(COMMANDS.keys()));
  });
});

describe('a rename, a message and a geometry', () => {
  test.each([
    ['a new name with a slash', RENAME, carrying({ name: 'data' }, 'a/b'), 'new_name'],
    ['the new name control', RENAME, carrying({ name: 'data' }, 'control'), 'new_name'],
    ['an empty new name', RENAME, carrying({ name: 'data' }, ''), 'new_name'],
    ['a new uuid with a blank', RENAME, carrying({ name: 'data', flags: 0x4000 }, 'a b'), 'new_name'],
    ['a new uuid of 129 bytes', RENAME, carrying({ name: 'data', flags: 0x4000 }, 'u'.repeat(129)), 'new_name'],
    ['a rename by uuid', RENAME, carrying({ uuid: 'U' }, 'b'), 'identifier'],
    ['a message with a newline', MESSAGE, carrying({ name: 'data' }, 'a\nb', 8), 'payload'],
    ['a message without a terminator', MESSAGE, query({ name: 'data' }, 8), 'payload'],
    ['a list of versions of a device', LIST_VERSIONS, query({ name: 'data' }), 'identifier'],
  ])('%s is refused', (_, command, bytes, rule) => {
    expect(brokenRule(command, bytes)).toBe(rule);
  });
});

describe('each rule fires, by its name', () => {
  const first = 312; // of three specs: 48, 56 and 48 bytes
  const second = 312 + 48;
  const cases: [rule: string, what: string, command: number, payload: Bytes][] = [
    ['command', 'REMOVE_ALL', 1, bare()],
    ['command', 'DEV_WAIT', 8, query({ name: 'a' })],
    ['command', 'a number that the kernel does not have', 4294967295, bare()],
    ['size', 'no bytes', VERSION, new Uint8Array(0)],
    ['size', '311 bytes', VERSION, put(new Uint8Array(311), 12, 311)],
    ['size', 'data_size beyond the buffer', CREATE, put(bare({ name: 'a' }), 12, 313)],
    ['size', 'data_size short of the buffer', CREATE, put(bare({ name: 'a' }), 12, 305)],
    ['size', '32 MiB and one', TABLE_STATUS, query({ name: 'a' }, 32 * 1024 * 1024 - 311)],
    ['version', '4.1.0', VERSION, put(bare(), 4, 1)],
    ['version', '5.0.0', VERSION, put(bare(), 0, 5)],
    ['data_start', '312 without a payload', STATUS, put(bare({ name: 'a' }), 16, 312)],
    ['data_start', '305 with one', DEPS, put(query({ name: 'a' }), 16, 305)],
    ['flags', 'READONLY on a suspend', SUSPEND, bare({ name: 'a', flags: 1 })],
    ['flags', 'PERSISTENT_DEV', CREATE, bare({ name: 'a', flags: 8 })],
    ['flags', 'the highest bit', LOAD, put(linear(), 28, 0x80000000)],
    ['zero_field', 'open_count', STATUS, put(bare({ name: 'a' }), 24, 1)],
    ['zero_field', 'event_nr, a udev cookie', SUSPEND, put(bare({ name: 'a' }), 32, 1)],
    ['zero_field', 'padding', STATUS, put(bare({ name: 'a' }), 36, 1)],
    ['zero_field', 'dev', REMOVE, put(bare({ name: 'a' }), 40, 0xfe00)],
    ['zero_field', 'the upper half of dev', REMOVE, put(bare({ name: 'a' }), 44, 1)],
    ['zero_field', 'the last byte behind uuid', STATUS, at(bare({ name: 'a' }), 311, 1)],
    ['zero_field', 'target_count of a query', TABLE_STATUS, put(query({ name: 'a' }), 20, 1)],
    ['name', 'no terminator', CREATE, at(bare(), 48, ...new Array<number>(128).fill(97))],
    ['name', 'bytes behind the terminator', CREATE, at(bare({ name: 'a' }), 60, 97)],
    ['name', 'a slash', CREATE, bare({ name: 'a/b' })],
    ['name', 'a newline', CREATE, bare({ name: 'a\nb' })],
    ['name', 'a byte above 127', CREATE, bare({ name: 'a\xe9' })],
    ['name', '.', CREATE, bare({ name: '.' })],
    ['name', '..', REMOVE, bare({ name: '..' })],
    ['name', 'control', CREATE, bare({ name: 'control' })],
    ['uuid', 'no terminator', STATUS, at(bare(), 176, ...new Array<number>(129).fill(97))],
    ['uuid', 'bytes behind the terminator', STATUS, at(bare({ uuid: 'a' }), 304, 97)],
    ['uuid', 'a blank', STATUS, bare({ uuid: 'a b' })],
    ['identifier', 'DEV_CREATE without a name', CREATE, bare({ uuid: 'a' })],
    ['identifier', 'neither', REMOVE, bare()],
    ['identifier', 'both', REMOVE, bare({ name: 'a', uuid: 'b' })],
    ['payload', 'bytes behind a header', STATUS, longer(bare({ name: 'a' }), 8)],
    ['payload', 'a query with its answer filled in', DEPS, at(query({ name: 'a' }), 700, 1)],
    ['target_count', 'none', LOAD, put(linear(), 20, 0)],
    ['target_count', 'more than the kernel takes', LOAD, put(linear(), 20, 1048577)],
    ['chain', 'fewer targets than specs', LOAD, put(linear(), 20, 2)],
    ['chain', 'more targets than specs', LOAD, put(linear(), 20, 4)],
    ['chain', 'no specs', LOAD, put(query({ name: 'a' }, 0), 20, 1)],
    ['chain', 'next 0', LOAD, put(linear(), first + 20, 0)],
    ['chain', 'next inside the spec', LOAD, put(linear(), first + 20, 40)],
    ['chain', 'next off the alignment', LOAD, put(linear(), first + 20, 47)],
    ['chain', 'next past the payload', LOAD, put(linear(), second + 20, 4096)],
    ['chain', 'next beyond 2^31', LOAD, put(linear(), first + 20, 0xfffffff8)],
    ['chain', 'a gap of 8 zeros behind the params', LOAD, gap()],
    ['chain', 'zeros behind the last spec', LOAD, longer(linear(), 8)],
    ['spec', 'status', LOAD, put(linear(), first + 16, 1)],
    ['spec', 'length 0', LOAD, put(linear(), second + 8, 0)],
    ['spec', 'no type', LOAD, at(linear(), first + 24, ...new Array<number>(16).fill(0))],
    ['spec', 'a type without terminator', LOAD, at(linear(), second + 24 + 15, 97)],
    ['spec', 'bytes behind the type', LOAD, at(linear(), first + 24 + 8, 97)],
    ['spec', 'a slash in the type', LOAD, at(linear(), first + 24, 0x2f)],
    ['spec', 'a capital in the type', LOAD, at(linear(), first + 24, 0x4c)],
    ['params', 'no terminator', LOAD, at(linear(), first + 40, ...Buffer.from('7:0 0000'))],
    ['params', 'no terminator in the last', LOAD, at(linear(), second + 56 + 40, ...Buffer.from('xxxxxxxx'))],
    ['params', 'a tab', LOAD, at(linear(), first + 43, 9)],
    ['params', 'DEL', LOAD, at(linear(), first + 43, 0x7f)],
    ['params', 'bytes behind the terminator', LOAD, at(linear(), first + 47, 97)],
  ];

  function gap(): Bytes {
    const bytes = longer(table({ name: 'a' }, [[0, 8, 'zero', '']]), 8);
    return put(bytes, 312 + 20, 56);
  }

  test.each(cases)('%s: %s', (rule, _, command, payload) => {
    expect(brokenRule(command, payload)).toBe(rule);
  });

  test('and none is without a case', () => {
    const rules =
      'command size version data_start flags zero_field name uuid identifier payload target_count chain spec params';
    expect(new Set(cases.map(([rule]) => rule))).toEqual(new Set(rules.split(' ')));
  });
});

describe('with any one bit of the header flipped', () => {
  test.each(valid)('a %s is refused or still within what the command may say', (_, command, make, flags) => {
    for (let bit = 0; bit < 312 * 8; bit++) {
      const payload = make();
      payload[bit >> 3]! ^= 1 << (bit & 7);
      const inName = bit >> 3 >= 48 && bit >> 3 < 176;
      const inUuid = bit >> 3 >= 176 && bit >> 3 < 305;
      const inFlags = bit >> 3 >= 28 && bit >> 3 < 32;
      if (brokenRule(command, payload) !== null) continue;
      expect({ bit, free: inName || inUuid || inFlags }).toEqual({ bit, free: true });
      expect(u32(payload, 28) & ~flags).toBe(0);
      const name = Buffer.from(payload.subarray(48, 176)).toString('latin1');
      const uuid = Buffer.from(payload.subarray(176, 305)).toString('latin1');
      expect(name).toMatch(/^[A-Za-z0-9#+.:=@_-]*\0+$/);
      expect(uuid).toMatch(/^[A-Za-z0-9#+.:=@_-]*\0+$/);
    }
  });

  test('a table behind it is refused, or differs in a sector, a type or params', () => {
    const original = linear();
    for (let bit = 312 * 8; bit < original.length * 8; bit++) {
      const payload = linear();
      payload[bit >> 3]! ^= 1 << (bit & 7);
      if (brokenRule(LOAD, payload) !== null) continue;
      const specs = [312, 360, 416];
      const start = specs.findLast((spec) => spec <= bit >> 3)!;
      const offset = (bit >> 3) - start;
      expect({ bit, free: offset < 16 || (offset >= 24 && offset < 40) || offset >= 40 }).toEqual({ bit, free: true });
      for (const spec of specs) expect(u32(payload, spec + 20)).toBe(u32(original, spec + 20));
    }
  });
});

test('no bytes at all make a rule throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(...COMMANDS.keys()), fc.uint8Array({ maxLength: 500 }), (command, bytes) => {
      expect(brokenRule(command, new Uint8Array(bytes))).not.toBeNull();
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), (damage) => {
      const payload = linear();
      for (const [offset, byte] of damage) payload[offset % payload.length] = byte;
      brokenRule(LOAD, payload);
    }),
    { numRuns: 5000 },
  );
});

test('params may carry a path in UTF-8', () => {
  const params = Buffer.from('/dev/disk/by-label/日本 0').toString('latin1');
  expect(brokenRule(LOAD, table({ name: 'a' }, [[0, 8, 'linear', params]]))).toBeNull();
});

test.each([
  '',
  '7:0 0',
  '0:0',
  '4095:1048575 0',
  '/dev/loop0 0',
  '/dev/a\\ b 0',
  '/dev/a\\\\b',
  '/dev/\xc3\\\xa0 1',
  '/dev/.a/..b/c. 0',
  'aes-xts-plain64 :32:logon:k 0 7:0 0',
  '1 7:0 7:1 4096',
  '7:1x',
  '+7:1 0',
  '- -',
])('params that mean what they say are canonical: %j', (params) => {
  expect(brokenRule(LOAD, table({ name: 'a' }, [[0, 8, 'linear', params]]))).toBeNull();
});

test.each([
  '07:1 0',
  '7:01 0',
  ' 7:1 0',
  '7:1 0 ',
  '7:1  0',
  '7\\:1 0',
  '\\7:1 0',
  '7:1\\ 0',
  '4294967303:1 0',
  '7:4294967297 0',
  '7:1\xa00',
  '//dev/loop0 0',
  '/dev//loop0 0',
  '/dev/./loop0 0',
  '/dev/../dev/loop0 0',
  '/dev/loop0/ 0',
  '/dev/loop0/.. 0',
  '/dev/\\./loop0',
  '/dev/loop\\0 0',
  'linear /dev/..',
])('params that the kernel reads as something else are refused: %j', (params) => {
  expect(brokenRule(LOAD, table({ name: 'a' }, [[0, 8, 'linear', params]]))).toBe('canonical');
});

test('a name of 127 and a uuid of 128 bytes fit', () => {
  expect(brokenRule(CREATE, bare({ name: 'n'.repeat(127), uuid: 'u'.repeat(128) }))).toBeNull();
});

test('a node may have the names that a device may be given, and no others', () => {
  expect(['a', 'a.b', '...', 'n'.repeat(127)].map(isDeviceName)).toEqual([true, true, true, true]);
  expect(['', '.', '..', 'control', 'a/b', 'a\n', 'é', 'n'.repeat(128)].some(isDeviceName)).toBe(false);
});

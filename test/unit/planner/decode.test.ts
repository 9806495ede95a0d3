import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../assembly/tables/commands.ts';
import { loadPlanner } from '../../../src/planner/planner.ts';
import { Host } from './harness.ts';
import { pack } from './pack.ts';
import { deps, dev, nameList, type ReplyHeader, reply, type Status, statusSpecs } from './replies.ts';

const host = new Host();
const LIST_DEVICES = 2;
const DEV_STATUS = 7;
const TABLE_DEPS = 11;
const TABLE_STATUS = 12;
const BUFFER_FULL = 0x100;

const malformed = (command: number, bytes: Uint8Array) => host.failure('decode', { command, payload: bytes });

describe("the header of the kernel's reply", () => {
  test('is read field by field', () => {
    const bytes = reply({
      version: [4, 50, 7],
      targetCount: 3,
      openCount: 2,
      flags: 0x40023,
      eventNr: 9,
      dev: dev(253, 5),
      name: 'data',
      uuid: 'CRYPT-1',
    });
    expect(host.decode(DEV_STATUS, bytes)).toEqual({
      header: {
        version: [4, 50, 7],
        dataSize: 312,
        dataStart: 312,
        targetCount: 3,
        openCount: 2,
        flags: 0x40023,
        eventNr: 9,
        dev: { major: 253, minor: 5 },
        name: 'data',
        uuid: 'CRYPT-1',
      },
      bufferFull: false,
    });
  });

  test.each<[string, ReplyHeader, object]>([
    [
      'every 32-bit field at its upper end',
      { eventNr: 0xffffffff, flags: 0x80000000 },
      { eventNr: 0xffffffff, flags: 0x80000000 },
    ],
    ['an open count below zero', { openCount: -1 }, { openCount: -1 }],
    ['the smallest open count', { openCount: -(2 ** 31) }, { openCount: -(2 ** 31) }],
    ['the largest device number', { dev: dev(4095, 1048575) }, { dev: { major: 4095, minor: 1048575 } }],
    ['a minor past 255', { dev: dev(7, 256) }, { dev: { major: 7, minor: 256 } }],
    ['a name of 127 bytes', { name: 'n'.repeat(127) }, { name: 'n'.repeat(127) }],
    ['a name without a terminator', { name: 'n'.repeat(128) }, { name: 'n'.repeat(128) }],
    ['a uuid of 128 bytes', { uuid: 'u'.repeat(128) }, { uuid: 'u'.repeat(128) }],
    ['a name beyond ASCII', { name: 'é' }, { name: 'é' }],
  ])('holds %s', (_, header, expected) => {
    expect(host.decode(DEV_STATUS, reply(header)).header).toMatchObject(expected);
  });

  test('shows a name that is no text as its bytes', () => {
    const bytes = reply({});
    bytes.set([0xff, 0xfe], 48);
    expect(host.decode(DEV_STATUS, bytes).header).toMatchObject({ name: new Uint8Array([0xff, 0xfe]) });
  });

  test.each(COMMANDS)('stands in the answer to $name, asked for by number or by name', ({ number, name }) => {
    const bytes = reply({ name: 'data' });
    expect(host.decode(number, bytes).header).toMatchObject({ name: 'data' });
    expect(host.decode(name, bytes)).toEqual(host.decode(number, bytes));
  });

  test.each(COMMANDS)('is all that there is when the answer to $name did not fit', ({ number }) => {
    const answer = host.decode(number, reply({ flags: BUFFER_FULL, dataSize: 305, targetCount: 5 }, undefined, 200));
    expect(Object.keys(answer)).toEqual(['header', 'bufferFull']);
    expect(answer.bufferFull).toBe(true);
  });
});

describe('LIST_DEVICES', () => {
  const list = (minor: number, devices: Parameters<typeof nameList>[0]) =>
    host.decode(LIST_DEVICES, reply({ version: [4, minor, 0] }, nameList(devices))).devices;

  test('before 4.37 gives names and numbers', () => {
    const devices = [
      { name: 'a', dev: dev(253, 0) },
      { name: 'exactly', dev: dev(253, 1) },
      { name: 'longer-than-that', dev: dev(253, 300) },
    ];
    expect(list(36, devices)).toEqual([
      { name: 'a', dev: { major: 253, minor: 0 } },
      { name: 'exactly', dev: { major: 253, minor: 1 } },
      { name: 'longer-than-that', dev: { major: 253, minor: 300 } },
    ]);
  });

  test('since 4.37 gives event numbers too', () => {
    const devices = ['', 'b', 'bb', 'bbb', 'bbbb', 'bbbbb'].map((tail, i) => ({
      name: `a${tail}`,
      dev: dev(253, i),
      eventNr: 0xfffffff0 + i,
    }));
    expect(list(37, devices)).toEqual(
      devices.map(({ name, eventNr }, minor) => ({ name, dev: { major: 253, minor }, eventNr })),
    );
  });

  test('gives uuids where they were asked for: empty where a device has none', () => {
    const devices = [
      { name: 'with', dev: dev(253, 0), eventNr: 1, uuid: 'U-1' },
      { name: 'without', dev: dev(253, 1), eventNr: 2, uuid: null },
      { name: 'unasked', dev: dev(253, 2), eventNr: 3 },
    ];
    expect(list(45, devices)).toEqual([
      { name: 'with', dev: { major: 253, minor: 0 }, eventNr: 1, uuid: 'U-1' },
      { name: 'without', dev: { major: 253, minor: 1 }, eventNr: 2, uuid: '' },
      { name: 'unasked', dev: { major: 253, minor: 2 }, eventNr: 3 },
    ]);
  });

  test('is empty when one record has no number, or there is no record', () => {
    expect(list(48, [{ name: '', dev: 0n }])).toEqual([]);
    expect(list(48, [])).toEqual([]);
  });

  test.each<[string, (records: Buffer) => void, number]>([
    ['points before its own end', (records) => records.writeUInt32LE(12, 8), 312],
    ['points past the end', (records) => records.writeUInt32LE(4096, 8), 312],
    ['points past the end by wrapping around', (records) => records.writeUInt32LE(0xfffffff8, 8), 312],
    ['has no terminator', (records) => records.fill(0x61, 12, 24), 312],
    ['points to a record without a number', (records) => records.writeBigUInt64LE(0n, 24), 336],
  ])('is malformed when a record %s', (_, damage, at) => {
    const records = nameList([
      { name: 'aaa', dev: dev(253, 0), eventNr: 1 },
      { name: 'bbb', dev: dev(253, 1), eventNr: 1 },
    ]);
    damage(records);
    expect(malformed(LIST_DEVICES, reply({}, records))).toMatchObject({
      name: 'reply_malformed',
      path: 'payload',
      message: `the reply does not follow the layout of LIST_DEVICES at byte ${at}`,
    });
  });

  test('is malformed when a uuid has no terminator', () => {
    const records = nameList([{ name: 'aaa', dev: dev(253, 0), eventNr: 1, uuid: 'UUUUUUU' }]);
    records.fill(0x55, 24);
    expect(malformed(LIST_DEVICES, reply({}, records)).name).toBe('reply_malformed');
  });
});

describe('TABLE_DEPS', () => {
  test.each([0, 1, 2, 300])('gives %i devices', (count) => {
    const devs = Array.from({ length: count }, (_, i) => dev(8, i));
    expect(host.decode(TABLE_DEPS, reply({}, deps(devs), 64)).deps).toEqual(
      devs.map((_, minor) => ({ major: 8, minor })),
    );
  });

  test('of a device without a table is empty: the kernel leaves data_size at 305 and data_start as it was', () => {
    for (const dataStart of [0, 312, 16384]) {
      expect(host.decode(TABLE_DEPS, reply({ dataSize: 305, dataStart }, undefined, 16072)).deps).toEqual([]);
    }
  });

  test.each([2, 3, 2 ** 29, 2 ** 29 + 1, 2 ** 32 - 1])(
    'is malformed when it counts %i devices and holds one',
    (count) => {
      const data = deps([dev(8, 0)]);
      data.writeUInt32LE(count, 0);
      expect(malformed(TABLE_DEPS, reply({}, data)).name).toBe('reply_malformed');
    },
  );

  test('ends where data_size says, not where the buffer ends', () => {
    const data = deps([dev(8, 0), dev(8, 1)]);
    expect(malformed(TABLE_DEPS, reply({ dataSize: 328 }, data)).name).toBe('reply_malformed');
  });
});

describe('TABLE_STATUS', () => {
  const table: Status[] = [
    { start: 0n, length: 8n, type: 'linear', params: '8:0 0' },
    { start: 8n, length: 2n ** 54n - 9n, type: 'snapshot-origin', params: '' },
    { start: 2n ** 54n - 1n, length: 2n ** 64n - 1n, type: 'zero', params: '' },
  ];
  const targets = (data: Uint8Array, header: ReplyHeader = {}, spare = 0) =>
    host.decode(TABLE_STATUS, reply({ targetCount: 3, ...header }, data, spare)).targets;

  test('gives every row, empty texts among them', () => {
    expect(targets(statusSpecs(table))).toEqual(
      table.map(({ start, length, type, params }) => ({ start: plain(start), length: plain(length), type, params })),
    );
  });

  test('may end without the padding that the last `next` counts', () => {
    expect(targets(statusSpecs(table).subarray(0, -7))).toHaveLength(3);
    expect(targets(statusSpecs(table), { dataSize: 312 + statusSpecs(table).length - 7 }, 100)).toHaveLength(3);
  });

  test('of a device without a table is empty', () => {
    expect(targets(new Uint8Array(), { targetCount: 0 })).toEqual([]);
  });

  test('shows a type without a terminator, and texts beyond ASCII', () => {
    const data = statusSpecs([{ start: 0n, length: 8n, type: 't'.repeat(16), params: '/dev/é' }]);
    expect(targets(data, { targetCount: 1 })).toEqual([
      { start: 0, length: 8, type: 't'.repeat(16), params: '/dev/é' },
    ]);
  });

  test.each<[string, (specs: Buffer) => void]>([
    ['`next` points back', (specs) => specs.writeUInt32LE(0, 20)],
    ['`next` points into its own spec', (specs) => specs.writeUInt32LE(40, 20)],
    ['`next` points into its own params', (specs) => specs.writeUInt32LE(44, 20)],
    ['`next` points past the end', (specs) => specs.writeUInt32LE(0x7fffffff, 20)],
    ['`next` wraps around', (specs) => specs.writeUInt32LE(0xffffffff, 20)],
    ['a text runs into the next spec', (specs) => specs.fill(0x41, 40, 60)],
    ['the last text has no terminator', (specs) => specs.fill(0x41, specs.length - 8)],
  ])('is malformed when %s', (_, damage) => {
    const specs = statusSpecs(table);
    damage(specs);
    expect(malformed(TABLE_STATUS, reply({ targetCount: 3 }, specs)).name).toBe('reply_malformed');
  });

  test.each([4, 5, 2 ** 31, 2 ** 32 - 1])('is malformed when it counts %i targets and holds three', (targetCount) => {
    expect(malformed(TABLE_STATUS, reply({ targetCount }, statusSpecs(table))).name).toBe('reply_malformed');
  });

  test('reaches the library with its sectors as bigint', async () => {
    const planner = await loadPlanner();
    const { targets: rows } = planner.decode('TABLE_STATUS', reply({ targetCount: 3 }, statusSpecs(table)));
    expect(rows).toEqual(table);
  });
});

test('a malformed reply names its first wrong byte, and the offset says where that stands in the request', () => {
  const bytes = reply({}, deps([]));
  bytes.writeUInt32LE(1, 312);
  const request = pack({ command: TABLE_DEPS, payload: bytes });
  const failure = malformed(TABLE_DEPS, bytes);
  expect(failure.message).toContain('at byte 312');
  expect(failure.offset).toBe(request.length - bytes.length + 312);
});

function plain(value: bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

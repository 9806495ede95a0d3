import { describe, expect, test } from 'vitest';
import { ACTIONS } from '../../../assembly/tables/actions.ts';
import { COMMANDS } from '../../../assembly/tables/commands.ts';
import { loadPlanner } from '../../../src/planner/planner.ts';
import { smallest } from './actions.ts';
import { Host } from './harness.ts';
import { deps, dev, nameList, reply, statusSpecs } from './replies.ts';

const host = new Host();

interface Field {
  offset: number;
  length: number;
  field: string;
  value: unknown;
  note: string;
}

const inspect = (command: number, payload: Uint8Array, isReply: boolean) =>
  host.inspect(command, payload, isReply) as unknown as Field[];

/** Checks that the fields cover the payload from its first byte to its last, none twice. */
function expectTiles(fields: Field[], payload: Uint8Array): void {
  let at = 0;
  for (const { offset, length, field } of fields) {
    expect([field, offset]).toEqual([field, at]);
    expect(length, field).toBeGreaterThan(0);
    at += length;
  }
  expect(at).toBe(payload.length);
}

const find = (fields: Field[], field: string) => fields.find((each) => each.field === field);

const HEADER = [
  'version',
  'data_size',
  'data_start',
  'target_count',
  'open_count',
  'flags',
  'event_nr',
  'padding',
  'dev',
  'name',
  'uuid',
  'data',
];

const TABLE = '0 8 zero\n8 16 linear /dev/sda 0\n24 8 unheard-of some words here\n';

const REPLIES = new Map<number, Buffer>([
  [
    2,
    nameList([
      { name: 'a', dev: dev(253, 0), eventNr: 1, uuid: 'U' },
      { name: 'bbbb', dev: dev(253, 1), eventNr: 2, uuid: null },
    ]),
  ],
  [11, deps([dev(8, 0), dev(8, 300)])],
  [
    12,
    statusSpecs([
      { start: 0n, length: 8n, type: 'zero', params: '' },
      { start: 8n, length: 8n, type: 'linear', params: '8:0 0' },
    ]),
  ],
]);

describe('the fields tile the payload', () => {
  test.each(ACTIONS)('of every step of $name', (action) => {
    const request = smallest(action);
    const plan = host.steps(request.table === undefined ? request : { ...request, table: TABLE });
    for (const { command, payload } of plan) {
      const fields = inspect(command, payload, false);
      expectTiles(fields, payload);
      expect(fields.slice(0, HEADER.length).map(({ field }) => field)).toEqual(HEADER);
      expect(fields.map(({ note }) => note).filter((note) => /not|should|no layout/.test(note))).toEqual([]);
    }
  });

  test.each(COMMANDS)('of a reply to $name, whole or cut short anywhere', ({ number }) => {
    const whole = reply({ targetCount: number === 12 ? 2 : 0, name: 'x' }, REPLIES.get(number));
    expect(inspect(number, whole, true).map(({ note }) => note)).not.toContain('follows no layout of this command');
    for (let size = 312; size <= whole.length; size++)
      expectTiles(inspect(number, whole.subarray(0, size), true), whole.subarray(0, size));
  });

  test.each(COMMANDS)('of $name whatever stands in it', ({ number }) => {
    for (const fill of [0x00, 0x01, 0x41, 0x80, 0xff]) {
      for (const size of [312, 313, 319, 320, 352, 353, 400, 1000]) {
        const payload = new Uint8Array(size).fill(fill);
        for (const isReply of [false, true]) expectTiles(inspect(number, payload, isReply), payload);
      }
    }
  });

  test('of a table whose chain is broken', () => {
    const [, load] = host.steps({ v: 1, action: 'create', name: 'x', table: TABLE });
    for (const next of [0, 1, 40, 41, 56, 4096, 0x7fffffff, 0xffffffff]) {
      const payload = Buffer.from(load!.payload);
      payload.writeUInt32LE(next, 312 + 20);
      expectTiles(inspect(9, payload, false), payload);
    }
  });
});

describe('a field says', () => {
  const [, load] = host.steps({ v: 1, action: 'create', name: 'x', readOnly: true, table: TABLE });
  const fields = inspect(9, load!.payload, false);

  test.each([
    ['version', 4, '4.0.0'],
    ['data_size', load!.payload.length, ''],
    ['data_start', 312, ''],
    ['target_count', 3, ''],
    ['flags', 1, 'READONLY'],
    ['name', 'x', ''],
    ['targets[1].sector_start', 8, 'sectors of 512 bytes'],
    ['targets[1].length', 16, 'sectors of 512 bytes'],
    ['targets[1].next', 56, 'bytes to the next spec'],
    ['targets[1].target_type', 'linear', ''],
    ['targets[1].params', '/dev/sda 0', ''],
  ])('of %s its value and what to know of it', (field, value, note) => {
    expect(find(fields, field)).toMatchObject({ value, note });
  });

  test('the names of its flags, in the order of their bits', () => {
    const payload = reply({ flags: 0x23 | 0x80000 });
    expect(find(inspect(7, payload, true), 'flags')!.note).toBe(
      'READONLY | SUSPEND | ACTIVE_PRESENT | IMA_MEASUREMENT',
    );
  });

  test('a device number as major:minor', () => {
    expect(find(inspect(7, reply({ dev: dev(253, 300) }), true), 'dev')!.note).toBe('253:300');
    expect(find(inspect(11, reply({}, REPLIES.get(11)), true), 'deps[1].dev')!.note).toBe('8:300');
  });

  test('the same open count as decode, which is signed', () => {
    expect(find(inspect(7, reply({ openCount: -1 }), true), 'open_count')!.value).toBe(-1);
  });

  test('what is wrong with it', () => {
    const payload = reply({ dataSize: 400, name: 'n'.repeat(128), uuid: 'u' });
    payload[200] = 1;
    payload[306] = 1;
    const notes = Object.fromEntries(inspect(7, payload, false).map(({ field, note }) => [field, note]));
    expect(notes).toMatchObject({
      data_size: 'is not the length of the payload',
      name: 'not terminated',
      uuid: 'should be zero',
      data: 'should be zero',
    });
  });

  test('in a reply that `next` counts from the first spec', () => {
    const answer = inspect(12, reply({ targetCount: 2 }, REPLIES.get(12)), true);
    expect(find(answer, 'targets[1].next')).toMatchObject({ note: 'bytes from the first spec to the next' });
    expect(find(answer, 'targets[1].params')).toMatchObject({ value: '8:0 0' });
  });

  test("a device's event number and uuid", () => {
    const answer = inspect(2, reply({}, REPLIES.get(2)), true);
    expect(find(answer, 'devices[0].uuid')).toMatchObject({ value: 'U' });
    expect(find(answer, 'devices[1].event_nr')).toMatchObject({ value: 2 });
  });
});

test('the library gives the same list', async () => {
  const planner = await loadPlanner();
  const [step] = planner.plan({ action: 'list', bufferSize: 512 }).steps;
  const fields = planner.inspect('LIST_DEVICES', step!.payload);
  expect(fields.at(-1)).toEqual({
    offset: 312,
    length: 200,
    field: 'room',
    value: null,
    note: 'room for the answer of the kernel',
  });
});

import { describe, expect, test } from 'vitest';
import { ACTIONS, SWITCHES } from '../../../assembly/tables/actions.ts';
import { loadPlanner } from '../../../src/planner/planner.ts';
import { smallest } from './actions.ts';
import { Host, payloadOf, specsOf } from './harness.ts';
import { as, float, type Packable, packMap, Raw } from './pack.ts';

const host = new Host();
const TABLE_LOAD = 9;

const lengthOf = (value: Packable, type = 'zero'): bigint => {
  const request = { v: 1, action: 'create', name: 'x', targets: [{ type, length: value, params: '' }] };
  return specsOf(payloadOf(host.steps(request), TABLE_LOAD))[0]!.length;
};

describe('a number may be written', () => {
  test.each<[string, Packable, bigint]>([
    ['in 7 bits', as('fixint', 127), 127n],
    ['in 8 bits, shortest or not', as('uint8', 8), 8n],
    ['in 8 bits at the upper end', as('uint8', 255), 255n],
    ['in 16 bits', as('uint16', 65535), 65535n],
    ['in 32 bits past 2^31', as('uint32', 2n ** 31n + 8n), 2n ** 31n + 8n],
    ['in 32 bits at the upper end', as('uint32', 2n ** 32n - 1n), 2n ** 32n - 1n],
    ['in 64 bits', as('uint64', 2n ** 32n), 2n ** 32n],
    ['in 64 bits that are mostly zero', as('uint64', 1), 1n],
    ['in signed 8 bits', as('int8', 127), 127n],
    ['in signed 16 bits', as('int16', 32767), 32767n],
    ['in signed 32 bits', as('int32', 2n ** 31n - 1n), 2n ** 31n - 1n],
    ['in signed 64 bits', as('int64', 2n ** 53n), 2n ** 53n],
    ['as the float 1', float(1), 1n],
    ['as a whole float past 2^32', float(2 ** 32 + 2), 2n ** 32n + 2n],
    ['as the float 2^53 - 1', float(2 ** 53 - 1), 2n ** 53n - 1n],
    ['as the float 2^53', float(2 ** 53), 2n ** 53n],
    ['as decimal digits', '2048', 2048n],
    ['as decimal digits past 2^53', '9007199254740993', 9007199254740993n],
  ])('%s', (_, value, expected) => {
    expect(lengthOf(value)).toBe(expected);
  });

  test.each<[string, Packable]>([
    ['the integer 0', 0],
    ['the float 0', float(0)],
    ['the float -0', float(-0)],
    ['the digit 0', '0'],
    ['0 with a unit', '0MiB'],
    ['a signed 0', as('int64', 0)],
  ])('for nothing as %s', (_, start) => {
    const request = { v: 1, action: 'create', name: 'x', targets: [{ type: 'zero', length: 8, start }] };
    expect(host.steps(request)).toHaveLength(3);
  });

  test('for the version and a size of the answer in every form too', () => {
    for (const v of [1, '1', float(1), as('int64', 1)]) {
      for (const bufferSize of [512, '512', float(512), as('uint64', 512)]) {
        const [step] = host.steps({ v, action: 'list', bufferSize });
        expect(step!.payload).toHaveLength(512);
      }
    }
  });
});

describe('a number of sectors may carry a unit', () => {
  test.each<[string, bigint]>([
    ['8s', 8n],
    ['512B', 1n],
    ['4096B', 8n],
    ['1KiB', 2n],
    ['1MiB', 2048n],
    ['3GiB', 3n << 21n],
    ['1TiB', 1n << 31n],
    ['1PiB', 1n << 41n],
    ['7EiB', 7n << 51n],
    ['9223372036854775296B', 2n ** 54n - 1n],
  ])('%s', (text, expected) => {
    expect(lengthOf(text)).toBe(expected);
    expect(lengthOf(text, 'unheard-of')).toBe(expected);
  });

  test('in start, offset and chunkSize as in length', () => {
    const request = {
      v: 1,
      action: 'create',
      name: 'x',
      targets: [
        { type: 'zero', length: '1MiB' },
        { type: 'linear', start: '2048s', length: '1MiB', device: '/dev/sda', offset: '4KiB' },
        { type: 'striped', length: '8KiB', chunkSize: '4KiB', stripes: [{ device: '7:0', offset: '512B' }] },
      ],
    };
    const rows = specsOf(payloadOf(host.steps(request), TABLE_LOAD));
    expect(rows.map(({ start, params }) => [start, params])).toEqual([
      [0n, ''],
      [2048n, '/dev/sda 8'],
      [4096n, '1 8 7:0 1'],
    ]);
  });
});

describe('a request', () => {
  test('means the same in any order of its fields', () => {
    const fields: [string, Packable][] = [
      ['v', 1],
      ['action', 'reload'],
      ['uuid', 'U-1'],
      ['table', '0 8 zero'],
      ['readOnly', true],
      ['noFlush', true],
    ];
    const plan = (list: [string, Packable][]) => host.steps(new Raw(packMap(list)));
    expect(plan(fields.toReversed())).toEqual(plan(fields));
    expect(plan([...fields.slice(3), ...fields.slice(0, 3)])).toEqual(plan(fields));
  });

  test('may say false for every switch, which is what leaving it out means', () => {
    expect(host.steps({ v: 1, action: 'suspend', name: 'x', noFlush: false, skipLockfs: false })).toEqual(
      host.steps({ v: 1, action: 'suspend', name: 'x' }),
    );
    expect(host.steps({ v: 1, action: 'create', name: 'x', noTable: false, table: '0 8 zero' })).toEqual(
      host.steps({ v: 1, action: 'create', name: 'x', table: '0 8 zero' }),
    );
  });

  test('may have 64 fields at most', () => {
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`f${i}`, 0]));
    expect(host.failure('plan', many).name).toBe('missing_field');
  });

  test('may nest eight levels of maps and arrays', () => {
    const nested = (levels: number): Packable => (levels === 0 ? [] : [nested(levels - 1)]);
    expect(host.failure('plan', { v: nested(6) })).toMatchObject({ name: 'wrong_type', path: 'v' });
    expect(host.failure('plan', { v: nested(7) })).toMatchObject({ name: 'nested_too_deep' });
  });

  test('that leaves fields undefined is the request without them', async () => {
    const planner = await loadPlanner();
    const undefinedToo = { action: 'remove', name: 'x', uuid: undefined, deferred: undefined } as never;
    expect(planner.plan(undefinedToo).bytes).toEqual(planner.plan({ action: 'remove', name: 'x' }).bytes);
  });
});

describe('every action', () => {
  test.each(ACTIONS)('$name takes its own switches and refuses the others', (action) => {
    const own = action.steps.flatMap(({ switches }) => switches ?? []);
    for (const [name, flag] of Object.entries(SWITCHES)) {
      const request = { ...smallest(action), [name]: true };
      if (!own.some((each) => each === name)) {
        expect(host.failure('plan', request)).toMatchObject({ name: 'not_for_action', path: name });
        continue;
      }
      const steps = host.steps(request);
      action.steps.forEach((step, i) => {
        const flags = Buffer.from(steps[i]!.payload).readUInt32LE(28);
        const passedOn = step.switches?.some((each) => each === name) ? flag : 0;
        expect(flags).toBe((step.flags ?? 0) | passedOn);
      });
    }
  });

  test.each(ACTIONS)('$name becomes its commands, in order, each payload as long as it says', (action) => {
    const steps = host.steps(smallest(action));
    expect(steps.map(({ command }) => command)).toEqual(action.steps.map(({ command }) => command));
    for (const { payload } of steps) {
      const header = Buffer.from(payload);
      expect([header.readUInt32LE(0), header.readUInt32LE(4), header.readUInt32LE(8)]).toEqual([4, 0, 0]);
      expect(header.readUInt32LE(12)).toBe(payload.length);
      expect(header.readUInt32LE(16)).toBe(payload.length === 312 ? 0 : 312);
      expect(header.subarray(32, 48)).toEqual(Buffer.alloc(16));
      expect(header.subarray(305, 312)).toEqual(Buffer.alloc(7));
    }
  });

  test.each([320, 512, 16384, 65536, 1048576])('a query asks for an answer of %i bytes, all of them zero', (size) => {
    const queries = ACTIONS.filter(({ steps }) => steps.some(({ payload }) => payload === 'room'));
    expect(queries.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['list', 'status', 'table', 'deps', 'wait', 'measure', 'targets', 'target_version']),
    );
    for (const action of queries) {
      const [step] = host.steps({ ...smallest(action), bufferSize: size });
      expect(step!.payload).toHaveLength(size);
      expect(step!.payload.subarray(312).every((byte) => byte === 0)).toBe(true);
    }
  });
});

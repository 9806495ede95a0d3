import { describe, expect, test } from 'vitest';
import { encoded, Host, payloadOf, readFailure, specsOf } from './harness.ts';

const host = new Host();
const TABLE_LOAD = 9;
const LAST = 2n ** 54n - 1n;

type Targets = { type: string; length: bigint | number | string; start?: bigint | number | string }[];

const create = (targets: Targets) => ({ v: 1, action: 'create', name: 'x', targets });
const zeros = (...rows: { length: bigint | number; start?: bigint | number }[]) =>
  create(rows.map((row) => ({ type: 'zero', ...row })));
const rowsOf = (request: object) =>
  specsOf(payloadOf(host.steps(request), TABLE_LOAD)).map(({ start, length }) => [start, length]);

describe('a target starts where the one before ends', () => {
  test('whether or not its start is given', () => {
    const implied = zeros({ length: 8 }, { length: 1 }, { length: 7 });
    const given = zeros({ start: 0, length: 8 }, { start: 8, length: 1 }, { length: 7, start: 9 });
    expect(rowsOf(implied)).toEqual([
      [0n, 8n],
      [8n, 1n],
      [9n, 7n],
    ]);
    expect(host.steps(given)).toEqual(host.steps(implied));
  });

  test.each([
    [
      'a gap of one sector',
      zeros({ length: 8 }, { start: 9, length: 8 }),
      'gap',
      1,
      'starts at sector 9, but the one before ends at sector 8',
    ],
    [
      'an overlap of one sector',
      zeros({ length: 8 }, { start: 7, length: 8 }),
      'overlap',
      1,
      'starts at sector 7, but the one before ends only at sector 8',
    ],
    ['the same start twice', zeros({ length: 8 }, { start: 0, length: 8 }), 'overlap', 1, 'starts at sector 0'],
    [
      'a gap past 2^32',
      zeros({ length: 2n ** 32n }, { start: 2n ** 33n, length: 8 }),
      'gap',
      1,
      'ends at sector 4294967296',
    ],
    ['a first start of one', zeros({ start: 1, length: 1 }), 'first_start', 0, 'starts at sector 1'],
  ])('and %s is refused', (_, request, name, row, message) => {
    const failure = host.failure('plan', request);
    expect(failure).toMatchObject({ name, path: `targets[${row}].start` });
    expect(failure.message).toContain(message);
  });
});

describe('the last sector of a table', () => {
  test('is at most 2^54 - 1, in one target or in several', () => {
    expect(rowsOf(zeros({ length: LAST }))).toEqual([[0n, LAST]]);
    expect(rowsOf(zeros({ length: LAST - 1n }, { length: 1 }))).toEqual([
      [0n, LAST - 1n],
      [LAST - 1n, 1n],
    ]);
  });

  test.each([
    ['one target past it', zeros({ length: LAST + 1n }), 0],
    ['a target of one sector behind it', zeros({ length: LAST }, { length: 1 }), 1],
    ['lengths whose sum passes 2^64', zeros({ length: LAST }, { length: 2n ** 64n - 1n }), 1],
  ])('and %s is refused', (_, request, row) => {
    expect(host.failure('plan', request)).toMatchObject({ name: 'table_too_long', path: `targets[${row}].length` });
  });

  test('cannot be passed by a linear target on its device either', () => {
    const linear = (offset: bigint, length: bigint) => ({
      v: 1,
      action: 'create',
      name: 'x',
      targets: [{ type: 'linear', device: '/dev/sda', offset, length }],
    });
    expect(host.steps(linear(LAST - 8n, 8n))).toHaveLength(3);
    expect(host.failure('plan', linear(LAST - 7n, 8n)).name).toBe('linear_past_last_sector');
    expect(host.failure('plan', linear(2n ** 64n - 8n, 16n)).name).toBe('out_of_range');
  });
});

describe('many targets', () => {
  test('of every length of params are chained on eight bytes with zeros between', () => {
    const targets = Array.from({ length: 64 }, (_, i) => ({
      type: 't'.repeat(1 + (i % 15)),
      length: 1,
      params: 'p'.repeat(i),
    }));
    const payload = Buffer.from(payloadOf(host.steps(create(targets)), TABLE_LOAD));
    let at = 312;
    for (const [i, { type, params }] of targets.entries()) {
      const next = payload.readUInt32LE(at + 20);
      expect(next).toBe(Math.ceil((40 + i + 1) / 8) * 8);
      expect(payload.toString('latin1', at + 24, at + 40)).toBe(type.padEnd(16, '\0'));
      expect(payload.toString('latin1', at + 40, at + next)).toBe(params.padEnd(next - 40, '\0'));
      at += next;
    }
    expect(at).toBe(payload.length);
  });

  test('are at most 2^20', () => {
    const line = '1 zero\n';
    const text = (rows: number) => Buffer.from(Array.from({ length: rows }, (_, i) => `${i} ${line}`).join(''));
    const big = new Host();
    const most = big.call('plan', encoded({ v: 1, action: 'create', name: 'x', table: text(2 ** 20) }));
    expect(most.code).toBe(0);
    const { code, bytes } = big.call('plan', encoded({ v: 1, action: 'create', name: 'x', table: text(2 ** 20 + 1) }));
    expect(readFailure(code, bytes)).toMatchObject({ name: 'too_many_targets', path: 'table[1048576]' });
  });
});

describe('a request that does not fit into the memory', () => {
  test.each([2 ** 30, 2 ** 31, 2 ** 32 - 1, 2 ** 32 - 16384])(
    'of %i bytes gets no address, and the next is answered',
    (size) => {
      const full = new Host();
      expect(full.exports.request(size)).toBe(0);
      expect(full.exports.plan()).toBe(7);
      expect(full.steps({ v: 1, action: 'version' })).toHaveLength(1);
    },
  );
});

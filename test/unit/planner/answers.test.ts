import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../../assembly/tables/errors.ts';
import { isDmError } from '../../../src/errors.ts';
import { Plan } from '../../../src/planner/plan.ts';
import { loadPlanner } from '../../../src/planner/planner.ts';
import type { Request } from '../../../src/request.ts';
import { readCanonical } from './canonical.ts';
import { encoded, Host, RULES } from './harness.ts';
import { pack } from './pack.ts';

const host = new Host();
const create = { v: 1, action: 'create', name: 'x' };

describe('a plan', () => {
  const request: Request = { action: 'create', name: 'data', targets: [{ type: 'zero', length: 8 }] };

  test('is the MessagePack of { v: 1, steps: [[command, payload], …] }, in its canonical form', async () => {
    const planner = await loadPlanner();
    const plan = planner.plan(request);
    const value = { v: 1, steps: plan.steps.map(({ payload }, i) => [[3, 9, 6][i], payload]) };
    expect(plan.steps.map(({ command }) => command)).toEqual(['DEV_CREATE', 'TABLE_LOAD', 'DEV_SUSPEND']);
    expect(new Uint8Array(plan.bytes)).toEqual(pack(value));
  });

  test('is read back from its bytes', async () => {
    const plan = (await loadPlanner()).plan(request);
    expect(Plan.fromBytes(plan.bytes).steps).toEqual(plan.steps);
    expect(() => Plan.fromBytes(plan.bytes.subarray(1))).toThrow(
      expect.objectContaining({ code: 'bad_plan' }) as Error,
    );
  });

  test('has the SHA-256 of its bytes for a digest', async () => {
    const plan = (await loadPlanner()).plan(request);
    const expected = createHash('sha256').update(plan.bytes).digest('hex');
    expect(await plan.digest()).toBe(`sha256:${expected}`);
  });

  test('is the same for a request that is MessagePack already, in whatever forms', async () => {
    const planner = await loadPlanner();
    expect(planner.planEncoded(pack({ v: 1, ...request })).bytes).toEqual(planner.plan(request).bytes);
  });
});

describe('an answer is canonical MessagePack', () => {
  test.each([0, 1, 5, 28, 29, 30, 31, 200, 243, 244, 245, 250, 65000, 65180, 65224, 65230, 70000])(
    'around %i bytes of params',
    (size) => {
      const request = { ...create, targets: [{ type: 'unheard-of', length: 8, params: 'p'.repeat(size) }] };
      const { code, bytes } = host.call('plan', pack(request));
      expect(code).toBe(0);
      expect(Buffer.compare(pack(readCanonical(bytes)), bytes)).toBe(0);
    },
  );

  test.each([0, 1, 14, 15, 16, 17, 200, 70000])('for %i devices', (count) => {
    const data = Buffer.alloc(312 + 8 + count * 8, 0x11);
    data.fill(0, 0, 312);
    data.writeUInt32LE(data.length, 12);
    data.writeUInt32LE(312, 16);
    data.writeUInt32LE(count, 312);
    for (const call of ['decode', 'inspect'] as const) {
      const { code, bytes } = host.call(
        call,
        pack({ command: 11, payload: data, ...(call === 'inspect' && { reply: true }) }),
      );
      expect(code).toBe(0);
      expect(Buffer.compare(pack(readCanonical(bytes)), bytes)).toBe(0);
    }
  });

  test.each([0, 31, 32, 33, 64, 65, 1000])('for an error about a word of %i bytes', (size) => {
    const { code, bytes } = host.call('plan', pack({ v: 1, action: 'a'.repeat(size) }));
    expect(code).toBe(14);
    expect(Buffer.compare(pack(readCanonical(bytes)), bytes)).toBe(0);
    expect(bytes.length).toBeLessThan(1024);
  });
});

describe('an error', () => {
  test('has a code, a name, a message, a path and an offset, in that order', () => {
    const request = {
      ...create,
      targets: [
        { type: 'zero', length: 8 },
        { type: 'zero', start: 16, length: 8 },
      ],
    };
    expect(host.failure('plan', request)).toEqual({
      code: 44,
      name: 'gap',
      message: 'the target starts at sector 16, but the one before ends at sector 8: nothing maps the sectors between',
      path: 'targets[1].start',
      offset: pack(request).indexOf(16),
    });
  });

  test('has a code and a name that no other has, and a message', () => {
    const all = [...ERRORS, ...RULES];
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, message } of all) {
      expect(name).toMatch(/^[a-z][a-z0-9_]+$/);
      expect(message.length).toBeGreaterThan(10);
    }
    for (const { code } of RULES) expect(code).toBeGreaterThanOrEqual(1000);
  });

  /** The offset is that of the first byte of `needle` in the encoded request. */
  test.each<[string, object, string]>([
    ['an action', { v: 1, action: 'NOPE' }, '\xa4NOPE'],
    ['a field that is not known', { v: 1, action: 'version', nope: 1 }, '\xa4nope'],
    ['a field that has no meaning', { v: 1, action: 'version', name: 'x' }, '\xa4name'],
    ['a name that is too long', { ...create, name: 'n'.repeat(128) }, 'nnnn'],
    ['a character of a name', { ...create, name: 'ab/d' }, '/d'],
    ['a uuid beside a name', { v: 1, action: 'info', name: 'x', uuid: 'UU' }, 'UU'],
    ['a table beside targets', { ...create, targets: [], table: 'TTT' }, '\xa3TTT'],
    ['noTable beside targets', { ...create, noTable: true, targets: [5] }, '\x91\x05'],
    ['noTable beside readOnly', { ...create, noTable: true, readOnly: true }, '\xc3'],
    ['a length', { ...create, targets: [{ type: 'zero', length: 'QQ' }] }, 'QQ'],
    ['a type', { ...create, targets: [{ type: 'Q', length: 1 }] }, 'Q'],
    ['a character of a type', { ...create, targets: [{ type: 'aQb', length: 1 }] }, 'Qb'],
    ['a device', { ...create, targets: [{ type: 'linear', length: 1, device: 'QQ', offset: 0 }] }, 'QQ'],
    [
      'a character of a device',
      { ...create, targets: [{ type: 'linear', length: 1, device: '/a\x01Q', offset: 0 }] },
      '\x01Q',
    ],
    ['a byte of raw params', { ...create, targets: [{ type: 'foo', length: 1, params: 'ab\x01' }] }, '\x01'],
    ['a word of raw params', { ...create, targets: [{ type: 'linear', length: 1, params: '/a QQ' }] }, 'QQ'],
    ['a target that is no map', { ...create, targets: [{ type: 'zero', length: 1 }, 'QQ'] }, '\xa2QQ'],
    ['a size of the answer', { v: 1, action: 'list', bufferSize: 300 }, '\xcd\x01\x2c'],
  ])('points at %s', (_, request, needle) => {
    const bytes = Buffer.from(pack(request));
    const at = bytes.lastIndexOf(Buffer.from(needle, 'latin1'));
    expect(host.failure('plan', request).offset).toBe(needle === 'nnnn' ? bytes.indexOf('nnnn') : at);
  });

  test('shows at most 64 bytes of what was given, and nothing that a terminal acts on', () => {
    const { message, path } = host.failure('plan', { ...create, [`\x1b[31m${'é'.repeat(100)}`]: 1 });
    expect(path).toBe(`?[31m${'?'.repeat(59)}...`);
    expect(message).toContain(`"${path}"`);
  });

  test('shows the number as it was given', () => {
    const message = (length: string) =>
      host.failure('plan', { ...create, targets: [{ type: 'zero', length }] }).message;
    expect(message('-5')).toContain('"-5"');
    expect(message('abcMiB')).toContain('"abcMiB"');
    expect(message('1.5MiB')).toContain('"1.5MiB"');
  });

  test.each<[string, unknown, string]>([
    ['a gap in a text', { action: 'create', name: 'x', table: '0 8 zero\n9 8 zero' }, 'gap'],
    ['an empty text', { action: 'create', name: 'x', table: '# nothing\n# here\n' }, 'empty_table'],
    ['a table that is a number', { action: 'create', name: 'x', table: 5 }, 'wrong_type'],
    ['a table for remove', { action: 'remove', name: 'x', table: 5 }, 'not_for_action'],
    ['targets that are a number', { action: 'create', name: 'x', targets: 5 }, 'wrong_type'],
    ['a target that is nil', { action: 'create', name: 'x', targets: [null] }, 'wrong_type'],
    ['nothing', {}, 'missing_field'],
  ])('reaches the library as a DmError: %s', async (_, request, code) => {
    const planner = await loadPlanner();
    let thrown: unknown;
    try {
      planner.plan(request as Request);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toSatisfy(isDmError);
    expect(thrown).toMatchObject({ code, operation: (request as Request).action });
  });

  test('about a whole text shows no line of it', async () => {
    const planner = await loadPlanner();
    const table = '# nothing\n# here\n# and here and here and here';
    expect(() => planner.plan({ action: 'create', name: 'x', table })).toThrow(
      expect.objectContaining({ code: 'empty_table', tableLine: undefined }) as Error,
    );
  });
});

describe('without a request', () => {
  test.each(['plan', 'decode', 'inspect'] as const)(
    '%s is no_request, before the first and after an empty one',
    (call) => {
      const fresh = new Host();
      expect(fresh.exports[call]()).toBe(7);
      expect(fresh.call(call, new Uint8Array()).code).toBe(7);
    },
  );

  test('nothing breaks for those that follow', () => {
    const fresh = new Host();
    for (const call of ['plan', 'decode', 'inspect', 'plan'] as const) expect(fresh.exports[call]()).toBe(7);
    expect(fresh.exports.selftest()).toBe(new Host().exports.selftest());
    const request = encoded({ ...create, table: '0 8 zero' });
    expect(fresh.call('plan', request)).toEqual(new Host().call('plan', request));
  });

  test('there is no answer: its address and length are 0', () => {
    const fresh = new Host();
    fresh.call('plan', encoded({ ...create, table: '0 8 zero' }));
    fresh.exports.request(8);
    expect([fresh.exports.result(), fresh.exports.result_length()]).toEqual([0, 0]);
  });
});

test('a request may be compiled, read and explained again and again: each call starts over', () => {
  const planner = new Host();
  const bytes = encoded({ ...create, table: '0 8 zero' });
  const first = planner.call('plan', bytes);
  const again = (call: 'plan' | 'decode' | 'inspect') => {
    const code = planner.exports[call]();
    const at = planner.exports.result();
    return {
      code,
      bytes: new Uint8Array(planner.exports.memory.buffer.slice(at, at + planner.exports.result_length())),
    };
  };
  for (let i = 0; i < 3; i++) {
    expect(again('plan')).toEqual(first);
    expect(again('decode').code).toBe(12);
    expect(again('inspect').code).toBe(12);
  }
});

test('selftest() is the same in every instance, and again after other calls', () => {
  const sum = host.exports.selftest();
  expect(sum).not.toBe(0);
  expect(new Host().exports.selftest()).toBe(sum);
  host.call('plan', pack({ v: 1 }));
  expect(host.exports.selftest()).toBe(sum);
});

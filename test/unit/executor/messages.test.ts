import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Unpackr } from 'msgpackr/index-no-eval';
import { describe, expect, test } from 'vitest';
import { failure, Refused } from '../../../executor/failure.ts';
import { hello, readRequest, reply } from '../../../executor/messages.ts';
import { IMPLEMENTATION } from '../../../executor/protocol.ts';
import { scan } from '../../../executor/scan.ts';
import { applyBody, bare, encode, map, type PlanSteps, type Value } from './payloads.ts';

const steps: PlanSteps = [[3, bare({ name: 'a' })]];
const body = (entries: Record<string, Value>) => encode(map(entries));
const plan = (entries: Record<string, Value> = {}) => map({ v: 1, steps, ...entries });

function refusal(bytes: Buffer, lastId = -1): { rule: string | null; id: number | null } {
  try {
    readRequest(bytes, lastId, 0n);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    expect(refused.failure).toMatchObject({ name: 'bad_request', step: null, rollback: null });
    return { rule: refused.failure.rule, id: refused.id };
  }
  throw new Error('not refused');
}

describe('a request', () => {
  test('of each type is read', () => {
    expect(readRequest(body({ type: 'ping', id: 0 }), -1, 0n)).toEqual({ type: 'ping', id: 0 });
    expect(readRequest(body({ type: 'cancel', id: 4294967295, target: 7 }), 8, 0n)).toEqual({
      type: 'cancel',
      id: 4294967295,
      target: 7,
    });
    expect(readRequest(applyBody(9, steps, { deadline: 1500 }), 8, 10n)).toEqual({
      type: 'apply',
      id: 9,
      steps: [{ command: 3, payload: bare({ name: 'a' }) }],
      digest: createHash('sha256').update(encode(plan())).digest('hex'),
      due: 1500_000_010n,
      key: null,
    });
    expect(readRequest(applyBody(9, steps, { key: Buffer.alloc(16, 0xab) }), 8, 10n)).toMatchObject({
      due: null,
      key: 'ab'.repeat(16),
    });
  });

  test('may have its keys in any order', () => {
    expect(readRequest(body({ plan: plan(), id: 1, type: 'apply' }), 0, 0n)).toMatchObject({ id: 1 });
  });

  test('has payloads of their own: neither views of the frame nor of a pool', () => {
    const frame = applyBody(1, [...steps, ...steps]);
    const request = readRequest(frame, 0, 0n);
    frame.fill(0xff);
    if (request.type !== 'apply') throw new Error('an apply');
    for (const { payload } of request.steps) {
      expect(payload).toEqual(bare({ name: 'a' }));
      expect(payload.buffer.byteLength).toBe(312);
    }
  });

  test.each<[string, string, Buffer, number | null]>([
    ['no type', 'type', body({ id: 1 }), 1],
    ['an unknown type', 'type', body({ type: 'drain', id: 1 }), 1],
    ['a name of Object.prototype as type', 'type', body({ type: 'constructor', id: 1 }), 1],
    ['a number as type', 'type', body({ type: 1, id: 1 }), 1],
    ['no id', 'id', body({ type: 'ping' }), null],
    ['a negative id', 'id', body({ type: 'ping', id: -1 }), null],
    ['an id of 2^32', 'id', body({ type: 'ping', id: 2 ** 32 }), null],
    ['text as id', 'id', body({ type: 'ping', id: '1' }), null],
    ['nil as id', 'id', body({ type: 'ping', id: null }), null],
    ['an unknown key', 'extra', body({ type: 'ping', id: 1, extra: 1 }), 1],
    ['the key __proto__', '__proto_', body(JSON.parse('{"type":"ping","id":1,"__proto__":1}')), 1],
    ['a deadline on a ping', 'deadline', body({ type: 'ping', id: 1, deadline: 1 }), 1],
    ['no target', 'target', body({ type: 'cancel', id: 1 }), 1],
    ['a target that is no id', 'target', body({ type: 'cancel', id: 1, target: true }), 1],
    ['no plan', 'plan', body({ type: 'apply', id: 1 }), 1],
    ['a plan as binary', 'plan', body({ type: 'apply', id: 1, plan: encode(plan()) }), 1],
    ['a plan as array', 'plan', body({ type: 'apply', id: 1, plan: [] }), 1],
    ['nil as plan', 'plan', body({ type: 'apply', id: 1, plan: null }), 1],
    ['nil as deadline', 'deadline', applyBody(1, steps, { deadline: null }), 1],
    ['a key of 15 bytes', 'key', applyBody(1, steps, { key: Buffer.alloc(15) }), 1],
    ['text as key', 'key', applyBody(1, steps, { key: 'x'.repeat(16) }), 1],
    ['a negative deadline', 'deadline', applyBody(1, steps, { deadline: -1 }), 1],
    ['a plan without version', 'plan.v', body({ type: 'apply', id: 1, plan: map({ steps }) }), 1],
    ['a plan of version 2', 'plan.v', body({ type: 'apply', id: 1, plan: plan({ v: 2 }) }), 1],
    ['a plan with a further key', 'plan.digest', body({ type: 'apply', id: 1, plan: plan({ digest: 'x' }) }), 1],
    ['a plan without steps', 'plan.steps', body({ type: 'apply', id: 1, plan: map({ v: 1 }) }), 1],
    ['no step', 'plan.steps', applyBody(1, []), 1],
    [
      '4097 steps',
      'plan.steps',
      applyBody(
        1,
        Array.from({ length: 4097 }, () => steps[0]!),
      ),
      1,
    ],
    ['steps as map', 'plan.steps', body({ type: 'apply', id: 1, plan: plan({ steps: map({}) }) }), 1],
    ['a step of one', 'plan.steps[0]', body({ type: 'apply', id: 1, plan: plan({ steps: [[3]] }) }), 1],
    [
      'a step of three',
      'plan.steps[1]',
      body({ type: 'apply', id: 1, plan: plan({ steps: [...steps, [3, bare(), 1]] }) }),
      1,
    ],
    ['a step that is nil', 'plan.steps[0]', body({ type: 'apply', id: 1, plan: plan({ steps: [null] }) }), 1],
    ['text as payload', 'plan.steps[0]', body({ type: 'apply', id: 1, plan: plan({ steps: [[3, 'x']] }) }), 1],
    ['text as command', 'plan.steps[0]', body({ type: 'apply', id: 1, plan: plan({ steps: [['3', bare()]] }) }), 1],
    ['a negative command', 'plan.steps[0]', body({ type: 'apply', id: 1, plan: plan({ steps: [[-3, bare()]] }) }), 1],
  ])('with %s is refused by the key', (_, rule, bytes, id) => {
    scan(bytes);
    expect(refusal(bytes)).toEqual({ rule, id });
  });

  test('whose id does not increase is refused', () => {
    expect(refusal(body({ type: 'ping', id: 5 }), 5)).toEqual({ rule: 'id', id: 5 });
    expect(refusal(body({ type: 'ping', id: 4 }), 5)).toEqual({ rule: 'id', id: 4 });
  });
});

describe('what the executor says', () => {
  const decoder = new Unpackr({ useRecords: false, mapsAsObjects: false });

  /** Scanned, decoded, and the same when encoded canonically: so the forms are the shortest and the keys in order. */
  function read(bytes: Uint8Array): Map<string, Value> {
    scan(bytes);
    const value = decoder.unpack(Buffer.from(bytes)) as Map<string, Value>;
    expect(encode(value).equals(bytes)).toBe(true);
    return value;
  }

  test('hello, ready', () => {
    const message = read(hello([4, 47, 0], 'unrestricted', null));
    expect([...message]).toEqual([
      ['type', 'hello'],
      ['protocol', 1],
      ['implementation', IMPLEMENTATION],
      ['state', 'ready'],
      ['reason', null],
      ['driver', [4, 47, 0]],
      ['policy', 'unrestricted'],
      ['commands', [0, 2, 3, 4, 6, 7, 9, 10, 11, 12, 5, 14, 15, 13, 17]],
      ['limits', map({ frameBytes: 67108864, nodes: 65536, steps: 4096, payloadBytes: 33554432, targets: 1048576 })],
    ]);
  });

  test('hello, degraded', () => {
    const message = read(hello(null, 'unrestricted', { name: 'no_device_mapper', message: 'load it' }));
    expect(message.get('state')).toBe('degraded');
    expect(message.get('reason')).toEqual(map({ name: 'no_device_mapper', message: 'load it' }));
    expect(message.get('driver')).toBeNull();
  });

  test('pong', () => {
    expect([...read(reply('pong', 7))]).toEqual([
      ['type', 'pong'],
      ['id', 7],
    ]);
  });

  test('a result, its replies as binary', () => {
    const message = read(
      reply('result', 7, { replies: [new Uint8Array(312), new Uint8Array(70000)], node: '/dev/mapper/a' }),
    );
    expect([...message.keys()]).toEqual(['type', 'id', 'replies', 'node']);
    expect((message.get('replies') as Uint8Array[]).map((reply) => reply.length)).toEqual([312, 70000]);
  });

  test('an error, with everything in it', () => {
    const undone: [number, number, number | null][] = [
      [1, 10, null],
      [0, 4, 16],
    ];
    const reason = { ...failure('ioctl_failed', 'why', 22), step: 2, rollback: { complete: false, undone } };
    expect([...read(reply('error', 7, reason))]).toEqual([
      ['type', 'error'],
      ['id', 7],
      ['name', 'ioctl_failed'],
      ['message', 'why'],
      ['step', 2],
      ['rule', null],
      ['errno', 22],
      ['rollback', map({ complete: false, undone })],
    ]);
  });

  test('an error without an id', () => {
    const message = read(reply('error', null, failure('malformed_frame', 'why')));
    expect(message.get('id')).toBeNull();
    expect(message.get('errno')).toBeNull();
    expect(message.get('rollback')).toBeNull();
  });

  test('the version of the package', () => {
    const { name, version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(IMPLEMENTATION).toBe(`${name}-executor ${version}`);
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DmError, loadPlanner, Plan } from '../../../src/index.ts';
import { encode, map, type Value } from '../executor/payloads.ts';

const planner = await loadPlanner();
const plan = planner.plan({ action: 'create', name: 'data', table: '0 8 zero' });

const bytesOf = (steps: Value, v: Value = 1): Uint8Array => encode(map({ v, steps }));
const badPlan = expect.objectContaining({ code: 'bad_plan', name: 'DmError', cause: expect.anything() });

describe('a plan', () => {
  it('holds the same steps in its bytes', () => {
    expect(Plan.fromBytes(plan.bytes)).toEqual(plan);
    expect(plan.steps.map(({ command }) => command)).toEqual(['DEV_CREATE', 'TABLE_LOAD', 'DEV_SUSPEND']);
    expect(Buffer.from(bytesOf(plan.steps.map(({ payload }, i) => [[3, 9, 6][i]!, payload])))).toEqual(
      Buffer.from(plan.bytes),
    );
  });

  it('has the SHA-256 of its bytes as its digest', async () => {
    expect(await plan.digest()).toBe(`sha256:${createHash('sha256').update(plan.bytes).digest('hex')}`);
  });

  it('is read from a view into larger bytes', () => {
    const larger = new Uint8Array(plan.bytes.length + 20).fill(0xc1);
    larger.set(plan.bytes, 7);
    expect(Plan.fromBytes(larger.subarray(7, 7 + plan.bytes.length)).steps).toEqual(plan.steps);
  });

  it('is joined from several, byte for byte what their steps make in this order', () => {
    const remove = planner.plan({ action: 'remove', name: 'old' });
    const joined = Plan.join([remove, plan]);
    expect(joined.steps).toEqual([...remove.steps, ...plan.steps]);
    expect(joined).toEqual(Plan.fromBytes(joined.bytes));
    const pairs = joined.steps.map(({ payload }, i) => [[4, 3, 9, 6][i]!, payload]);
    expect(Buffer.from(joined.bytes)).toEqual(Buffer.from(bytesOf(pairs)));
    expect(Buffer.from(Plan.join([plan]).bytes)).toEqual(Buffer.from(plan.bytes));
  });

  it('may have no steps', () => {
    expect(Plan.fromBytes(bytesOf([])).steps).toEqual([]);
  });
});

describe('bytes are refused as bad_plan', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['nil', Uint8Array.of(0xc0)],
    ['a number', Uint8Array.of(1)],
    ['text', encode('plan')],
    ['an array', encode([1, 2])],
    ['a map without steps', encode(map({ v: 1 }))],
    ['another version', bytesOf([], 2)],
    ['no version', encode(map({ steps: [] }))],
    ['steps that are no array', bytesOf('steps')],
    ['a step that is no array', bytesOf([map({})])],
    ['a step that is nil', bytesOf([null])],
    ['an unknown command', bytesOf([[99, new Uint8Array(312)]])],
    ['a command by name', bytesOf([['VERSION', new Uint8Array(312)]])],
    ['a payload of text', bytesOf([[0, 'payload']])],
    ['a step without payload', bytesOf([[0]])],
    ['a step with more behind its payload', bytesOf([[0, new Uint8Array(312), 1]])],
    ['a plan with bytes behind it', Buffer.concat([plan.bytes, Buffer.of(0)])],
  ])('when they are %s', (_, bytes) => {
    expect(() => Plan.fromBytes(bytes)).toThrow(badPlan);
  });

  it('when they are a plan cut short at any byte', () => {
    for (let end = 0; end < plan.bytes.length; end++) {
      expect(() => Plan.fromBytes(plan.bytes.subarray(0, end))).toThrow(badPlan);
    }
  });

  it('or are a plan, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          expect(Plan.fromBytes(bytes)).toBeInstanceOf(Plan);
        } catch (error) {
          expect(error).toBeInstanceOf(DmError);
          expect(error).toMatchObject({ code: 'bad_plan' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

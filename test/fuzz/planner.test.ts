/**
 * Whatever a host writes, the planner answers: never a trap, a known code, canonical MessagePack of bounded length, and no
 * trace in the next answer. `DMPLAN_FUZZ_RUNS` (100000 for the full form) and `DMPLAN_FUZZ_SEED` choose the run.
 */
import { describe, expect, test } from 'vitest';
import { readCanonical } from '../unit/planner/canonical.ts';
import { type Call, ERROR_NAMES, Host, readFailure } from '../unit/planner/harness.ts';
import { type Packable, pack } from '../unit/planner/pack.ts';
import { junkExchange, junkRequest, MOST_ROOM, mutated, noise } from './junk.ts';
import { Random } from './random.ts';

const RUNS = Number(process.env.DMPLAN_FUZZ_RUNS ?? 3000);
const SEED = Number(process.env.DMPLAN_FUZZ_SEED ?? 20251122);

/** No call takes as long as this, in milliseconds; it only tells a hang from work. */
const HANGS = 10_000;

/** The longest answers for a request of so many bytes: a row of 9 bytes of text becomes a spec of 48. */
const LONGEST: Record<Call, (length: number) => number> = {
  plan: (length) => 6 * length + 4096 + MOST_ROOM,
  decode: (length) => 6 * length + 1024,
  inspect: (length) => 32 * length + 2048,
};
const LONGEST_ERROR = 1024;

const CALLS: Call[] = ['plan', 'decode', 'inspect'];

/** Requests whose answers are compared with those of a fresh planner, again and again. */
const CONTROLS: [Call, Uint8Array][] = [
  ['plan', pack({ v: 1, action: 'create', name: 'control1', uuid: 'U', table: '0 8 zero\n8 8 linear /dev/sda 0\n' })],
  [
    'plan',
    pack({
      v: 1,
      action: 'create',
      name: 'x',
      targets: [
        { type: 'error', length: 8 },
        { type: 'zero', start: 9, length: 8 },
      ],
    }),
  ],
  ['inspect', pack({ command: 12, payload: new Uint8Array(700) })],
  ['decode', pack({ command: 7, payload: new Uint8Array(312) })],
];

/** Calls a planner with whatever `request` makes, and checks every answer. */
function hammer(seed: number, calls: Call[], request: (random: Random, call: Call) => Uint8Array) {
  const random = new Random(seed);
  const host = new Host();
  const expected = CONTROLS.map(([call, bytes]) => new Host().call(call, bytes));
  const seen = new Map<string, number>();
  host.call('plan', pack({ v: 1, action: 'list', bufferSize: 2 ** 20 }));
  const memory = host.exports.memory.buffer.byteLength;
  let slowest = 0;
  for (let run = 0; run < RUNS; run++) {
    for (const call of calls) {
      const bytes = request(random, call);
      try {
        const started = performance.now();
        const answer = host.call(call, bytes);
        slowest = Math.max(slowest, performance.now() - started);
        const most = answer.code === 0 ? LONGEST[call](bytes.length) : LONGEST_ERROR;
        if (answer.bytes.length > most) throw new Error(`an answer of ${answer.bytes.length} bytes`);
        if (answer.code === 0) readCanonical(answer.bytes);
        else readFailure(answer.code, answer.bytes);
        const name = ERROR_NAMES.get(answer.code) ?? 'accepted';
        seen.set(name, (seen.get(name) ?? 0) + 1);
        if (run % 16 === 0) {
          CONTROLS.forEach(([again, control], i) => {
            const { code, bytes: now } = host.call(again, control);
            if (code !== expected[i]!.code || Buffer.compare(now, expected[i]!.bytes) !== 0) {
              throw new Error(`then the answer to control ${i} was another`);
            }
          });
        }
      } catch (cause) {
        throw new Error(
          `seed ${seed}, run ${run}: ${call} of ${Buffer.from(bytes).toString('hex')}: ${String(cause)}`,
          { cause },
        );
      }
    }
  }
  expect(host.exports.memory.buffer.byteLength).toBe(memory);
  expect(slowest).toBeLessThan(HANGS);
  return seen;
}

function report(what: string, started: number, count: number, seen: Map<string, number>): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const accepted = seen.get('accepted') ?? 0;
  console.log(`${what}: ${count} calls in ${seconds} s; ${accepted} accepted, ${seen.size} different answers`);
}

const packed = (make: (random: Random) => Packable) => (random: Random) => pack(make(random));

describe('the planner never traps, and keeps nothing', () => {
  test.each<[string, Call[], (random: Random, call: Call) => Uint8Array, number]>([
    ['requests of the right shape with wrong values, to plan', ['plan'], packed(junkRequest), 30],
    ['replies of the right shape with wrong values, to decode', ['decode'], packed(junkExchange), 10],
    ['payloads of the right shape with wrong values, to inspect', ['inspect'], packed(junkExchange), 10],
    ['random bytes, to every call', CALLS, noise, 4],
    ['valid requests with damaged bytes, to every call', CALLS, mutated, 20],
    [
      'requests of one call, to another',
      CALLS,
      (random, call) => mutated(random, CALLS[(CALLS.indexOf(call) + 1) % 3]!),
      4,
    ],
  ])('given %s', (what, calls, request, different) => {
    const started = performance.now();
    const seen = hammer(SEED, calls, request);
    report(what, started, RUNS * calls.length, seen);
    expect(seen.size).toBeGreaterThanOrEqual(different);
  });
});

/**
 * Whatever a client sends, the executor's reading of it ends in a request or in a named refusal: frames, scan, schema and
 * byte rules, in the order in which bytes pass them. `DMPLAN_FUZZ_RUNS` (100000 for the full form) and
 * `DMPLAN_FUZZ_SEED` choose the run.
 */
import { expect, test } from 'vitest';
import { Refused } from '../../executor/failure.ts';
import { frameReader, readRequest } from '../../executor/messages.ts';
import { LIMITS } from '../../executor/protocol.ts';
import { brokenRule } from '../../executor/rules.ts';
import { scan } from '../../executor/scan.ts';
import { applyFrame, cancelFrame, pingFrame } from '../../src/client/messages.ts';
import { loadPlanner, type Request } from '../../src/index.ts';
import { mutate } from './junk.ts';
import { Random } from './random.ts';

const RUNS = Number(process.env.DMPLAN_FUZZ_RUNS ?? 3000);
const SEED = Number(process.env.DMPLAN_FUZZ_SEED ?? 20251122);
/** Milliseconds after which a read counts as hanging. */
const HANGS = 10_000;
/** What the heap may be larger at the end; garbage that is not collected yet is part of it. */
const GROWTH = 64 * 2 ** 20;

const planner = await loadPlanner();

const REQUESTS: Request[] = [
  { action: 'version' },
  { action: 'create', name: 'a', uuid: 'U', table: '0 8 zero\n8 8 linear /dev/sda 0\n' },
  { action: 'reload', name: 'a', targets: [{ type: 'error', length: 8 }] },
  { action: 'status', name: 'a', bufferSize: 512 },
];
const FRAMES: Uint8Array[] = [
  ...REQUESTS.map((request, index) => applyFrame(index, planner.plan(request).bytes, 1000)),
  cancelFrame(1, 2),
  pingFrame(3),
];

/** Feeds a stream in pieces to a fresh reader; what came of it. */
function read(stream: Uint8Array, random: Random): string {
  const frames = frameReader(LIMITS.frameBytes);
  try {
    for (let at = 0; at < stream.length; ) {
      const size = 1 + random.below(stream.length);
      for (const frame of frames.push(stream.subarray(at, at + size))) handle(frame);
      at += size;
    }
    return frames.isPartial() ? 'partial' : 'read';
  } catch (error) {
    if (error instanceof Refused) return error.failure.name;
    throw error;
  }
}

function handle(frame: Uint8Array): void {
  scan(frame);
  const request = readRequest(frame, -1, 0n);
  if (request.type === 'apply') for (const { command, payload } of request.steps) brokenRule(command, payload);
}

function hammer(make: (random: Random) => Uint8Array): Map<string, number> {
  const random = new Random(SEED);
  const seen = new Map<string, number>();
  for (let i = 0; i < 100; i++) read(make(random), random);
  const before = process.memoryUsage().heapUsed;
  for (let run = 0; run < RUNS; run++) {
    const stream = make(random);
    const started = performance.now();
    const outcome = read(stream, random);
    expect(performance.now() - started).toBeLessThan(HANGS);
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(GROWTH);
  console.log(`${RUNS} streams: ${[...seen].map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`);
  return seen;
}

test('random bytes end in a request, a named refusal or half a frame', () => {
  const seen = hammer((random) => random.bytes(1 + random.below(200)));
  expect(
    [...seen.keys()].filter((name) => !['malformed_frame', 'partial', 'read', 'bad_request'].includes(name)),
  ).toEqual([]);
});

test('random bytes in a frame of the right length end in a named refusal', () => {
  const seen = hammer((random) => {
    const body = random.bytes(1 + random.below(200));
    const stream = new Uint8Array(4 + body.length);
    new DataView(stream.buffer).setUint32(0, body.length);
    stream.set(body, 4);
    return stream;
  });
  expect(seen.has('malformed_frame')).toBe(true);
});

test('frames of a real client with some bytes changed are read or refused by name', () => {
  const seen = hammer((random) => mutate(random, random.pick(FRAMES)));
  expect(seen.has('malformed_frame') && seen.has('read')).toBe(true);
});

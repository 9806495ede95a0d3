/**
 * What a hostile client may send, in numbers: the scan and the frame reader neither crash nor hang nor grow, and what they
 * accept msgpackr decodes to just what was sent. `DMPLAN_FUZZ_FRAMES` (10000000 for the full form) and `DMPLAN_FUZZ_SEED`
 * choose the run.
 */
import { Unpackr } from 'msgpackr/index-no-eval';
import { expect, test } from 'vitest';
import { Refused } from '../../executor/failure.ts';
import { frameReader } from '../../executor/messages.ts';
import { LIMITS } from '../../executor/protocol.ts';
import { scan } from '../../executor/scan.ts';
import { bare, encode, frame, map, query, table, type Value } from '../unit/executor/payloads.ts';
import { mutate, noise } from './junk.ts';
import { Random } from './random.ts';

const FRAMES = Number(process.env.DMPLAN_FUZZ_FRAMES ?? 200_000);
const SEED = Number(process.env.DMPLAN_FUZZ_SEED ?? 20261122);
/** Milliseconds after which a read counts as hanging; what any may take is a figure, not a test. */
const HANGS = 10_000;
const SLOW = 50;
/** What memory may be larger at the end than after a warm-up; garbage that is not collected yet is part of it. */
const GROWTH = 64 * 2 ** 20;
const SAMPLES = 100;
const HOUR_MS = 3_600_000;

const plan = (...steps: Value[]): Value => map({ v: 1, steps });
const wide: Value = [5n, 7n, 8n, 15n, 16n, 31n, 32n, 63n].flatMap((n) => [1n << n, (1n << n) - 1n, -(1n << n)]);

/** Messages of every shape, and values of every tag. */
const BODIES: Uint8Array[] = [
  map({ type: 'ping', id: 3 }),
  map({ type: 'cancel', id: 70000, target: 2 }),
  map({ type: 'apply', id: 1, plan: plan([3, bare({ name: 'a', uuid: 'U' })], [6, bare({ name: 'a' })]) }),
  map({ type: 'apply', id: 2, plan: plan([9, table({ name: 'a' }, [[0, 8, 'linear', '7:0 0']])]), deadline: 5000 }),
  map({ type: 'apply', id: 2, plan: plan([12, query({ name: 'a' }, 100)]) }),
  map({ a: wide, b: [null, true, false], c: '\u00e9\u65e5\ud83d\ude00', d: new Uint8Array(40) }),
  map({ a: 'x'.repeat(40), b: 'y'.repeat(300), c: new Uint8Array(300), d: Array<null>(20).fill(null) }),
  map({ a: map({ b: map({ c: [[1]] }) }), d: new Map(Array.from({ length: 20 }, (_, i) => [`key${i}`, i])) }),
].map(encode);

const decoder = new Unpackr({ useRecords: false, mapsAsObjects: false, int64AsType: 'bigint' });

/** A body made of others, changed or not. Most are small: a frame that is accepted is one that was hardly changed. */
function body(random: Random): Uint8Array {
  if (random.chance(8)) return noise(random);
  const base = random.pick(BODIES);
  return random.chance(20) ? base : mutate(random, base);
}

/** Whole frames, and now and then a stream whose lengths are wrong. */
function stream(random: Random): Uint8Array {
  const frames = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => frame(body(random)));
  const whole = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  return random.chance(8) ? mutate(random, whole) : whole;
}

/** Reads a stream in pieces; how many frames the scan accepted, and what came in the end. */
function read(bytes: Uint8Array, random: Random): { accepted: Buffer[]; outcome: string } {
  const frames = frameReader(LIMITS.frameBytes);
  const accepted: Buffer[] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const size = random.chance(2) ? bytes.length : 1 + random.below(bytes.length);
      for (const found of frames.push(bytes.subarray(at, at + size))) {
        scan(found);
        accepted.push(Buffer.from(found));
      }
      at += size;
    }
    return { accepted, outcome: frames.isPartial() ? 'partial' : 'read' };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { accepted, outcome: error.failure.name };
  }
}

const memory = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** Of this process: what the machine does besides does not count. */
const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** msgpackr renames this one key. */
const RENAMED = Buffer.from('__proto__');

test(
  `${FRAMES} streams of mutated frames are read or refused, and msgpackr decodes what is accepted to the same`,
  () => {
    const random = new Random(SEED);
    const seen: Record<string, number> = { accepted: 0 };
    const times = { slow: 0, worst: 0 };
    const grown: number[] = [];
    let before = 0;
    for (let run = 0; run < FRAMES; run++) {
      const bytes = stream(random);
      const begun = cpuMilliseconds();
      const { accepted, outcome } = read(bytes, random);
      const took = cpuMilliseconds() - begun;
      times.worst = Math.max(times.worst, took);
      if (took > SLOW) times.slow++;
      seen[outcome] = (seen[outcome] ?? 0) + 1;
      for (const found of accepted) {
        seen.accepted!++;
        if (found.includes(RENAMED)) continue;
        const again = encode(decoder.unpack(found) as Value);
        if (!again.equals(found)) expect.fail(`msgpackr read another: ${Buffer.from(found).toString('base64')}`);
      }
      if (run === Math.floor(FRAMES / 10)) before = memory();
      if (before > 0 && run % Math.ceil(FRAMES / SAMPLES) === 0) grown.push(memory() - before);
    }
    // The least of the last samples: what lies between two collections is not growth.
    const growth = Math.min(...grown.slice(-10));
    const figures = { seen, worstMs: Math.round(times.worst), over50Ms: times.slow, grownKiB: growth >> 10 };
    console.log(`${FRAMES} streams: ${JSON.stringify(figures)}`);
    expect(Object.keys(seen).sort()).toEqual(['accepted', 'malformed_frame', 'partial', 'read']);
    expect(seen.accepted).toBeGreaterThan(FRAMES / 20);
    expect(times.worst).toBeLessThan(HANGS);
    expect(growth).toBeLessThan(GROWTH);
  },
  HOUR_MS,
);

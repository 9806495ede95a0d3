/** How the benchmarks measure: programs in turns, medians with the quartiles beside them, straight lines through curves. */
import { spawnSync } from 'node:child_process';

/** What a program took: seconds, and MiB at most. */
export interface Taken {
  wall: number;
  /** User and system time of all of its threads: what other people's work on the machine changes least. */
  cpu: number;
  memory: number;
  /** MiB that came from a disk, not from page cache. */
  fromDisk: number;
}

/** Nanoseconds: by the clock, and of all processors that worked for it. */
export interface Spent {
  wall: number;
  cpu: number;
}

/** Certificates that the environment names are read by Node 20 before any program, which none of them has to do with. */
const { NODE_EXTRA_CA_CERTS: _, ...ENVIRONMENT } = process.env;

/** Runs a program under GNU time, on one core if told. */
export function time(command: string[], { core }: { core?: number | undefined } = {}): Taken {
  const pinned = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  const before = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync('/usr/bin/time', ['-f', '%U %S %M %I', ...pinned], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  const wall = Number(process.hrtime.bigint() - before) / 1e9;
  if (error) throw new Error('GNU time is needed: the package "time"', { cause: error });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  const told = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  const [user, system, memory, inputs] = told as [number, number, number, number];
  return { wall, cpu: user + system, memory: memory / 1024, fromDisk: inputs / 2048 };
}

/**
 * Every program once, as often as told, after one round of warm-up: so none has a quieter time than another. `warmUp`:
 * how many such rounds, where one costs minutes and what is measured is warm.
 */
export async function inTurns<P extends Record<string, unknown>>(
  programs: { [K in keyof P]: () => P[K] | Promise<P[K]> },
  rounds: number,
  { warmUp = 1 }: { warmUp?: number } = {},
): Promise<{ [K in keyof P]: P[K][] }> {
  const names = Object.keys(programs) as (keyof P)[];
  const taken = Object.fromEntries(names.map((name) => [name, []])) as unknown as { [K in keyof P]: P[K][] };
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const result = await programs[name]();
      if (round >= 0) taken[name].push(result);
    }
  }
  return taken;
}

/** The median, and the quartiles as its spread. */
export interface Middle {
  median: number;
  low: number;
  high: number;
}

export function middle(values: number[]): Middle {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => {
    const place = part * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** How many times as fast the second is, from runs that stood next to each other. */
export function ratio(slower: number[], faster: number[]): Middle {
  return middle(slower.map((value, round) => value / faster[round]!));
}

/** The straight line that is nearest to the points in proportion, and how far the worst of them is from it. */
export interface Fit {
  offset: number;
  slope: number;
  /** 0.05: no point is more than 5 % from the line. */
  worst: number;
}

/** Least squares of the relative errors, as a curve spans decades. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): Fit {
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  for (const [x, y] of points) {
    const weight = 1 / y ** 2;
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
    wy += weight * y;
    wxy += weight * x * y;
  }
  const slope = (w * wxy - wx * wy) / (w * wxx - wx * wx);
  const offset = (wy - slope * wx) / w;
  const worst = Math.max(...points.map(([x, y]) => Math.abs(offset + slope * x - y) / y));
  return { offset, slope, worst };
}

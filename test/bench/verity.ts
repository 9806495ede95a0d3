import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fit, inTurns, lineThrough, type Middle, middle, ratio, type Taken, time } from './measure.ts';
import type { Extent, Section } from './section.ts';
import {
  type Comparison,
  type Curve,
  type Figures,
  type Floor,
  type Least,
  type Point,
  page,
  type Verb,
} from './verity-page.ts';

const BLOCK = 4096;
const BLOCKS_OF_MIB = (1024 * 1024) / BLOCK;
const VERITYSETUP = '/sbin/veritysetup';
const ONE_CORE = 0;

/** Sizes in MiB, and rounds. */
interface Plan {
  compared: [mib: number, rounds: number][];
  curve: [mib: number[], rounds: number];
  floor: number;
}

const SHORT: Plan = { compared: [[256, 3]], curve: [[64, 256], 1], floor: 1 };
const FULL: Plan = {
  compared: [
    [1024, 7],
    [4096, 5],
  ],
  curve: [[64, 256, 1024, 4096, 16384], 2],
  floor: 7,
};

async function run({ short, rounds: most, largest }: Extent): Promise<Figures> {
  const plan = short ? SHORT : FULL;
  const compared = plan.compared.filter(([mib]) => mib <= largest);
  const sizes = plan.curve[0].filter((mib) => mib <= largest);
  const image = new Image(Math.max(...sizes));
  try {
    const comparisons: Comparison[] = [];
    for (const [mib, rounds] of compared) {
      for (const verb of ['format', 'verify'] as const) {
        for (const core of [ONE_CORE, undefined]) {
          comparisons.push(await compare(image, { verb, mib, core, rounds: Math.min(rounds, most) }));
        }
      }
    }
    const curve = await curveOf(image, sizes, Math.min(plan.curve[1], most));
    const mib = compared[0]?.[0] ?? Math.max(...sizes);
    return { comparisons, curve, floor: await floorOf(image, mib, Math.min(plan.floor, most)) };
  } finally {
    image.remove();
  }
}

/** Where there is room, files lie in memory: page cache may be taken back while nobody looks at it. */
function folderFor(mib: number): string {
  const memory = '/dev/shm';
  const { bavail, bsize } = statfsSync(memory);
  return mkdtempSync(join((bavail * bsize) / 2 ** 20 > 1.1 * mib ? memory : tmpdir(), 'dmplan-bench-'));
}

/** A file of random bytes in memory, and the hash area that the programs make of it in turn. */
class Image {
  readonly #folder: string;
  readonly data: string;
  readonly #hash: string;
  #rootDigest = '';

  constructor(mib: number) {
    this.#folder = folderFor(mib);
    this.data = join(this.#folder, 'data');
    this.#hash = join(this.#folder, 'hash');
    const fd = openSync(this.data, 'w');
    const chunk = randomFillSync(Buffer.alloc(8 * 1024 * 1024));
    for (let at = 0; at < mib; at += 8) writeSync(fd, chunk);
    fsyncSync(fd);
    closeSync(fd);
  }

  /** Makes a hash area; what is known of it is its digest, which does not depend on the program. */
  format(mib: number, core: number | undefined, program: string[]): Taken & { digest: string } {
    rmSync(this.#hash, { force: true });
    const size = `--data-blocks=${mib * BLOCKS_OF_MIB}`;
    const fixed = ['--salt=abcd', '--uuid=00000000-0000-0000-0000-000000000000', size];
    const taken = cached(mib, () => time([...program, 'format', this.data, this.#hash, ...fixed], { core }));
    return { ...taken, digest: createHash('sha256').update(readFileSync(this.#hash)).digest('hex') };
  }

  /** For `verify`. */
  prepare(mib: number): void {
    rmSync(this.#hash, { force: true });
    const flags = ['--salt=abcd', `--data-blocks=${mib * BLOCKS_OF_MIB}`];
    const told = execFileSync(VERITYSETUP, ['format', this.data, this.#hash, ...flags], { encoding: 'utf8' });
    this.#rootDigest = /^Root hash:\s*(\w+)/m.exec(told)![1]!;
  }

  verify(mib: number, core: number | undefined, program: string[]): Taken {
    return cached(mib, () => time([...program, 'verify', this.data, this.#hash, this.#rootDigest], { core }));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

const TRIES = 4;

/**
 * A run that had to wait for a disk for the data says nothing; it has read the file into page cache for the next. The
 * hash area, a 128th of the data, may come from the disk: veritysetup reads it past the page cache.
 */
function cached(mib: number, run: () => Taken): Taken {
  for (let left = TRIES; left > 0; left--) {
    const taken = run();
    if (taken.fromDisk <= 16 + mib / 64) return taken;
  }
  throw new Error('the file does not stay in page cache; --largest MIB makes it smaller');
}

const DMPLAN = [process.execPath, 'dist/cli.js', 'verity'];

async function compare(
  image: Image,
  { verb, mib, core, rounds }: { verb: Verb; mib: number; core: number | undefined; rounds: number },
): Promise<Comparison> {
  if (verb === 'verify') image.prepare(mib);
  const once = (program: string[]) =>
    verb === 'verify' ? image.verify(mib, core, program) : image.format(mib, core, program);
  const taken = await inTurns({ veritysetup: () => once([VERITYSETUP]), dmplan: () => once(DMPLAN) }, rounds);
  const digests = new Set(
    Object.values(taken).flatMap((runs) => runs.map((run) => ('digest' in run ? run.digest : ''))),
  );
  if (digests.size !== 1) throw new Error('the programs made different trees');
  const [theirs, ours] = [taken.veritysetup, taken.dmplan];
  const of = (key: 'wall' | 'cpu'): Middle =>
    ratio(
      theirs.map((run) => run[key]),
      ours.map((run) => run[key]),
    );
  const median = (runs: Taken[]): number => middle(runs.map(({ wall }) => wall)).median;
  const cores = core === undefined ? availableParallelism() : 1;
  const seconds = { dmplan: median(ours), veritysetup: median(theirs) };
  return { verb, mib, cores, rounds, wall: of('wall'), cpu: of('cpu'), seconds };
}

async function curveOf(image: Image, sizes: readonly number[], rounds: number): Promise<Curve> {
  const points: Point[] = [];
  for (const mib of sizes) {
    const once = (program: string[]) => image.format(mib, undefined, program);
    const taken = await inTurns({ veritysetup: () => once([VERITYSETUP]), dmplan: () => once(DMPLAN) }, rounds);
    const median = (name: 'dmplan' | 'veritysetup'): number => middle(taken[name].map(({ wall }) => wall)).median;
    const memory = Math.max(...taken.dmplan.map((run) => run.memory));
    points.push({ mib, dmplan: median('dmplan'), veritysetup: median('veritysetup'), memory });
  }
  const through = (key: 'dmplan' | 'veritysetup'): Fit =>
    lineThrough(points.map((point) => [point.mib / 1024, point[key]]));
  return {
    cores: availableParallelism(),
    points,
    fits: { dmplan: through('dmplan'), veritysetup: through('veritysetup') },
  };
}

const FLOOR = [process.execPath, 'test/bench/verity-floor.mjs'];

async function floorOf(image: Image, mib: number, rounds: number): Promise<Floor> {
  const start = (...args: string[]) => time([process.execPath, ...args]).cpu;
  const starts = await inTurns(
    { node: () => start('-e', '0'), dmplan: () => start('dist/cli.js', '--version') },
    rounds,
  );
  const program = [...FLOOR, image.data, String(64 * BLOCKS_OF_MIB)];
  const loops = await inTurns(
    { loop: () => execFileSync(program[0]!, program.slice(1), { encoding: 'utf8' }).split(' ').map(Number) },
    rounds,
  );
  const median = (values: number[]): number => middle(values).median;
  return {
    node: median(starts.node),
    dmplan: median(starts.dmplan),
    read: median(loops.loop.map(([read]) => read!)),
    readAndHash: median(loops.loop.map(([, both]) => both!)),
    least: await leastOf(image, mib, rounds),
  };
}

/** A whole program that reads and hashes, and writes nothing, beside veritysetup. */
async function leastOf(image: Image, mib: number, rounds: number): Promise<Least> {
  const program = [...FLOOR, image.data, String(mib * BLOCKS_OF_MIB), 'once'];
  const once = {
    veritysetup: (): Taken => image.format(mib, ONE_CORE, [VERITYSETUP]),
    least: (): Taken => cached(mib, () => time(program, { core: ONE_CORE })),
    block: (): Taken => image.format(1 / BLOCKS_OF_MIB, ONE_CORE, DMPLAN),
  };
  const taken = await inTurns(once, rounds);
  const of = (key: 'wall' | 'cpu'): Middle =>
    ratio(
      taken.veritysetup.map((run) => run[key]),
      taken.least.map((run) => run[key]),
    );
  const oneBlock = middle(taken.block.map((run) => run.cpu)).median;
  return { mib, wall: of('wall'), cpu: of('cpu'), oneBlock };
}

export const verity: Section<Figures> = {
  name: 'verity',
  title: 'Verity images',
  run,
  page,
  ratios: ({ comparisons }) =>
    Object.fromEntries(
      comparisons.map(({ verb, mib, cores, cpu }) => [
        `verity ${verb}, ${mib} MiB, ${cores} cores, CPU time`,
        cpu.median,
      ]),
    ),
};

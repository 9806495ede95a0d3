import type { Fit, Middle } from './measure.ts';
import { spread, table } from './section.ts';

export type Verb = 'format' | 'verify';

/** dmplan beside veritysetup, on the same blocks. */
export interface Comparison {
  verb: Verb;
  mib: number;
  cores: number;
  rounds: number;
  /** How many times as fast dmplan is, by the clock and by the time its threads ran. */
  wall: Middle;
  cpu: Middle;
  /** Medians, in seconds. */
  seconds: { dmplan: number; veritysetup: number };
}

/** One size of the curve: medians, in seconds and MiB. */
export interface Point {
  mib: number;
  dmplan: number;
  veritysetup: number;
  memory: number;
}

export interface Curve {
  cores: number;
  points: Point[];
  fits: { dmplan: Fit; veritysetup: Fit };
}

/** What nothing written for Node gets below: medians. */
export interface Floor {
  /** Seconds of CPU time that Node takes for a program that does nothing, and for `dmplan --version`. */
  node: number;
  dmplan: number;
  /** CPU time for a block of 4096 bytes, in nanoseconds. */
  read: number;
  readAndHash: number;
  /** Where whole programs were compared. */
  least?: Least;
}

/** A program for Node that reads and hashes, and writes nothing, on one core: how many times as fast as veritysetup's formatting. */
export interface Least {
  mib: number;
  wall: Middle;
  cpu: Middle;
  /** Seconds of CPU time that dmplan takes for an image of one block. */
  oneBlock: number;
}

export interface Figures {
  comparisons: Comparison[];
  curve: Curve;
  floor: Floor;
}

/** The section of docs/performance.md. */
export function page({ comparisons, curve, floor }: Figures): string {
  return [compared(comparisons), curveText(curve), floorText(floor)].join('\n');
}

const sizeText = (mib: number): string => (mib < 1024 ? `${mib} MiB` : `${mib / 1024} GiB`);
const number = (value: number, digits = 2): string => value.toFixed(digits);

function compared(comparisons: Comparison[]): string {
  const rows = comparisons.map(({ verb, mib, cores, wall, cpu, rounds, seconds }) => [
    ...[verb, sizeText(mib), String(cores), spread(wall), spread(cpu)],
    ...[number(seconds.dmplan), number(seconds.veritysetup), String(rounds)],
  ]);
  const head = ['', 'image', 'cores', 'times as fast', 'by CPU time', 'dmplan, s', 'veritysetup, s', 'rounds'];
  return `\`dmplan verity format\` and \`verify\` beside Debian's \`veritysetup\`: sha256, blocks of 4096 bytes, random data in page
cache, the same file for both, whole processes from start to end. On one core both are pinned to it; veritysetup has one
thread, whatever the cores. What both write is compared byte for byte. By CPU time, all threads of dmplan count: it tells the
work done, which other people's load changes least; by the clock, the second core shows.

${table(head, rows)}`;
}

function curveText({ cores, points, fits }: Curve): string {
  const rows = points.map(({ mib, dmplan, veritysetup, memory }) => [
    ...[sizeText(mib), number(dmplan), number(veritysetup), number(veritysetup / dmplan), `${number(memory, 0)} MiB`],
  ]);
  const line = ({ offset, slope, worst }: Fit): string =>
    `${number(offset * 1000, 0)} ms + ${number(slope * 1000, 0)} ms for a GiB, no point further than ${number(worst * 100, 0)} % from it`;
  return `Formatting from ${sizeText(points[0]!.mib)} to ${sizeText(points.at(-1)!.mib)}, on ${cores} cores:

${table(['image', 'dmplan, s', 'veritysetup, s', 'times as fast', 'dmplan, memory at most'], rows)}
Straight lines: dmplan ${line(fits.dmplan)}; veritysetup ${line(fits.veritysetup)}.
${crossing(fits)}
`;
}

function crossing({ dmplan, veritysetup }: Curve['fits']): string {
  const size = (dmplan.offset - veritysetup.offset) / (veritysetup.slope - dmplan.slope);
  if (veritysetup.slope <= dmplan.slope) return 'They do not cross: veritysetup is ahead at every size.';
  return `They cross at ${number(size * 1024, 0)} MiB: from there on dmplan has made up for the start of Node.`;
}

function floorText({ node, dmplan, read, readAndHash, least }: Floor): string {
  const blocks = 2 ** 30 / 4096;
  return `Where the time goes on one core, in CPU time. Node takes ${number(node * 1000, 0)} ms to start and end, dmplan ${number(dmplan * 1000, 0)} ms without
a command. From there a loop that only reads the file and hashes each block, and keeps nothing, takes ${number(readAndHash, 0)} ns a block
(${number((readAndHash * blocks) / 1e9)} s for a GiB), of which ${number(read, 0)} ns are the copy out of page cache: the floor of what node:crypto
allows, with OpenSSL's SHA-256 as the greater part of it. veritysetup calls the same code of OpenSSL and reads block by
block. So on one core the two can differ by little, and the start of Node is what a small image pays.
${least ? leastText(least) : ''}
Not measured: a cold cache, where the disk decides; other algorithms and block sizes, where OpenSSL's share is another; error
correction.
`;
}

function leastText({ mib, wall, cpu, oneBlock }: Least): string {
  return `
A whole program that starts Node and runs that loop over ${sizeText(mib)} on one core, and writes nothing, is ${spread(wall)} times as fast as
veritysetup's \`format\`, ${spread(cpu)} by CPU time: about the most that hashing by node:crypto reaches. For an image of one block dmplan takes
${number(oneBlock * 1000, 0)} ms.

Every program runs without \`NODE_EXTRA_CA_CERTS\`: Node reads the certificates that it names at each start, whatever the
program.
`;
}

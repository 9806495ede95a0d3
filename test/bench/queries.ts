import { BenchKernel } from './kernel.ts';
import { type Fit, inTurns, lineThrough, type Middle, middle, ratio } from './measure.ts';
import { type Extent, fitText, milliseconds, type Section, spread, table } from './section.ts';

/** A query at one size, in nanoseconds, and how many times as fast it is as dmsetup. */
interface Point {
  size: number;
  dmplan: number;
  dmsetup: number;
  faster: Middle;
}

interface Curve {
  points: Point[];
  fits: { dmplan: Fit; dmsetup: Fit };
}

interface Figures {
  rounds: number;
  list: Curve;
  status: Curve;
}

const SHORT = { rounds: 3, devices: [10, 50, 150], targets: [100, 1_000, 10_000] };
const FULL = { rounds: 9, devices: [10, 100, 1_000, 10_000], targets: [100, 1_000, 10_000, 100_000] };

async function run({ short, rounds: most }: Extent): Promise<Figures> {
  const plan = short ? SHORT : FULL;
  const rounds = Math.min(plan.rounds, most);
  // Every device has threads of the kernel's.
  return BenchKernel.use(short ? '512M' : '4G', async (kernel) => {
    const status = await curveOf(plan.targets, (targets) => statusOf(kernel, targets, rounds));
    const list = await curveOf(plan.devices, (devices) => listOf(kernel, devices, rounds));
    return { rounds, list, status };
  });
}

async function curveOf(sizes: number[], measure: (size: number) => Promise<Point>): Promise<Curve> {
  const points: Point[] = [];
  for (const size of sizes) points.push(await measure(size));
  const through = (key: 'dmplan' | 'dmsetup'): Fit =>
    lineThrough(points.map((point) => [point.size / 1000, point[key] / 1e6]));
  return { points, fits: { dmplan: through('dmplan'), dmsetup: through('dmsetup') } };
}

async function compare(
  size: number,
  rounds: number,
  programs: { dmplan: () => Promise<number>; dmsetup: () => Promise<number> },
): Promise<Point> {
  const { dmplan, dmsetup } = await inTurns(programs, rounds);
  return { size, dmplan: middle(dmplan).median, dmsetup: middle(dmsetup).median, faster: ratio(dmsetup, dmplan) };
}

async function listOf(kernel: BenchKernel, devices: number, rounds: number): Promise<Point> {
  await kernel.raw('make', devices);
  const point = await compare(devices, rounds, {
    dmplan: () => kernel.ask('list', devices),
    dmsetup: () => kernel.time('dmsetup ls'),
  });
  await kernel.raw('remove', devices);
  return point;
}

async function statusOf(kernel: BenchKernel, targets: number, rounds: number): Promise<Point> {
  await kernel.ask('make', 'large', targets);
  const point = await compare(targets, rounds, {
    dmplan: () => kernel.ask('status', 'large', targets),
    dmsetup: () => kernel.time('dmsetup status large'),
  });
  await kernel.ask('remove', 'large');
  return point;
}

function page({ rounds, list, status }: Figures): string {
  return `A list of all devices, from the call to the decoded answer through a running executor, beside \`dmsetup ls\`, start to end with
its output thrown away, which is how people ask; both in the throwaway kernel, in turns, ${rounds} rounds:

${curveText(list, 'devices')}
The status of one device with a table of \`zero\` targets, beside \`dmsetup status\`:

${curveText(status, 'targets')}
Both ask again with more room until the answer fits: dmsetup with twice, dmplan with eight times as much, or with what the
number of targets wants, which the kernel tells. A list gains by the process that need not be started. Of a large status dmsetup
prints the kernel's text as it is; dmplan makes an object of every target, its numbers checked and its text read by the target's
grammar. Not measured: output that is formatted for people.
`;
}

function curveText({ points, fits }: Curve, what: string): string {
  const rows = points.map(({ size, dmplan, dmsetup, faster }) => [
    ...[size.toLocaleString('en'), spread(faster), milliseconds(dmplan), milliseconds(dmsetup)],
  ]);
  const each = `a thousand ${what}`;
  return `${table([what, 'times as fast', 'dmplan', 'dmsetup'], rows)}
Straight lines: dmplan ${fitText(fits.dmplan, 'ms', each)}; dmsetup ${fitText(fits.dmsetup, 'ms', each)}.
`;
}

export const queries: Section<Figures> = {
  name: 'queries',
  title: 'Queries',
  run,
  page,
  ratios: ({ list, status }) => ({
    [`listing ${list.points.at(-1)!.size} devices beside dmsetup ls`]: list.points.at(-1)!.faster.median,
    [`status of ${status.points.at(-1)!.size} targets beside dmsetup status`]: status.points.at(-1)!.faster.median,
  }),
};

import { BenchKernel } from './kernel.ts';
import { type Fit, inTurns, lineThrough, type Middle, middle, ratio, type Spent } from './measure.ts';
import { type Extent, fitText, milliseconds, type Section, spread, table } from './section.ts';

/** A query at one size, in nanoseconds, and how many times as fast it is as dmsetup. */
interface Point {
  size: number;
  dmplan: number;
  dmsetup: number;
  faster: Middle;
  /** The same by CPU time. */
  lessWork: Middle;
  /** And for a client that asks for the first time. */
  first?: { time: number; faster: Middle };
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
    const status = await statusesOf(kernel, plan.targets, rounds);
    const list = await listsOf(kernel, plan.devices, rounds);
    return { rounds, list, status };
  });
}

function curveThrough(points: Point[]): Curve {
  const through = (key: 'dmplan' | 'dmsetup'): Fit =>
    lineThrough(points.map((point) => [point.size / 1000, point[key] / 1e6]));
  return { points, fits: { dmplan: through('dmplan'), dmsetup: through('dmsetup') } };
}

async function compare(
  kernel: BenchKernel,
  size: number,
  rounds: number,
  programs: Record<'dmplan' | 'dmsetup', () => Promise<number>> & { first?: () => Promise<number> },
): Promise<Point> {
  const { dmplan, dmsetup, first } = await inTurns<{ dmplan: Spent; dmsetup: Spent; first: Spent }>(
    {
      dmplan: () => kernel.spend(programs.dmplan),
      dmsetup: () => kernel.spend(programs.dmsetup),
      first: () => kernel.spend(programs.first ?? (async () => 0)),
    },
    rounds,
  );
  const all = (of: Spent[], key: keyof Spent): number[] => of.map((spent) => spent[key]);
  return {
    size,
    dmplan: middle(all(dmplan, 'wall')).median,
    dmsetup: middle(all(dmsetup, 'wall')).median,
    faster: ratio(all(dmsetup, 'wall'), all(dmplan, 'wall')),
    lessWork: ratio(all(dmsetup, 'cpu'), all(dmplan, 'cpu')),
    ...(programs.first && {
      first: { time: middle(all(first, 'wall')).median, faster: ratio(all(dmsetup, 'wall'), all(first, 'wall')) },
    }),
  };
}

/** The devices become more and more: to remove ten thousand takes a minute, and the kernel is thrown away anyway. */
async function listsOf(kernel: BenchKernel, sizes: number[], rounds: number): Promise<Curve> {
  const points: Point[] = [];
  let made = 0;
  for (const devices of sizes) {
    await kernel.raw('make', devices - made, { first: made });
    made = devices;
    points.push(
      await compare(kernel, devices, rounds, {
        dmplan: () => kernel.ask('list', devices, false),
        first: () => kernel.ask('list', devices, true),
        dmsetup: () => kernel.time('dmsetup ls'),
      }),
    );
  }
  return curveThrough(points);
}

async function statusesOf(kernel: BenchKernel, sizes: number[], rounds: number): Promise<Curve> {
  const points: Point[] = [];
  for (const targets of sizes) points.push(await statusOf(kernel, targets, rounds));
  return curveThrough(points);
}

async function statusOf(kernel: BenchKernel, targets: number, rounds: number): Promise<Point> {
  await kernel.ask('make', 'large', targets);
  const point = await compare(kernel, targets, rounds, {
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
number of targets wants, which the kernel tells. A client that has had a long list knows how long it is the next time; before
that it asks three times for ten thousand devices. A list gains by the process that need not be started. Of a large status dmsetup
prints the kernel's text as it is; dmplan makes an object of every target, its numbers checked and its text read by the target's
grammar. Not measured: output that is formatted for people.
`;
}

function curveText({ points, fits }: Curve, what: string): string {
  const rows = points.map(({ size, dmplan, dmsetup, faster, lessWork, first }) => [
    ...[size.toLocaleString('en'), spread(faster), lessWork.median.toFixed(2)],
    ...[milliseconds(dmplan), milliseconds(dmsetup)],
    ...(first ? [milliseconds(first.time), spread(first.faster)] : []),
  ]);
  const head = [what, 'times as fast', 'by CPU time', 'dmplan', 'dmsetup'];
  if (points[0]?.first) head.push('dmplan, first time', 'times as fast');
  const each = `a thousand ${what}`;
  return `${table(head, rows)}
Straight lines: dmplan ${fitText(fits.dmplan, 'ms', each)}; dmsetup ${fitText(fits.dmsetup, 'ms', each)}.
`;
}

export const queries: Section<Figures> = {
  name: 'queries',
  title: 'Queries',
  run,
  page,
  ratios: () => ({}),
};

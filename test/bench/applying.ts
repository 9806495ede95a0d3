import { BenchKernel } from './kernel.ts';
import type { Layers } from './layers.ts';
import { type Fit, inTurns, lineThrough, type Middle, middle, ratio } from './measure.ts';
import { type Extent, fitText, milliseconds, type Section, spread, table } from './section.ts';

/** Nanoseconds for a device, made and removed: medians. */
interface Times {
  dmplan: number;
  raw: number;
  dmsetup: number;
}

type Peer = 'raw' | 'dmsetup';

/** One way of making and removing devices, beside the peers. */
interface Comparison {
  how: 'one at a time' | 'pipelined' | 'in one plan';
  devices: number;
  rounds: number;
  times: Times;
  /** How many times as long dmplan takes as plain C. */
  overRaw: Middle;
  /** How many times as fast it is as dmsetup. */
  overDmsetup: Middle;
}

interface Figures {
  comparisons: Comparison[];
  layers: {
    taken: Layers;
    /** A device through the running executor, from the same rounds, and two trips through processes that do nothing. */
    total: number;
    trips: number;
  };
  /** Milliseconds for so many devices. */
  curves: { how: Comparison['how']; points: [devices: number, milliseconds: number][]; fit: Fit }[];
}

const SHORT = { rounds: 3, one: 30, many: 50, dmsetup: 3, layers: 30, curve: [10, 20, 50] };
const FULL = { rounds: 9, one: 200, many: 1000, dmsetup: 100, layers: 200, curve: [10, 30, 100, 300, 1000] };
const WARM_UP = { short: 50, full: 1000 };

async function run({ short, rounds: most }: Extent): Promise<Figures> {
  const plan = short ? SHORT : FULL;
  const rounds = Math.min(plan.rounds, most);
  return BenchKernel.use(short ? '512M' : '1G', async (kernel) => {
    await kernel.ask('turns', short ? WARM_UP.short : WARM_UP.full);
    const ways: [Comparison['how'], number][] = [
      ['one at a time', plan.one],
      ['pipelined', plan.many],
      ['in one plan', plan.many],
    ];
    const comparisons: Comparison[] = [];
    for (const [how, devices] of ways) comparisons.push(await compare(kernel, how, devices, rounds, plan.dmsetup));
    const layers = await layersOf(kernel, plan.layers, rounds);
    const curves: Figures['curves'] = [];
    for (const [how] of ways) curves.push(await curveOf(kernel, how, plan.curve, Math.min(3, rounds)));
    return { comparisons, layers, curves };
  });
}

/** Nanoseconds for so many devices, made and removed. */
async function take(kernel: BenchKernel, how: Comparison['how'], devices: number): Promise<number> {
  if (how === 'one at a time') return kernel.ask('turns', devices);
  if (how === 'pipelined') return kernel.ask('pipelined', devices);
  const { make, remove } = await kernel.ask('batch', devices);
  return make + remove;
}

async function compare(
  kernel: BenchKernel,
  how: Comparison['how'],
  devices: number,
  rounds: number,
  ofDmsetup: number,
): Promise<Comparison> {
  const order = how === 'one at a time' ? 'turns' : 'all';
  const each = 'for i in $(seq';
  const make = 'dmsetup create peer$i --table "0 8 zero"';
  const remove = 'dmsetup remove peer$i';
  const calls =
    order === 'turns'
      ? `${each} ${ofDmsetup}); do ${make}; ${remove}; done`
      : `${each} ${ofDmsetup}); do ${make}; done; ${each} ${ofDmsetup}); do ${remove}; done`;
  const taken = await inTurns(
    {
      dmplan: async () => (await take(kernel, how, devices)) / devices,
      raw: async () => {
        const { make, remove } = await kernel.raw(order, devices);
        return (make + remove) / devices;
      },
      dmsetup: async () => (await kernel.time(calls)) / ofDmsetup,
    },
    rounds,
  );
  const median = (name: 'dmplan' | Peer): number => middle(taken[name]).median;
  return {
    ...{ how, devices, rounds },
    times: { dmplan: median('dmplan'), raw: median('raw'), dmsetup: median('dmsetup') },
    overRaw: ratio(taken.dmplan, taken.raw),
    overDmsetup: ratio(taken.dmsetup, taken.dmplan),
  };
}

async function layersOf(kernel: BenchKernel, devices: number, rounds: number): Promise<Figures['layers']> {
  const taken = await inTurns(
    {
      total: async () => (await kernel.ask('turns', devices)) / devices,
      layers: () => kernel.ask('layers', devices),
      trips: async () => 2 * (await kernel.ask('trips', devices)),
    },
    rounds,
  );
  const names = Object.keys(taken.layers[0]!) as (keyof Layers)[];
  const median = (name: keyof Layers): number => middle(taken.layers.map((layers) => layers[name])).median;
  return {
    taken: Object.fromEntries(names.map((name) => [name, median(name)])) as Layers,
    total: middle(taken.total).median,
    trips: middle(taken.trips).median,
  };
}

async function curveOf(kernel: BenchKernel, how: Comparison['how'], sizes: number[], rounds: number) {
  const points: [number, number][] = [];
  for (const devices of sizes) {
    const { dmplan } = await inTurns({ dmplan: () => take(kernel, how, devices) }, rounds);
    points.push([devices, middle(dmplan).median / 1e6]);
  }
  return { how, points, fit: lineThrough(points) };
}

function page({ comparisons, layers, curves }: Figures): string {
  return [comparedText(comparisons), layersText(layers), curvesText(curves)].join('\n');
}

function comparedText(comparisons: Comparison[]): string {
  const rows = comparisons.map(({ how, devices, rounds, times, overRaw, overDmsetup }) => [
    ...[how, devices.toLocaleString('en'), spread(overRaw), spread(overDmsetup)],
    ...[milliseconds(times.dmplan), milliseconds(times.raw), milliseconds(times.dmsetup), String(rounds)],
  ]);
  const head = [
    '',
    'devices',
    'times as long as C',
    'times as fast as dmsetup',
    'dmplan',
    'plain C',
    'dmsetup',
    'rounds',
  ];
  return `Devices with one \`zero\` target, made and removed: from the request, through the library and a running executor on
standard input and output, to the decoded answer. Beside it plain C (\`test/bench/raw-dm.c\`) that keeps one control node open and
does the same four ioctls, makes the node and removes it, and \`dmsetup create\` with \`dmsetup remove\`, a process each. All in the
throwaway kernel, which has one core; times are for one device. Pipelined is a plan for each device with 16 on their way; in
one plan is \`Plan.join\`, and as many devices removed in another.

${table(head, rows)}
The executor asks for more than plain C does: before each step that it may have to undo it asks what there is (\`DEV_STATUS\`, four
times for a device), and it writes down what would undo the step. Plain C keeps neither promise. dmsetup's processes are run for
fewer devices, and the time is that of one.
`;
}

function layersText({ taken, total, trips }: Figures['layers']): string {
  const inside = Object.values(taken).reduce((sum, time) => sum + time, 0);
  const part = (time: number): string => `${((time / total) * 100).toFixed(0)} %`;
  const microseconds = (time: number): string => `${(time / 1000).toFixed(0)} µs`;
  const layers = Object.entries(taken).map(([name, time]) => [name, microseconds(time), part(time)]);
  const rest = ['processes and threads: the rest', microseconds(total - inside), part(total - inside)];
  return `Where the time goes for one device, one at a time. The layers are measured in one thread, in turns with the whole; what is left
is the way between the client, the executor's main thread and its worker, there and back, twice.

${table(['layer', 'time', 'part'], [...layers, rest, ['all', microseconds(total), '100 %']])}
The same way without any of these layers, two trips of a byte through a process of Node and its worker, takes ${microseconds(trips)}. On
one core every one of these eight hand-overs is a switch by the kernel; the worker is what keeps a suspend that waits from
silencing the executor, and the process is what keeps root out of the client. \`in one plan\` above is what remains
when they are shared by many devices.
`;
}

function curvesText(curves: Figures['curves']): string {
  const sizes = curves[0]!.points.map(([devices]) => devices);
  const rows = curves.map(({ how, points }) => [how, ...points.map(([, time]) => `${time.toFixed(0)} ms`)]);
  const fits = curves.map(({ how, fit }) => `${how} ${fitText(fit, 'ms', 'a device')}`);
  return `So many devices, made and removed:

${table(['', ...sizes.map((size) => size.toLocaleString('en'))], rows)}
Straight lines: ${fits.join('; ')}.

Not measured: targets that open devices or start threads, and a machine with udev, where its link is waited for.
`;
}

export const applying: Section<Figures> = {
  name: 'applying',
  title: 'Applying',
  run,
  page,
  ratios: ({ comparisons }) =>
    Object.fromEntries(
      comparisons.flatMap(({ how, overRaw, overDmsetup }) => [
        [`applying ${how}, plain C's time in dmplan's`, 1 / overRaw.median],
        [`applying ${how}, beside dmsetup`, overDmsetup.median],
      ]),
    ),
};

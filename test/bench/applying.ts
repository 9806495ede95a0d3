import { BenchKernel } from './kernel.ts';
import { type Ladder, ladderOf, ladderText } from './ladder.ts';
import type { Layers } from './layers.ts';
import { type Fit, inTurns, lineThrough, type Middle, middle, ratio, type Spent } from './measure.ts';
import { type Extent, fitText, milliseconds, type Section, spread, table } from './section.ts';

/** Nanoseconds for a device, made and removed: medians. */
interface Times {
  dmplan: number;
  raw: number;
  dmsetup: number;
}

type Peer = 'raw' | 'dmsetup';

type How = 'one at a time' | 'pipelined' | 'in one plan';

/** One way of making and removing devices, beside the peers. */
interface Comparison {
  how: How;
  devices: number;
  rounds: number;
  times: Times;
  /** How many times as long dmplan takes as plain C. */
  overRaw: Middle;
  /** How many times as fast it is as dmsetup. */
  overDmsetup: Middle;
  /** The same by CPU time. */
  workOverRaw: Middle;
  workOverDmsetup: Middle;
}

interface Figures {
  comparisons: Comparison[];
  ladder: Ladder;
  layers: {
    taken: Layers;
    /** A device through the running executor, from the same rounds. */
    total: number;
  };
  /** Milliseconds for so many devices. */
  curves: { how: How; points: [devices: number, milliseconds: number][]; fit: Fit }[];
}

const SHORT = { rounds: 3, one: 50, dmsetup: 10, many: 100, manyRounds: 3, layers: 50, curve: [10, 20, 50] };
/** A thousand devices, and two thousand processes of dmsetup, take most of the time. */
const FULL = {
  rounds: 9,
  one: 200,
  dmsetup: 50,
  many: 1000,
  manyRounds: 3,
  layers: 200,
  curve: [10, 30, 100, 300, 1000],
};
const WARM_UP = { short: 100, full: 1000 };

async function run({ short, rounds: most }: Extent): Promise<Figures> {
  const plan = short ? SHORT : FULL;
  const rounds = Math.min(plan.rounds, most);
  return BenchKernel.use(short ? '512M' : '1G', async (kernel) => {
    await kernel.ask('turns', short ? WARM_UP.short : WARM_UP.full);
    const one = await compare(kernel, ['one at a time'], [plan.one, plan.dmsetup], rounds);
    const many = await compare(
      kernel,
      ['pipelined', 'in one plan'],
      [plan.many, plan.many],
      Math.min(plan.manyRounds, most),
    );
    const ladder = await ladderOf(kernel, plan.layers, rounds);
    const layers = await layersOf(kernel, plan.layers, rounds);
    const curves: Figures['curves'] = [];
    for (const how of ['one at a time', 'pipelined', 'in one plan'] as const)
      curves.push(await curveOf(kernel, how, plan.curve, Math.min(3, rounds)));
    return { comparisons: [...one, ...many], ladder, layers, curves };
  });
}

/** Nanoseconds for so many devices, made and removed. */
async function take(kernel: BenchKernel, how: How, devices: number): Promise<number> {
  if (how === 'one at a time') return kernel.ask('turns', devices);
  if (how === 'pipelined') return kernel.ask('pipelined', devices);
  const { make, remove } = await kernel.ask('batch', devices);
  return make + remove;
}

/** Several ways in turns with the same peers. `ofDmsetup`: for how many devices its processes are run. */
async function compare(
  kernel: BenchKernel,
  ways: How[],
  [devices, ofDmsetup]: [number, number],
  rounds: number,
): Promise<Comparison[]> {
  const order = ways.includes('one at a time') ? 'turns' : 'all';
  // So many that the start of the program does not count.
  const ofRaw = order === 'turns' ? 10 * devices : devices;
  const each = `for i in $(seq ${ofDmsetup}); do`;
  const make = 'dmsetup create peer$i --table "0 8 zero"';
  const remove = 'dmsetup remove peer$i';
  const calls =
    order === 'turns' ? `${each} ${make}; ${remove}; done` : `${each} ${make}; done; ${each} ${remove}; done`;
  const ofEach = async (count: number, act: () => Promise<number>): Promise<Spent> => {
    const { wall, cpu } = await kernel.spend(act);
    return { wall: wall / count, cpu: cpu / count };
  };
  const programs: Record<string, () => Promise<Spent>> = {
    raw: () =>
      ofEach(ofRaw, async () => {
        const { make, remove } = await kernel.raw(order, ofRaw);
        return make + remove;
      }),
    dmsetup: () => ofEach(ofDmsetup, () => kernel.time(calls)),
  };
  for (const how of ways) programs[how] = () => ofEach(devices, () => take(kernel, how, devices));
  const taken = await inTurns(programs, rounds, { warmUp: order === 'turns' ? 1 : 0 });
  return ways.map((how) => {
    const all = (name: How | Peer, key: keyof Spent): number[] => taken[name]!.map((spent) => spent[key]);
    const median = (name: How | Peer): number => middle(all(name, 'wall')).median;
    return {
      ...{ how, devices, rounds },
      times: { dmplan: median(how), raw: median('raw'), dmsetup: median('dmsetup') },
      overRaw: ratio(all(how, 'wall'), all('raw', 'wall')),
      overDmsetup: ratio(all('dmsetup', 'wall'), all(how, 'wall')),
      workOverRaw: ratio(all(how, 'cpu'), all('raw', 'cpu')),
      workOverDmsetup: ratio(all('dmsetup', 'cpu'), all(how, 'cpu')),
    };
  });
}

async function layersOf(kernel: BenchKernel, devices: number, rounds: number): Promise<Figures['layers']> {
  const taken = await inTurns(
    {
      total: async () => (await kernel.ask('turns', devices)) / devices,
      layers: () => kernel.ask('layers', devices),
    },
    rounds,
  );
  const names = Object.keys(taken.layers[0]!) as (keyof Layers)[];
  const median = (name: keyof Layers): number => middle(taken.layers.map((layers) => layers[name])).median;
  return {
    taken: Object.fromEntries(names.map((name) => [name, median(name)])) as Layers,
    total: middle(taken.total).median,
  };
}

async function curveOf(kernel: BenchKernel, how: How, sizes: number[], rounds: number) {
  const points: [number, number][] = [];
  for (const devices of sizes) {
    const { dmplan } = await inTurns({ dmplan: () => take(kernel, how, devices) }, rounds);
    points.push([devices, middle(dmplan).median / 1e6]);
  }
  return { how, points, fit: lineThrough(points) };
}

function page({ comparisons, ladder, layers, curves }: Figures): string {
  return [comparedText(comparisons), ladderText(ladder), layersText(layers), curvesText(curves)].join('\n');
}

function comparedText(comparisons: Comparison[]): string {
  const rows = comparisons.map(
    ({ how, devices, rounds, times, overRaw, overDmsetup, workOverRaw, workOverDmsetup }) => [
      ...[how, devices.toLocaleString('en'), spread(overRaw), workOverRaw.median.toFixed(2)],
      ...[spread(overDmsetup), workOverDmsetup.median.toFixed(1)],
      ...[milliseconds(times.dmplan), milliseconds(times.raw), milliseconds(times.dmsetup), String(rounds)],
    ],
  );
  const head = [
    ...['', 'devices', 'times as long as C', 'by CPU time', 'times as fast as dmsetup', 'by CPU time'],
    ...['dmplan', 'plain C', 'dmsetup', 'rounds'],
  ];
  return `Devices with one \`zero\` target, made and removed: from the request, through the library and a running executor on
standard input and output, to the decoded answer. Beside it plain C (\`test/bench/raw-dm.c\`) that keeps one control node open and
does the same four ioctls, makes the node and removes it, and \`dmsetup create\` with \`dmsetup remove\`, a process each. All in the
throwaway kernel, which has one core; times are for one device. Pipelined is a plan for each name of a list with 16 on
their way; in one plan is \`Plan.join\`, and as many devices removed in another. The peers make and remove one after the other,
too, in the first line, and else first make all. By CPU time all that the kernel and its programs have the host's processors do
counts, the start of the C program and of the shell too.

${table(head, rows)}
`;
}

function layersText({ taken, total }: Figures['layers']): string {
  const inside = Object.values(taken).reduce((sum, time) => sum + time, 0);
  const part = (time: number): string => `${((time / total) * 100).toFixed(0)} %`;
  const microseconds = (time: number): string => `${(time / 1000).toFixed(0)} µs`;
  const layers = Object.entries(taken).map(([name, time]) => [name, microseconds(time), part(time)]);
  const rest = ['processes and threads: the rest', microseconds(total - inside), part(total - inside)];
  return `Where the time goes for one device, one at a time. The layers are measured in one thread, in turns with the whole; what is left
is the way between the client, the executor's main thread and its worker, there and back, twice.

${table(['layer', 'time', 'part'], [...layers, rest, ['all', microseconds(total), '100 %']])}
The clock is asked before and after each layer, which is a system call in User-Mode Linux and counted with the layer.
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
  ratios: ({ comparisons }) => ({
    "applying in one plan, plain C's work in dmplan's": 1 / comparisons.at(-1)!.workOverRaw.median,
  }),
};

import { BenchKernel } from './kernel.ts';
import { type Fit, inTurns, lineThrough, type Middle, middle, ratio } from './measure.ts';
import { type Extent, fitText, milliseconds, type Section, spread, table } from './section.ts';

/** Nanoseconds until a process of this kind is ready: medians. */
const STARTS = ['node', 'nodeWithWorker', 'executor', 'jitless'] as const;
type Start = (typeof STARTS)[number];

interface Check {
  targets: number;
  /** Bytes. */
  payload: number;
  /** Nanoseconds: the checks of a new executor's thread, and the whole way of the plan through a running one. */
  scan: number;
  schema: number;
  rules: number;
  load: number;
}

interface Figures {
  starts: {
    rounds: number;
    times: Record<Start, number>;
    overNode: Middle;
    overWorker: Middle;
    jitlessOverNode: Middle;
    /** Of parts of the start, by the module's name: medians. */
    loads: Record<string, number>;
  };
  /** MiB. */
  memory: { devices: number; now: number; most: number }[];
  /** Nanoseconds for a device, made and removed: medians. */
  jitless: { devices: number; jit: number; jitless: number; longer: Middle };
  checks: Check[];
  fits: { checks: Fit; load: Fit };
}

const SHORT = { rounds: 3, devices: [50, 150], jitless: 20, targets: [100, 1_000, 10_000] };
/** 32 MiB, which is the limit, are 699,043 rows of a target without params. */
const FULL = {
  rounds: 15,
  devices: [1_000, 10_000, 30_000, 100_000],
  jitless: 500,
  targets: [100, 1_000, 10_000, 100_000, 699_000],
};

async function run({ short, rounds: most }: Extent): Promise<Figures> {
  const plan = short ? SHORT : FULL;
  const rounds = Math.min(plan.rounds, most);
  return BenchKernel.use(short ? '512M' : '3G', async (kernel) => {
    const starts = await startsOf(kernel, rounds);
    const memory = await kernel.ask('memory', plan.devices);
    const jitless = await jitlessOf(kernel, plan.jitless, rounds);
    const checks: Check[] = [];
    for (const targets of plan.targets) checks.push(await checkOf(kernel, targets, Math.min(3, rounds)));
    const line = (of: (check: Check) => number): Fit =>
      lineThrough(checks.map((check) => [check.targets / 1000, of(check) / 1e6]));
    return {
      starts,
      memory,
      jitless,
      checks,
      fits: { checks: line(({ scan, schema, rules }) => scan + schema + rules), load: line(({ load }) => load) },
    };
  });
}

async function startsOf(kernel: BenchKernel, rounds: number): Promise<Figures['starts']> {
  const taken = await inTurns<Record<Start, number> & { loads: Record<string, number> }>(
    {
      loads: () => kernel.ask('loads'),
      node: () => kernel.ask('node'),
      nodeWithWorker: () => kernel.ask('nodeWithWorker'),
      executor: () => kernel.ask('ready', []),
      jitless: () => kernel.ask('ready', ['--jitless']),
    },
    rounds,
  );
  return {
    rounds,
    times: Object.fromEntries(STARTS.map((name) => [name, middle(taken[name]).median])) as Record<Start, number>,
    overNode: ratio(taken.executor, taken.node),
    overWorker: ratio(taken.executor, taken.nodeWithWorker),
    jitlessOverNode: ratio(taken.jitless, taken.node),
    loads: Object.fromEntries(
      Object.keys(taken.loads[0]!).map((name) => [name, middle(taken.loads.map((loads) => loads[name]!)).median]),
    ),
  };
}

async function jitlessOf(kernel: BenchKernel, devices: number, rounds: number): Promise<Figures['jitless']> {
  const taken = await inTurns(
    { jit: () => kernel.ask('turns', devices), jitless: () => kernel.ask('jitless', devices) },
    rounds,
  );
  const median = (name: 'jit' | 'jitless'): number => middle(taken[name]).median / devices;
  return { devices, jit: median('jit'), jitless: median('jitless'), longer: ratio(taken.jitless, taken.jit) };
}

async function checkOf(kernel: BenchKernel, targets: number, rounds: number): Promise<Check> {
  const taken = await inTurns(
    { checks: () => kernel.ask('checks', targets), load: () => kernel.ask('load', targets) },
    rounds,
  );
  const median = (name: 'scan' | 'schema and digest' | 'byte rules'): number =>
    middle(taken.checks.map(({ taken: layers }) => layers[name])).median;
  return {
    targets,
    payload: taken.checks[0]!.payload,
    scan: median('scan'),
    schema: median('schema and digest'),
    rules: median('byte rules'),
    load: middle(taken.load).median,
  };
}

function page({ starts, memory, jitless, checks, fits }: Figures): string {
  return [startsText(starts), memoryText(memory), jitlessText(jitless), checksText(checks, fits)].join('\n');
}

function startsText({ times, overNode, overWorker, jitlessOverNode, loads, rounds }: Figures['starts']): string {
  const rows = [
    ['`node -e 0`, start to end', milliseconds(times.node), '1'],
    ['node with a worker, start to its first message', milliseconds(times.nodeWithWorker), ''],
    ['executor, start to hello', milliseconds(times.executor), spread(overNode)],
    ['executor under `--jitless`, start to hello', milliseconds(times.jitless), spread(jitlessOverNode)],
  ];
  const parts = Object.entries(loads).map(([name, time]) => `${name} ${milliseconds(time)}`);
  return `Start to ready: from the start of the process to its hello, which comes when the worker runs, koffi is loaded, the control
node is open, the kernel has told its version, and what dead executors left is undone. In the throwaway kernel, in turns, ${rounds} rounds.

${table(['', 'time', 'times as long as `node -e 0`'], rows)}
The floor is node itself and its worker, which boots a second JavaScript machine: the plainest program with one takes
${milliseconds(times.nodeWithWorker)}, and the executor ${spread(overWorker)} times as long. The worker is what keeps an ioctl that blocks from silencing
the process, so it stays. \`--disallow-code-generation-from-strings\`, with which the library and the units start the executor, costs
its worker the code that Node keeps compiled. What comes on top, as the parts load in a process of Node that has just started: ${parts.join(', ')}.
`;
}

function memoryText(memory: Figures['memory']): string {
  const mebibytes = (value: number): string => `${value.toFixed(0)} MiB`;
  const rows = memory.map(({ devices, now, most }) => [
    devices === 0 ? 'at rest' : `after ${devices.toLocaleString('en')} devices`,
    mebibytes(now),
    mebibytes(most),
  ]);
  return `Resident memory of the executor's process, node's own pages included, at rest a second after its hello and after devices that were
made and removed one at a time:

${table(['', 'resident', 'at most so far'], rows)}`;
}

function jitlessText({ devices, jit, jitless, longer }: Figures['jitless']): string {
  return `Under \`--jitless\`, where no memory is ever executable and writable, a device made and removed takes ${spread(longer)} times as
long: ${milliseconds(jitless)} beside ${milliseconds(jit)}, in turns, ${devices} devices each.
`;
}

function checksText(checks: Check[], fits: Figures['fits']): string {
  const rows = checks.map(({ targets, payload, scan, schema, rules, load }) => [
    targets.toLocaleString('en'),
    `${(payload / 2 ** 20).toFixed(payload < 2 ** 20 ? 3 : 1)} MiB`,
    ...[scan, schema, rules, load].map(milliseconds),
  ]);
  const head = ['targets', 'payload', 'scan', 'schema and digest', 'byte rules', 'loaded'];
  return `The time to check a table of \`zero\` targets. The largest that the executor takes is a payload of 32 MiB, some 699,000 rows without
params. \`loaded\` is the whole way of the plan through a running executor into the kernel:

${table(head, rows)}
Straight lines: the checks ${fitText(fits.checks, 'ms', 'a thousand targets')}; loading ${fitText(fits.load, 'ms', 'a thousand targets')}.
`;
}

export const executor: Section<Figures> = {
  name: 'executor',
  title: 'Executor',
  run,
  page,
  ratios: ({ starts }) => ({
    "executor's start, time of node -e 0 in it": 1 / starts.overNode.median,
    "executor's start, time of node with a worker in it": 1 / starts.overWorker.median,
  }),
};

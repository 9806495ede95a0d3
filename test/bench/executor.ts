import { readFileSync } from 'node:fs';
import { BenchKernel } from './kernel.ts';
import { type Fit, inTurns, lineThrough, type Middle, middle, ratio } from './measure.ts';
import { type Extent, fitText, milliseconds, type Section, spread, table } from './section.ts';
import { type Starts, startsOf, startsText } from './starts.ts';

interface Memory {
  devices: number;
  now: number;
  most: number;
}

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
  starts: Starts;
  /** MiB: as it is started by hand, and as the unit for systemd starts it. */
  memory: Memory[];
  memoryOfUnit: Memory[];
  optionsOfUnit: string[];
  /** Nanoseconds for a device, made and removed: medians. */
  jitless: { devices: number; jit: number; jitless: number; longer: Middle };
  checks: Check[];
  fits: { checks: Fit; load: Fit };
}

const SHORT = { rounds: 3, devices: [50, 150], jitless: 20, targets: [100, 1_000, 10_000] };
/** 32 MiB, which is the limit, are 699,043 rows of a target without params. */
const FULL = {
  rounds: 9,
  devices: [1_000, 10_000, 30_000, 100_000],
  jitless: 200,
  targets: [100, 1_000, 10_000, 100_000, 699_000],
};

async function run({ short, rounds: most }: Extent): Promise<Figures> {
  const plan = short ? SHORT : FULL;
  const rounds = Math.min(plan.rounds, most);
  return BenchKernel.use(short ? '512M' : '3G', async (kernel) => {
    const starts = await startsOf(kernel, rounds);
    const options = optionsOfUnit();
    const memory = await kernel.ask('memory', plan.devices, []);
    const memoryOfUnit = await kernel.ask('memory', plan.devices, options);
    const jitless = await jitlessOf(kernel, plan.jitless, rounds);
    const checks: Check[] = [];
    for (const targets of plan.targets) checks.push(await checkOf(kernel, targets, Math.min(3, rounds)));
    const line = (of: (check: Check) => number): Fit =>
      lineThrough(checks.map((check) => [check.targets / 1000, of(check) / 1e6]));
    return {
      starts,
      memory,
      memoryOfUnit,
      optionsOfUnit: options,
      jitless,
      checks,
      fits: { checks: line(({ scan, schema, rules }) => scan + schema + rules), load: line(({ load }) => load) },
    };
  });
}

/** What stands between node and the executor's file in the unit. */
function optionsOfUnit(): string[] {
  const unit = readFileSync('dist/systemd/dmplan-executor.service', 'utf8');
  const [, options] = /^ExecStart=\S*node (--.*?) \//m.exec(unit)!;
  return options!.split(' ');
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

function page({ starts, jitless, checks, fits, ...memories }: Figures): string {
  return [startsText(starts), memoryText(memories), jitlessText(jitless), checksText(checks, fits)].join('\n');
}

function memoryText({
  memory,
  memoryOfUnit,
  optionsOfUnit,
}: Pick<Figures, 'memory' | 'memoryOfUnit' | 'optionsOfUnit'>): string {
  const mebibytes = (value: number): string => `${value.toFixed(0)} MiB`;
  const rows = memory.map(({ devices, now, most }, at) => [
    devices === 0 ? 'at rest' : `after ${devices.toLocaleString('en')} devices`,
    ...[now, most, memoryOfUnit[at]!.now, memoryOfUnit[at]!.most].map(mebibytes),
  ]);
  const head = ['', 'resident', 'at most so far', 'as the unit starts it', 'at most so far'];
  return `Resident memory of the executor's process, node's own pages included, at rest a second after its hello and after devices that were
made and removed, the first thousand one at a time, all others in plans of a hundred, as the library starts it. The unit for systemd runs it
with \`${optionsOfUnit.join(' ')}\`:

${table(head, rows)}
Without \`--max-semi-space-size\`, which both have, V8 lets the space for young objects grow to 32 MiB in each of the two threads where there is
memory to spare. About 40 MiB are files as they are mapped, most of it node's own.
`;
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
  ratios: () => ({}),
};

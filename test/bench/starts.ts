import type { BenchKernel } from './kernel.ts';
import { inTurns, type Middle, middle, ratio } from './measure.ts';
import { milliseconds, spread, table } from './section.ts';

/** Programs that start with more and more of what an executor starts with, in `client.ts`. */
export const STARTS = {
  node: '`node -e 0`',
  jitless: 'with `--jitless`',
  noCode: 'with `--disallow-code-generation-from-strings`',
  msgpackr: 'with msgpackr loaded',
  koffi: 'with koffi loaded',
  worker: 'with an empty worker that has said something',
  workerNoCode: 'the same with `--disallow-code-generation-from-strings`',
  workerKoffi: 'with a worker that has loaded koffi, and the same option',
  executor: '**executor**, to its hello',
  executorJitless: 'executor under `--jitless`, to its hello',
} as const;
export type Start = keyof typeof STARTS;
const NAMES = Object.keys(STARTS) as Start[];

export interface Starts {
  rounds: number;
  /** Medians, nanoseconds. */
  times: Record<Start, number>;
  overNode: Record<Start, Middle>;
  /** The same by CPU time. */
  workOverNode: Record<Start, Middle>;
}

export async function startsOf(kernel: BenchKernel, rounds: number): Promise<Starts> {
  const programs = NAMES.map((name) => [name, () => kernel.spend(() => kernel.ask('start', name))] as const);
  const taken = await inTurns(Object.fromEntries(programs) as Record<Start, (typeof programs)[0][1]>, rounds);
  const each = <T>(of: (name: Start) => T): Record<Start, T> =>
    Object.fromEntries(NAMES.map((name) => [name, of(name)])) as Record<Start, T>;
  const over = (key: 'wall' | 'cpu', name: Start): Middle => {
    const all = (of: Start): number[] => taken[of].map((spent) => spent[key]);
    return ratio(all(name), all('node'));
  };
  return {
    rounds,
    times: each((name) => middle(taken[name].map(({ wall }) => wall)).median),
    overNode: each((name) => over('wall', name)),
    workOverNode: each((name) => over('cpu', name)),
  };
}

export function startsText({ rounds, times, overNode, workOverNode }: Starts): string {
  const rows = NAMES.map((name) => [
    ...[STARTS[name], milliseconds(times[name])],
    ...(name === 'node' ? ['', '1', '1'] : [milliseconds(times[name] - times.node)]),
    ...(name === 'node' ? [] : [spread(overNode[name]), workOverNode[name].median.toFixed(2)]),
  ]);
  const head = ['', 'time', 'more than `node -e 0`', 'times as long', 'by CPU time'];
  return `Start to ready: programs that start with more and more of what an executor has, from the start of the process to its end, and
the executor to its hello, in the throwaway kernel, in turns, ${rounds} rounds.

${table(head, rows)}
A worker boots a second JavaScript machine, koffi is a library that the dynamic linker has to bind, msgpackr is read and
compiled: none of them can go from a process that forwards ioctls from a thread of its own. With just these, a program takes
**${overNode.workerKoffi.median.toFixed(2)}** times as long as \`node -e 0\`: the floor, unless the hello comes before the worker is up. By CPU time all
threads count. \`--disallow-code-generation-from-strings\`, with which the library and the units start the executor,
costs a worker the code that Node keeps compiled: ${milliseconds(times.workerNoCode - times.worker)}.
`;
}

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
  executorAnswer: 'executor, to the answer of its first plan',
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
The hello tells the driver's version, and that what a dead executor left is undone: both take ioctls, and so koffi, a library that the
dynamic linker has to bind; the hello itself takes msgpackr, which is read and compiled. Those two alone are **${overNode.koffi.median.toFixed(2)}** and **${overNode.msgpackr.median.toFixed(2)}**
times \`node -e 0\`, and Node's streams of pipes and sockets, which it loads when they are wanted, come on top: the floor. The worker,
a second JavaScript machine that is most of what there is to start, boots behind the hello, and the first plan waits for it: a
program with just a worker that has loaded koffi takes **${overNode.workerKoffi.median.toFixed(2)}** times as long. By CPU time all threads count, those that go on too.
\`--disallow-code-generation-from-strings\`, with which the library and the units start the executor,
costs a worker the code that Node keeps compiled: ${milliseconds(times.workerNoCode - times.worker)}.
`;
}

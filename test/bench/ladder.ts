import type { BenchKernel } from './kernel.ts';
import { inTurns, type Middle, middle, ratio } from './measure.ts';
import { milliseconds, spread, table } from './section.ts';

/** From plain C to dmplan, each with what the one before does and one thing more. */
const RUNGS = ['plain', 'state', 'care', 'node', 'worker', 'process', 'dmplan'] as const;
type Rung = (typeof RUNGS)[number];

/** One device after the other, made and removed, by programs that do more and more of what dmplan does. */
export interface Ladder {
  devices: number;
  rounds: number;
  /** Medians, nanoseconds for a device. */
  times: Record<Rung, number>;
  /** How many times as long as plain C. */
  overPlain: Record<Rung, Middle>;
  /** Where the kernel starts a program for each event: nanoseconds for a device, and dmplan's beside plain C's. */
  hotplug: { plain: number; dmplan: number; ratio: Middle };
}

export async function ladderOf(kernel: BenchKernel, devices: number, rounds: number): Promise<Ladder> {
  const raw = async (care: 0 | 1 | 2): Promise<number> => {
    const { make, remove } = await kernel.raw('turns', 10 * devices, { care });
    return (make + remove) / (10 * devices);
  };
  const bare = async (how: 'loop' | 'worker' | 'process'): Promise<number> =>
    (await kernel.ask('bare', how, devices)) / devices;
  // What V8 compiles for its speed it has compiled by then, as in the executor that has been at work.
  for (const how of ['loop', 'worker', 'process'] as const) await kernel.ask('bare', how, 2 * devices);
  const taken = await inTurns<Record<Rung, number>>(
    {
      plain: () => raw(0),
      state: () => raw(1),
      care: () => raw(2),
      node: () => bare('loop'),
      worker: () => bare('worker'),
      process: () => bare('process'),
      dmplan: async () => (await kernel.ask('turns', devices)) / devices,
    },
    rounds,
  );
  const hotplug = await inTurns<{ plain: number; dmplan: number }>(
    {
      plain: () =>
        withHotplug(kernel, async () => {
          const { make, remove } = await kernel.raw('turns', devices);
          return (make + remove) / devices;
        }),
      dmplan: () => withHotplug(kernel, async () => (await kernel.ask('turns', devices)) / devices),
    },
    Math.min(3, rounds),
  );
  const each = <T>(of: (rung: Rung) => T): Record<Rung, T> =>
    Object.fromEntries(RUNGS.map((rung) => [rung, of(rung)])) as Record<Rung, T>;
  return {
    devices,
    rounds,
    times: each((rung) => middle(taken[rung]).median),
    overPlain: each((rung) => ratio(taken[rung], taken.plain)),
    hotplug: {
      plain: middle(hotplug.plain).median,
      dmplan: middle(hotplug.dmplan).median,
      ratio: ratio(hotplug.dmplan, hotplug.plain),
    },
  };
}

/** As the kernel comes; `src/kernel/guest.ts` switches it off. */
async function withHotplug(kernel: BenchKernel, act: () => Promise<number>): Promise<number> {
  await kernel.run('echo /sbin/hotplug > /proc/sys/kernel/hotplug');
  try {
    return await act();
  } finally {
    await kernel.run('echo > /proc/sys/kernel/hotplug');
  }
}

const WORDS: Record<Rung, string> = {
  plain: 'plain C: four ioctls, the node made and removed',
  state: '+ four times `DEV_STATUS`',
  care: '+ two lines of journal and their end, four looks at the node and for udev',
  node: 'the same by Node and koffi, in a loop',
  worker: 'the same, asked of a worker, twice',
  process: 'the same, asked of another process and by it of its worker',
  dmplan: 'dmplan: all of it, with plans, checks and answers',
};

export function ladderText({ devices, rounds, times, overPlain, hotplug }: Ladder): string {
  const rows = RUNGS.map((rung, at) => {
    const adds = at === 0 ? '' : milliseconds(times[rung] - times[RUNGS[at - 1]!]);
    return [WORDS[rung], milliseconds(times[rung]), adds, at === 0 ? '1' : spread(overPlain[rung])];
  });
  const handOvers = times.process - times.node;
  return `What separates one device at a time from plain C, a step after the other, in turns, ${rounds} rounds of ${devices} devices:

${table(['', 'time', 'more than the line above', 'times as long as C'], rows)}
The first two steps are what undoing needs: what is there before each step that may have to be undone, and a record of it that
outlives the executor. Next is Node in C's place: a system call through koffi, and a buffer of its own for each. The two after
that are hand-overs, ${milliseconds(handOvers)} for a device: a worker, so that a suspend that waits silences nobody, and a process, so that
the client needs no root. Neither can go, so the floor of anything built like this is the last line but one, **${overPlain.process.median.toFixed(2)}**
times plain C, where every system call and every switch of User-Mode Linux costs several times what hardware takes. What dmplan adds to
that floor is **${(times.dmplan / times.process).toFixed(2)}** times its time: the layers below. Many devices in one plan share the hand-overs.

User-Mode Linux as Debian builds it also starts \`/sbin/hotplug\`, which is not there, for each event of a device. The throwaway
kernel has that switched off, as a machine with udev has. With it, plain C takes ${milliseconds(hotplug.plain)}, dmplan ${milliseconds(hotplug.dmplan)}, and dmplan
${spread(hotplug.ratio)} times as long: a ratio that says more about starting programs than about either.
`;
}

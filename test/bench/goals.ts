import type { Recorded } from './record.ts';
import { milliseconds, table } from './section.ts';

/** What the figures of the sections are held against. */
interface Goal {
  what: string;
  wanted: string;
  section: string;
  // biome-ignore lint/suspicious/noExplicitAny: the figures as recorded.json has them
  found(figures: any): { value: string; isReached: boolean };
}

const atLeast = (value: number, wanted: number, unit: string) => ({
  value: `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`,
  isReached: value >= wanted,
});
const atMost = (value: number, wanted: number, unit: string) => ({
  ...atLeast(value, wanted, unit),
  isReached: value <= wanted,
});
const MEBIBYTE = 2 ** 20 / 1e6;

const GOALS: readonly Goal[] = [
  {
    what: 'text of 1,000,000 linear targets to the complete payload, all checks on',
    wanted: 'at least 5 times libdevmapper, or 300 MB/s',
    section: 'planning',
    found({ text }) {
      const { size, planner } = text.at(-1);
      return atLeast((size / planner) * 1000, 300, 'MB/s');
    },
  },
  {
    what: 'a small plan, request object in, plan object out, warm',
    wanted: 'under 15 µs',
    section: 'planning',
    found: ({ library }) =>
      atMost(
        library.find(({ form, rows }: { form: string; rows: number }) => form === 'typed' && rows === 1).library / 1000,
        15,
        'µs',
      ),
  },
  {
    what: 'loading the planner',
    wanted: 'under 3 ms',
    section: 'planning',
    found: ({ loading }) => ({ value: milliseconds(loading.median), isReached: loading.median < 3e6 }),
  },
  {
    what: 'a device made and removed by a running executor, beside plain C with one open control node',
    wanted: 'at most 1.25 times as long',
    section: 'applying',
    found: ({ comparisons }) => atMost(comparisons[0].overRaw.median, 1.25, 'times'),
  },
  {
    what: 'the same beside `dmsetup create` and `dmsetup remove`',
    wanted: 'at least 10 times as fast',
    section: 'applying',
    found: ({ comparisons }) => atLeast(comparisons[0].overDmsetup.median, 10, 'times'),
  },
  {
    what: '1,000 devices in one plan, beside as many calls of dmsetup',
    wanted: 'at least 20 times as fast',
    section: 'applying',
    found: ({ comparisons }) => atLeast(comparisons.at(-1).overDmsetup.median, 20, 'times'),
  },
  {
    what: 'executor, start to ready, beside `node -e 0`',
    wanted: 'at most 1.25 times as long',
    section: 'executor',
    found: ({ starts }) => atMost(starts.overNode.executor.median, 1.25, 'times'),
  },
  {
    what: 'executor, memory at rest',
    wanted: 'under 60 MB',
    section: 'executor',
    found: ({ memory }) => atMost(memory[0].now * MEBIBYTE, 60, 'MB'),
  },
  {
    what: '10,000 devices listed and decoded, beside `dmsetup ls`',
    wanted: 'not slower',
    section: 'queries',
    found: ({ list }) => atLeast(list.points.at(-1).faster.median, 1, 'times as fast'),
  },
];

/** Each goal whose section has been measured, and whether it is reached. */
export function goalsText({ sections }: Recorded, titles: Map<string, string>): string {
  const rows = GOALS.filter(({ section }) => sections[section]).map(({ what, wanted, section, found }) => {
    const { value, isReached } = found(sections[section]!.figures);
    return [what, wanted, value, isReached ? 'yes' : `**no**: the floor is under "${titles.get(section)}"`];
  });
  return `\n## Goals\n\n${table(['', 'wanted', 'measured', 'reached'], rows)}`;
}

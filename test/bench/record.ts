import { applying } from './applying.ts';
import { executor } from './executor.ts';
import { goalsText } from './goals.ts';
import { inspector } from './inspector.ts';
import type { Machine } from './machine.ts';
import { planning } from './planning.ts';
import { queries } from './queries.ts';
import { type Section, table } from './section.ts';
import { verity } from './verity.ts';

/** In the order of the page. */
export const SECTIONS: readonly Section<never>[] = [
  ...[verity, planning, applying, executor, queries, inspector],
] as unknown as Section<never>[];

/** What `recorded.json` holds. */
export interface Recorded {
  /** The last full run of each section. */
  sections: Record<string, { machine: Machine; figures: unknown }>;
  /** The ratios of the last short run that was recorded; CI compares its own with them. */
  short: Record<string, number>;
}

const ABOUT = `# Performance

Written by \`npm run bench -- --record\` from one run on one machine; \`npm run bench\` repeats it anywhere. What counts are
the ratios: the programs of a comparison take turns, so that a busy machine slows all of them, and a ratio is the median
of those of neighbouring runs, with the quartiles behind it. 2.00 means twice as fast, or half the time.

\`npm run bench -- --short\`, which CI runs, fails where a ratio is 30 % worse than the recorded one. It holds those that stand
a busy machine: planning and verity by what they compare in turns, and a hundred devices in one plan beside plain C by CPU
time, which went from 0.21 to 0.29 of it in five short runs at loads of 2 to 8 on two cores. What is not held, by CPU time
too, in the same runs: pipelined devices were 6.4 to 11.8 times as cheap as dmsetup's, those one at a time 6.6 to 10 times,
those in one plan 16 to 23 times; and in four runs, \`node -e 0\` took 0.26 to 0.49 of the executor's start, \`dmsetup ls\` 9 to 55
times as much as a list, \`dmsetup status\` 0.6 to 1.8 times as much as a status.
`;

/** docs/performance.md. */
export function performancePage(recorded: Recorded): string {
  const { sections } = recorded;
  const parts = SECTIONS.filter(({ name }) => sections[name]).map(({ name, title, page }) => {
    const { machine, figures } = sections[name]!;
    return `\n## ${title}\n\n${page(figures as never)}\n${machineLine(machine)}`;
  });
  const titles = new Map(SECTIONS.map(({ name, title }) => [name, title]));
  return `${ABOUT}${goalsText(recorded, titles)}${parts.join('')}`;
}

function machineLine(machine: Machine): string {
  const { date, processor, cores, memory, kernel, node, openssl, veritysetup, libdevmapper, load } = machine;
  return table(
    ['measured', 'on', 'with'],
    [
      [
        date,
        `${processor}, ${cores} cores, ${memory} GiB, Linux ${kernel}; load ${load} before the run`,
        `Node ${node} (OpenSSL ${openssl}), veritysetup ${veritysetup}, libdevmapper ${libdevmapper}`,
      ],
    ],
  );
}

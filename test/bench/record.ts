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
time. Between loads of 2 and 8 on two cores that one lost a quarter; one device at a time, pipelined devices and all that is
beside dmsetup lost a third to a half, and the executor's start and the queries moved by a third to threefold, by CPU time too.
What moves so is a switch between processes, of which User-Mode Linux makes two of the host's. A gate on it would
tell how busy the machine is.
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

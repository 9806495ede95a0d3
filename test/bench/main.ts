/**
 * `npm run bench`: dmplan beside programs that others wrote, as ratios from one run. Prints JSON last.
 *
 *   --only NAME    one section
 *   --short        the smallest sizes; fails when a ratio is more than 30 % below the recorded one
 *   --rounds N     at most so many rounds of each comparison
 *   --largest MIB  no larger image; unless given, what fits into memory
 *   --record       writes what was measured to recorded.json, and docs/performance.md from it
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { availableMemory, thisMachine } from './machine.ts';
import { performancePage, type Recorded, SECTIONS } from './record.ts';

const TOLERATED = 0.7;
const RECORD = 'test/bench/recorded.json';

const { short, record, only, rounds, largest } = parseArgs({
  options: {
    short: { type: 'boolean' },
    record: { type: 'boolean' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    largest: { type: 'string' },
  },
}).values;
const extent = {
  short: short === true,
  rounds: Number(rounds ?? Infinity),
  largest: Number(largest ?? availableMemory() * 0.8),
};
const recorded = JSON.parse(readFileSync(RECORD, 'utf8')) as Recorded;
const machine = thisMachine();
const measured: Record<string, unknown> = {};
if (record && short && only === undefined) recorded.short = {};

for (const section of SECTIONS) {
  if (only !== undefined && only !== section.name) continue;
  const figures = await section.run(extent);
  measured[section.name] = figures;
  console.log(`${section.title}\n\n${section.page(figures)}`);
  if (!record) {
    if (short) check(section.ratios(figures));
  } else if (short) Object.assign(recorded.short, section.ratios(figures));
  else recorded.sections[section.name] = { machine, figures };
}
if (record) {
  writeFileSync(RECORD, `${JSON.stringify(recorded, null, 2)}\n`);
  writeFileSync('docs/performance.md', performancePage(recorded));
}
console.log(JSON.stringify({ machine, measured }));

function check(ratios: Record<string, number>): void {
  for (const [what, ratio] of Object.entries(ratios)) {
    const before = recorded.short[what];
    if (before !== undefined && ratio >= before * TOLERATED) continue;
    const floor = before === undefined ? 'none: record it (--short --record)' : (before * TOLERATED).toFixed(2);
    console.error(`${what}: ${ratio.toFixed(2)}; the least is ${floor}`);
    process.exitCode = 1;
  }
}

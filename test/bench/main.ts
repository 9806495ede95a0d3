/**
 * `npm run bench`: the planner beside programs that others wrote, as ratios from one run. `--short` runs the smallest
 * sizes and fails when a ratio is more than 30 % below the recorded one.
 */
import { readFileSync } from 'node:fs';
import { comparePlanning } from './planning.ts';

const SHORT = process.argv.includes('--short');
const TOLERATED = 0.7;

const recorded = JSON.parse(readFileSync('test/bench/recorded.json', 'utf8')) as Record<string, number>;

const figures = [];
for (const rows of SHORT ? [10_000] : [1_000, 100_000, 1_000_000]) {
  const figure = await comparePlanning(rows, SHORT ? 3 : 7);
  figures.push(figure);
  const per = (nanoseconds: number): string => `${(nanoseconds / rows).toFixed(0)} ns a row`;
  console.log(
    `${figure.what}, ${rows} rows: planner ${per(figure.planner)}, libdevmapper ${per(figure.libdevmapper)}, ` +
      `${figure.ratio.toFixed(2)} times as fast`,
  );
}
console.log(JSON.stringify(figures));
if (SHORT) {
  for (const { rows, ratio } of figures) {
    const floor = (recorded[`planning-${rows}`] ?? 0) * TOLERATED;
    if (ratio >= floor) continue;
    console.error(`planning ${rows} rows: ${ratio.toFixed(2)} is below ${floor.toFixed(2)}`);
    process.exitCode = 1;
  }
}

import type { Fit, Middle } from './measure.ts';

/** How much is measured. */
export interface Extent {
  /** The sizes that CI has time for. */
  short: boolean;
  /** At most so many rounds; each comparison's own number unless given. */
  rounds: number;
  /** No image larger than so many MiB. */
  largest: number;
}

/** A part of the benchmark, and of docs/performance.md. */
export interface Section<F> {
  /** As `--only` and the record call it. */
  name: string;
  title: string;
  run(extent: Extent): Promise<F>;
  /** The ratios that must not become worse, by what they compare; higher is better. Only those that stand load. */
  ratios(figures: F): Record<string, number>;
  /** The section's text. */
  page(figures: F): string;
}

/** A Markdown table. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`;
}

/** A ratio, and its quartiles. */
export function spread({ median, low, high }: Middle): string {
  return `**${median.toFixed(2)}** (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** Of nanoseconds. */
export function milliseconds(nanoseconds: number): string {
  const value = nanoseconds / 1e6;
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

/** A straight line in words. `unit`: of the times; `each`: `a device`. */
export function fitText({ offset, slope, worst }: Fit, unit: string, each: string): string {
  const significant = (value: number): string => String(Number(value.toPrecision(3)));
  return `${significant(offset)} ${unit} + ${significant(slope)} ${unit} for ${each}, no point further than ${(worst * 100).toFixed(0)} % from it`;
}

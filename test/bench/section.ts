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
  /** The ratios that must not become worse, by what they compare; higher is better. */
  ratios(figures: F): Record<string, number>;
  /** The section's text. */
  page(figures: F): string;
}

/** A Markdown table. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`;
}

/** A part of the benchmark, and of docs/performance.md. */
export interface Section<F> {
  /** As `--only` and the record call it. */
  name: string;
  title: string;
  /** Measures; `short`: the sizes that CI has time for. */
  run(short: boolean): Promise<F>;
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

/** Steps as a person looks at them in a terminal: what each does, its table, and its bytes. */
import { COMMAND_MEANINGS, type Meaning } from '../../inspect/meanings.ts';
import { type InspectedStep, type TableRow, tableOf } from '../../inspect/table.ts';
import { treeOf } from '../../inspect/verity-levels.ts';
import type { Planner } from '../../planner/planner.ts';
import { drawBytes } from './byte-map.ts';
import { drawSectors } from './sector-map.ts';
import type { Style } from './style.ts';
import { wrapped } from './text.ts';
import { drawTree } from './verity-tree.ts';

/** Trees of a table that are drawn. */
const MOST_TREES = 4;

/**
 * Every step with its bytes; where it carries a table, the table before them. What a field means is said where the
 * first such field is drawn.
 */
export function drawSteps(planner: Planner, steps: readonly InspectedStep[], style: Style): string {
  const explained = new Set<Meaning>();
  const parts = steps.map((step, index) => [
    ...titleOf(step, steps.length > 1 ? `${index + 1}. ` : '', style),
    '',
    ...drawTable(planner, tableOf(planner, step) ?? [], style),
    ...drawBytes(step.payload, planner.inspect(step.command, step.payload, { reply: step.reply }), style, explained),
  ]);
  return parts.map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join('')).join('\n');
}

function titleOf({ command, payload, reply }: InspectedStep, number: string, style: Style): string[] {
  const title = `${number}${command}, ${payload.length} bytes`;
  const meaning = reply ? 'what the kernel answered' : COMMAND_MEANINGS[command]!;
  const [first, ...more] = wrapped(`${title}: ${meaning}`, style.width);
  const { bold, dim } = style.colors;
  return [first!.startsWith(title) ? `${bold(title)}${dim(first!.slice(title.length))}` : first!, ...more.map(dim)];
}

function drawTable(planner: Planner, rows: readonly TableRow[], style: Style): string[] {
  const trees = rows.flatMap(({ type, fields }, target) =>
    type === 'verity' ? (treeOf(planner, target, fields) ?? []) : [],
  );
  const shown = trees.slice(0, MOST_TREES);
  const more = trees.length - shown.length;
  return [
    ...below(drawSectors(rows, style)),
    ...shown.flatMap((tree) => below(drawTree(tree, style))),
    ...(more > 0 ? [style.colors.dim(`${style.symbols.more} ${more} more trees`), ''] : []),
  ];
}

function below(lines: string[]): string[] {
  return lines.length === 0 ? [] : [...lines, ''];
}

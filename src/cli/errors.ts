import type { DmError } from '../errors.ts';
import type { Output } from './output.ts';

type Colors = Output['colors'];

/** An error for a person: what, where in the table, and what became of what had been done. */
export function renderError(error: DmError, colors: Colors): string {
  const lines = [`${colors.red('error')} ${colors.bold(error.code)}: ${error.message}`];
  if (error.tableLine !== undefined) lines.push(...pointTo(error.tableLine, error.tableColumn, colors));
  if (error.rule !== undefined) lines.push(`  rule: ${error.rule}`);
  if (error.remedy !== undefined) lines.push(`  to do: ${error.remedy}`);
  if (error.rollback) lines.push(`  ${rollbackText(error.rollback)}`);
  if (error.retryable) lines.push('  the same command can succeed later');
  return lines.join('\n');
}

/** The same for programs. */
export function errorJson(error: DmError): Record<string, unknown> {
  return error.toJSON();
}

/** Bytes that a terminal would obey instead of showing; a tab is shown as one. */
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f-\x9f]/g;

function pointTo(line: string, column: number | undefined, colors: Colors): string[] {
  const visible = line.replace(CONTROLS, '\ufffd');
  const shown = [`  ${visible}`];
  if (column === undefined) return shown;
  const word = /^\S+/.exec(visible.slice(column))?.[0].length ?? 1;
  const before = visible.slice(0, column).replace(/[^\t]/g, ' ');
  return [...shown, `  ${before}${colors.red('^'.repeat(word))}`];
}

function rollbackText({ complete, undone }: NonNullable<DmError['rollback']>): string {
  const steps = undone.map(({ step, command, errno }) =>
    errno ? `step ${step + 1} by ${command} (failed: ${errno.name})` : `step ${step + 1} by ${command}`,
  );
  const what = steps.length === 0 ? 'nothing to undo' : `undone: ${steps.join(', ')}`;
  return complete ? `${what}; nothing is left` : `${what}; something is left, see dmplan ls`;
}

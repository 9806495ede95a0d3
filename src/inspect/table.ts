/** The table that a step carries, row by row. */
import { DmError } from '../errors.ts';
import { plannedTargets } from '../live/planned.ts';
import type { Step } from '../planner/plan.ts';
import type { Planner } from '../planner/planner.ts';
import { type Mapping, mappingOf } from './areas.ts';
import { plainText } from './plain-text.ts';

/** A step that is looked at, and whether the kernel wrote its bytes. */
export interface InspectedStep extends Step {
  readonly reply: boolean;
}

export interface TableRow {
  start: number;
  length: number;
  type: string;
  params: string;
  fields: Record<string, unknown> | undefined;
  mapping: Mapping;
}

/** Nothing where the step carries no table, or one that cannot be read. */
export function tableOf(planner: Planner, step: InspectedStep): TableRow[] | undefined {
  try {
    const lines =
      step.command === 'TABLE_LOAD' && !step.reply
        ? plannedTargets(planner, step.payload)
        : step.reply
          ? planner.decode(step.command, step.payload, { showKeys: true }).targets
          : undefined;
    return lines?.map(({ start, length, type, params, fields }) => ({
      start: Number(start),
      length: Number(length),
      type: plainText(type),
      params: plainText(params),
      fields,
      mapping: mappingOf(type, fields, Number(length)),
    }));
  } catch (error) {
    if (error instanceof DmError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** How many sectors the new device has. */
export function sizeOf(rows: readonly TableRow[]): number {
  const last = rows.at(-1);
  return last ? last.start + last.length : 0;
}

/** As dmsetup prints it. */
export function tableText(rows: readonly TableRow[]): string {
  return rows
    .map(({ start, length, type, params }) => `${start} ${length} ${type}${params === '' ? '' : ` ${params}`}\n`)
    .join('');
}

/** The table that a step carries, row by row. */

import { DmError } from '../errors.ts';
import { plannedTargets } from '../live/planned.ts';
import type { Planner } from '../planner/planner.ts';
import { type Mapping, mappingOf } from './areas.ts';
import type { ShownStep } from './input.ts';

export interface TableRow {
  start: number;
  length: number;
  type: string;
  params: string;
  fields: Record<string, unknown> | undefined;
  mapping: Mapping;
}

/** Nothing where the step carries no table, or one that cannot be read. */
export function tableOf(planner: Planner, step: ShownStep): TableRow[] | undefined {
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
      type,
      params,
      fields,
      mapping: mappingOf(type, fields, Number(length)),
    }));
  } catch (error) {
    if (error instanceof DmError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** As dmsetup prints it. */
export function tableText(rows: readonly TableRow[]): string {
  return rows
    .map(({ start, length, type, params }) => `${start} ${length} ${type}${params === '' ? '' : ` ${params}`}\n`)
    .join('');
}

import pc from 'picocolors';
import { drawSteps } from '../../../../src/cli/draw/steps.ts';
import { type Style, styleOf } from '../../../../src/cli/draw/style.ts';
import { loadPlanner, type Request } from '../../../../src/index.ts';

export const planner = await loadPlanner();

export function plainStyle(width: number, form: 'unicode' | 'ascii' = 'unicode', colors = false): Style {
  return styleOf(width, form === 'unicode', pc.createColors(colors));
}

/** What the steps of a request are drawn as. */
export function drawn(request: Request, style: Style): string {
  const { steps } = planner.plan(request);
  return drawSteps(
    planner,
    steps.map((step) => ({ ...step, reply: false })),
    style,
  );
}

export function load(table: string, readOnly = false): Request {
  return { action: 'load', name: 'data', table, ...(readOnly ? { readOnly } : {}) } as Request;
}

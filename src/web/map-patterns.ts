/** Fills of the sector map that are no plain colour. */

import type { TableRow } from '../inspect/table.ts';
import { svg } from './dom.ts';

export function patternId(hues: number[]): string {
  return `stripes-${hues.join('-')}`;
}

/** One pattern for every order of devices among the striped targets, and those of what maps to no device. */
export function patterns(rows: readonly TableRow[], hues: Map<string, number>, height: number): SVGElement[] {
  const striped = new Map<string, number[]>();
  for (const { mapping } of rows) {
    if (mapping.chunk === undefined) continue;
    const colors = mapping.areas.map(({ device }) => hues.get(device)!);
    striped.set(patternId(colors), colors);
  }
  const hatch = (id: string, ...lines: SVGElement[]): SVGElement =>
    svg(
      'pattern',
      { id, width: 8, height: 8, patternUnits: 'userSpaceOnUse', class: 'hatch' },
      svg('rect', { width: 8, height: 8, class: 'ground' }),
      ...lines,
    );
  return [
    hatch('zero'),
    hatch('error', svg('path', { d: 'M0 0L8 8M8 0L0 8' })),
    hatch('unknown', svg('path', { d: 'M0 8L8 0' })),
    ...[...striped]
      .slice(0, 200)
      .map(([id, colors]) =>
        svg(
          'pattern',
          { id, width: colors.length * 5, height, patternUnits: 'userSpaceOnUse', patternTransform: 'skewX(-30)' },
          ...colors.map((hue, index) => svg('rect', { x: index * 5, width: 5, height: height, class: `h${hue}` })),
        ),
      ),
  ];
}

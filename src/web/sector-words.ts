/** What the sector map shows, in words. */

import type { Extent } from '../inspect/map-layout.ts';
import type { TableRow } from '../inspect/table.ts';
import { sectorsText, whole } from './dom.ts';

/** Which sectors, and where they come from. */
export function describe({ start, length, type, mapping }: TableRow, index: number): string {
  const own = `targets[${index}] ${type}: sectors ${whole(start)} to ${whole(start + length - 1)}, ${sectorsText(length)}`;
  const areas = mapping.areas.map(({ device, role, offset, length: size }) =>
    size === undefined ? `${role} on ${device}` : `${role} ${device} ${whole(offset)} to ${whole(offset + size - 1)}`,
  );
  const shown = areas.length > 6 ? [...areas.slice(0, 6), `${areas.length - 6} more`] : areas;
  const turn = mapping.chunk === undefined ? '' : `, ${whole(mapping.chunk)} sectors to each in turn`;
  return shown.length === 0 ? own : `${own} ← ${shown.join('; ')}${turn}`;
}

/** Which sectors of a device an extent is. */
export function extentTitle({ from, to }: Extent, device: string, role: string): string {
  if (to === undefined) return `${role}: where on ${device} is not told by the table`;
  return `${role}: ${device}, sectors ${whole(from)} to ${whole(to - 1)}`;
}

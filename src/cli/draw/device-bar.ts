/** A device of a sector map: to the scale of the new device, what of it is used. */
import { COLUMNS, type DeviceRow } from '../../inspect/map-layout.ts';
import { type Cell, type Drawing, INDENT, rendered } from './sector-drawing.ts';
import type { Paint } from './style.ts';
import { columnsOf, padded, wrapped } from './text.ts';

export function drawDevice({ device, roles, extents, breaks, scale }: DeviceRow, drawing: Drawing): string[] {
  const { keys, style, rows } = drawing;
  const { symbols, colors, plain } = style;
  const { letter, paint } = keys.get(device)!;
  const notes = [roles.length > 4 ? `${roles.length} roles` : roles.join(', ')];
  if (scale < 0.999) notes.push(`at ${Math.max(0.01, scale).toFixed(2)} of the scale`);
  const title = wrapped(`${letter} ${plain(device)}: ${notes.join('; ')}`, style.width - INDENT);
  const cells: Cell[] = [];
  const put = (from: number, to: number, text: string, how: Paint): void => {
    for (let column = cells.length; column < Math.min(to, drawing.width); column++)
      cells[column] = { text: symbols.gap, paint: colors.dim };
    for (let column = from; column < Math.min(to, drawing.width); column++) cells[column] = { text, paint: how };
  };
  for (const gap of breaks) {
    const from = Math.round(gap.x);
    put(from, from + COLUMNS.breakWidth, symbols.break, colors.dim);
  }
  let labels = '';
  let end = 0;
  for (const extent of extents) {
    // half a column that is not used is not to be seen
    const from = extent.x - end < 0.5 ? Math.min(cells.length, Math.round(extent.x)) : Math.round(extent.x);
    const isKnown = extent.to !== undefined;
    const to = Math.max(from + 1, Math.round(extent.x + extent.width));
    end = Math.max(end, extent.x + extent.width);
    put(from, to, isKnown ? letter : letter.toLowerCase(), (cells) => colors.inverse(paint(cells)));
    const area = rows[extent.target]!.mapping.areas[extent.area]!;
    const label = isKnown || extent.from > 0 ? String(Math.round(extent.from)) : plain(area.role);
    if ((from === 0 || from > labels.length) && from + columnsOf(label) <= drawing.width + 1)
      labels = padded(labels, from) + label;
  }
  return [...title.map(paint), rendered(cells), colors.dim(labels)];
}

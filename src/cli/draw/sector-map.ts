/** The new device to scale, the targets it is made of, and the devices that their sectors come from. */
import { bytesText } from '../../inspect/amounts.ts';
import { COLUMNS, layOut } from '../../inspect/map-layout.ts';
import { sizeOf, type TableRow } from '../../inspect/table.ts';
import { drawDevice } from './device-bar.ts';
import { countOf, type Drawing, INDENT, type Key } from './sector-drawing.ts';
import { drawScale } from './sector-scale.ts';
import { hueOf, type Style } from './style.ts';
import { listTargets } from './target-list.ts';
import { wrapped } from './text.ts';

/** A sector that is wider says no more. */
const WIDEST_SECTOR = 8;

/** Nothing of a table without targets. */
export function drawSectors(rows: readonly TableRow[], style: Style): string[] {
  const size = sizeOf(rows);
  if (size === 0) return [];
  const room = style.width - INDENT - 1;
  const perColumn = sectorsPerColumn(size, room);
  const layout = layOut(rows, { from: 0, to: size }, size / perColumn, COLUMNS);
  const drawing: Drawing = {
    rows,
    style,
    keys: keysOf(rows, style),
    layout,
    perColumn,
    width: Math.min(room, Math.ceil(size / perColumn)),
  };
  const scale = drawScale(drawing);
  const devices = layout.devices.flatMap((row) => drawDevice(row, drawing));
  return [
    ...titleLines(drawing, size),
    '',
    ...[...scale, '', ...listTargets(drawing), '', ...devices].map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd()),
    ...notes(drawing, scale.join('')).map(style.colors.dim),
  ];
}

/** Whole sectors, so that what is written beside the scale is exact. */
function sectorsPerColumn(size: number, room: number): number {
  return size > room ? Math.ceil(size / room) : 1 / Math.min(WIDEST_SECTOR, Math.floor(room / size));
}

/** Letters in the order in which the table names the devices; those without one are told apart by nothing. */
function keysOf(rows: readonly TableRow[], style: Style): Map<string, Key> {
  const devices = new Set(rows.flatMap(({ mapping }) => mapping.areas.map(({ device }) => device)));
  const { symbols, colors } = style;
  return new Map(
    [...devices].map((device, index) => {
      const letter = index < 26 ? String.fromCharCode(0x41 + index) : symbols.several;
      return [device, { letter, paint: index < 26 ? hueOf(style, index) : colors.dim }];
    }),
  );
}

function titleLines({ rows, style, perColumn }: Drawing, size: number): string[] {
  const column =
    perColumn >= 1
      ? `a column for ${perColumn} (${bytesText(perColumn * 512)})`
      : `${countOf(Math.round(1 / perColumn), 'column')} for each`;
  const text = `sector map: ${countOf(rows.length, 'target')}, ${countOf(size, 'sector')} (${bytesText(size * 512)}), ${column}`;
  return wrapped(text, style.width).map((line) => style.colors.dim(line));
}

/** What of the drawing does not speak for itself. */
function notes({ layout, rows, perColumn, style: { symbols, width } }: Drawing, scale: string): string[] {
  const isSmall = rows.some(({ mapping }) => mapping.areas.some(({ relation }) => relation === 'anywhere'));
  const isNarrow = rows.some(({ mapping: { chunk } }) => chunk !== undefined && chunk < perColumn);
  const { moreDevices } = layout;
  const said = [
    ...(moreDevices > 0 ? [`${symbols.more} ${countOf(moreDevices, 'more device')}`] : []),
    ...(isNarrow ? ['chunks are narrower than a column: they take turns, not to scale'] : []),
    ...(isSmall ? ['a small letter: which sectors, only the target knows'] : []),
    ...(scale.includes(symbols.several) ? [`${symbols.several} several devices in a column`] : []),
    ...(layout.devices.some(({ breaks }) => breaks.length > 0)
      ? [`${symbols.break} sectors that are not used, not to scale`]
      : []),
  ];
  const indent = ' '.repeat(INDENT);
  return said.flatMap((note) => wrapped(note, width - INDENT).map((line) => indent + line));
}

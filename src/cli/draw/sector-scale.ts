/** The new device to scale: where its targets begin, and in a bar which devices their sectors come from. */
import type { Area } from '../../inspect/areas.ts';
import { COLUMNS, type Segment } from '../../inspect/map-layout.ts';
import { sizeOf, type TableRow } from '../../inspect/table.ts';
import { type Cell, countOf, type Drawing, rendered } from './sector-drawing.ts';
import { fitted, type Style } from './style.ts';
import { padded } from './text.ts';

/** Copies that are drawn one below the other. */
const MOST_COPIES = 4;
/** A name that is cut off further says nothing. */
const NARROWEST_NAME = 4;

export function drawScale(drawing: Drawing): string[] {
  return [starts(drawing), ruler(drawing), ...bars(drawing), names(drawing)];
}

/** A stretch of columns, and the targets there. */
interface Span {
  from: number;
  to: number;
  first: number;
  last: number;
}

/** The columns of a segment: at least one. */
function spanOf({ x, width, first, last }: Segment): Span {
  const from = width < COLUMNS.narrowest ? Math.floor(x) : Math.round(x);
  return { from, to: Math.max(from + 1, Math.round(x + width)), first, last };
}

/** What has a mark on the scale: a target that is to be seen, or a stretch of those that are too narrow. */
function marked({ layout: { segments } }: Drawing): Span[] {
  const marks: Span[] = [];
  const isNarrow = ({ from, to, first, last }: Span): boolean => first < last || to - from === 1;
  for (const segment of segments) {
    const span = spanOf(segment);
    const before = marks.at(-1);
    if (before && isNarrow(before) && isNarrow(span))
      marks[marks.length - 1] = { ...before, to: span.to, last: span.last };
    else marks.push(span);
  }
  return marks;
}

/** The first sectors of the targets, where there is room, and how many sectors there are. */
function starts(drawing: Drawing): string {
  const { rows, style, width } = drawing;
  const end = String(sizeOf(rows));
  let line = '';
  for (const { from, first } of marked(drawing)) {
    const label = String(rows[first]!.start);
    const isFree = from === 0 || from > line.length;
    if (isFree && from + label.length + 1 + end.length <= width + 1) line = padded(line, from) + label;
  }
  return style.colors.dim(padded(line, width + 1 - end.length) + end);
}

function ruler(drawing: Drawing): string {
  const { style, width } = drawing;
  const { symbols, colors } = style;
  const line: string[] = Array.from({ length: width }, () => symbols.line);
  for (const { from } of marked(drawing)) line[Math.min(width - 1, from)] = symbols.tick;
  line[0] = symbols.left;
  return colors.dim(line.join('') + symbols.right);
}

/** A bar, and one more for every further copy. */
function bars(drawing: Drawing): string[] {
  const copies = Math.max(1, ...drawing.layout.segments.map(({ first }) => copiesOf(drawing.rows[first]!).length));
  return Array.from({ length: Math.min(copies, MOST_COPIES) }, (_, copy) => bar(drawing, copy));
}

function copiesOf({ mapping }: TableRow): Area[] {
  return mapping.areas.filter(({ relation }) => relation === 'sectors');
}

function bar(drawing: Drawing, copy: number): string {
  const cells: Cell[] = Array.from({ length: drawing.width }, () => ({ text: ' ', paint: String }));
  // what is narrower than a column last, so that it is seen
  for (const segment of drawing.layout.segments.toSorted((a, b) => b.width - a.width)) {
    const { from, to } = spanOf(segment);
    for (let column = from; column < Math.min(to, drawing.width); column++)
      cells[column] = cellOf(drawing, segment, column, column - from, copy);
  }
  return rendered(cells);
}

function cellOf(drawing: Drawing, { first, last }: Segment, column: number, index: number, copy: number): Cell {
  const { rows, perColumn, style } = drawing;
  if (first === last) return cellOfTarget(drawing, rows[first]!, (column + 0.5) * perColumn, index, copy);
  const cells = rows
    .slice(first, last + 1)
    .map((row) => cellOfTarget(drawing, row, row.start + row.length / 2, index, copy));
  const isSame = cells.every(({ text }) => text === cells[0]!.text);
  return isSame ? cells[0]! : { text: style.symbols.several, paint: style.colors.dim };
}

/** @param index of the column in its segment: chunks that are narrower than a column take turns by it */
function cellOfTarget(drawing: Drawing, row: TableRow, sector: number, index: number, copy: number): Cell {
  const { keys, perColumn, style } = drawing;
  const { areas, chunk } = row.mapping;
  const cell = (area: Area, text: (letter: string) => string = String): Cell => {
    const { letter, paint } = keys.get(area.device)!;
    return { text: text(letter), paint: (cells) => style.colors.inverse(paint(cells)) };
  };
  if (chunk !== undefined && copy === 0) {
    const turn = chunk >= perColumn ? Math.floor((sector - row.start) / chunk) : index;
    return cell(areas[turn % areas.length]!);
  }
  const copies = copiesOf(row);
  const area = copies[copy];
  if (area) return cell(area);
  if (copy > 0) return { text: ' ', paint: String };
  const [main] = areas;
  if (!main) return { text: nothingFor(row, style), paint: style.colors.dim };
  const alike = areas.filter(({ role }) => role.split(' ')[0] === main.role.split(' ')[0]);
  return cell(alike[index % alike.length]!, (letter) => letter.toLowerCase());
}

function nothingFor({ type }: TableRow, { symbols }: Style): string {
  return type === 'zero' ? symbols.zero : type === 'error' ? symbols.error : symbols.unknown;
}

/** The types of the targets, where there is room. */
function names(drawing: Drawing): string {
  const { rows, style, width } = drawing;
  let line = '';
  for (const { from, to, first, last } of marked(drawing)) {
    const count = last - first + 1;
    const name = count > 1 ? countOf(count, 'target') : style.plain(rows[first]!.type);
    const room = (to >= width ? to : to - 1) - from;
    if (from < line.length || room < Math.min(NARROWEST_NAME, name.length)) continue;
    line = padded(line, from) + fitted(name, room, style);
  }
  return line;
}

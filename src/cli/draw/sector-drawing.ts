/** What the parts of a sector map have in common. */
import type { MapLayout } from '../../inspect/map-layout.ts';
import type { TableRow } from '../../inspect/table.ts';
import type { Paint, Style } from './style.ts';

/** Of everything below the title. */
export const INDENT = 2;

/** How a device is drawn: by a letter, small where only the target knows which sectors it takes. */
export interface Key {
  letter: string;
  paint: Paint;
}

export interface Cell {
  text: string;
  paint: Paint;
}

export interface Drawing {
  rows: readonly TableRow[];
  style: Style;
  keys: ReadonlyMap<string, Key>;
  layout: MapLayout;
  /** Sectors of a column: whole ones, or a whole part of one. */
  perColumn: number;
  /** Columns of the new device. */
  width: number;
}

/** Neighbours that look alike are painted at once. */
export function rendered(cells: readonly Cell[]): string {
  let line = '';
  for (let from = 0; from < cells.length; ) {
    let to = from + 1;
    while (to < cells.length && cells[to]!.text === cells[from]!.text) to++;
    line += cells[from]!.paint(cells[from]!.text.repeat(to - from));
    from = to;
  }
  return line;
}

export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

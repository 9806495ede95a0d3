/** Where everything of the sector map stands: a pure function of the table, the window, the width and its unit. */
import type { TableRow } from './table.ts';

/** The sectors of the new device that are shown. */
export interface Window {
  from: number;
  to: number;
}

export interface Segment {
  x: number;
  width: number;
  /** The targets drawn here: one, or as many as share what is too narrow for two. */
  first: number;
  last: number;
}

/** An area of a device that sectors of the new device come from. */
export interface Extent {
  x: number;
  width: number;
  target: number;
  /** Its place among the target's areas. */
  area: number;
  from: number;
  to: number | undefined;
}

/** Sectors that nothing maps, too many to draw. */
export interface Break {
  x: number;
  sectors: number;
}

export interface DeviceRow {
  device: string;
  roles: string[];
  extents: Extent[];
  breaks: Break[];
  /** 1 where the row is drawn to the scale of the new device, less where it did not fit. */
  scale: number;
}

export interface MapLayout {
  /** Units of the drawing for each sector. */
  scale: number;
  segments: Segment[];
  devices: DeviceRow[];
  /** Devices that are not drawn. */
  moreDevices: number;
}

/** What has room, in the unit of the drawing. */
export interface Measures {
  /** Neighbours that are narrower share a segment. */
  narrowest: number;
  /** Wider gaps are broken. */
  widestGap: number;
  breakWidth: number;
  /** What stands for an area of unknown length. */
  unknownWidth: number;
  mostDevices: number;
}

export const PIXELS: Measures = { narrowest: 1.5, widestGap: 48, breakWidth: 28, unknownWidth: 90, mostDevices: 24 };

/** Characters of a terminal. */
export const COLUMNS: Measures = { narrowest: 1, widestGap: 8, breakWidth: 2, unknownWidth: 10, mostDevices: 16 };

/** @param width of the new device, in the unit of the measures */
export function layOut(rows: readonly TableRow[], { from, to }: Window, width: number, measures: Measures): MapLayout {
  const scale = width / Math.max(1, to - from);
  const shown = visible(rows, from, to);
  const segments: Segment[] = [];
  const byDevice = new Map<string, Extent[]>();
  const roles = new Map<string, Set<string>>();
  for (const index of shown) {
    const { start, length, mapping } = rows[index]!;
    const x = (Math.max(start, from) - from) * scale;
    const end = (Math.min(start + length, to) - from) * scale;
    const last = segments.at(-1);
    if (last && last.width < measures.narrowest && end - x < measures.narrowest) {
      last.width = end - last.x;
      last.last = index;
    } else segments.push({ x, width: end - x, first: index, last: index });
    for (const [area, { device, role, offset, length: size }] of mapping.areas.entries()) {
      const clip = (sector: number): number => offset + ((sector - start) / length) * (size ?? 0);
      const extent: Extent = {
        x: 0,
        width: 0,
        target: index,
        area,
        from: size === undefined ? offset : clip(Math.max(start, from)),
        to: size === undefined ? undefined : clip(Math.min(start + length, to)),
      };
      if (!byDevice.has(device)) byDevice.set(device, []);
      byDevice.get(device)!.push(extent);
      if (!roles.has(device)) roles.set(device, new Set());
      roles.get(device)!.add(role);
    }
  }
  const devices = [...byDevice]
    .slice(0, measures.mostDevices)
    .map(([device, extents]) => placed(device, [...roles.get(device)!], extents, scale, width, measures));
  return { scale, segments, devices, moreDevices: Math.max(0, byDevice.size - measures.mostDevices) };
}

/** The targets that a window touches; the rows are in order. */
function visible(rows: readonly TableRow[], from: number, to: number): number[] {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.start + rows[middle]!.length <= from) low = middle + 1;
    else high = middle;
  }
  const indices: number[] = [];
  for (let index = low; index < rows.length && rows[index]!.start < to; index++) indices.push(index);
  return indices;
}

function placed(
  device: string,
  roles: string[],
  extents: Extent[],
  scale: number,
  width: number,
  { narrowest, widestGap, breakWidth, unknownWidth }: Measures,
): DeviceRow {
  const breaks: Break[] = [];
  extents.sort((a, b) => a.from - b.from || a.target - b.target);
  let x = 0;
  let end = 0;
  for (const extent of extents) {
    const gap = extent.from - end;
    if (gap > 0) {
      const drawn = gap * scale;
      if (drawn > widestGap) breaks.push({ x, sectors: gap });
      x += drawn > widestGap ? breakWidth : drawn;
    }
    // what overlaps an area before begins inside it
    extent.x = x + Math.min(0, gap) * scale;
    extent.width = extent.to === undefined ? unknownWidth : (extent.to - extent.from) * scale;
    const reached = extent.to ?? extent.from;
    x = Math.max(x, extent.x + extent.width);
    end = Math.max(end, reached);
  }
  const factor = x > width ? width / x : 1;
  for (const extent of extents) {
    extent.x *= factor;
    extent.width *= factor;
  }
  for (const gap of breaks) gap.x *= factor;
  return { device, roles, extents: merged(extents, narrowest), breaks, scale: factor };
}

/** Neighbours that are too narrow are drawn as one. */
function merged(extents: Extent[], narrowest: number): Extent[] {
  const out: Extent[] = [];
  for (const extent of extents) {
    const last = out.at(-1);
    if (last && last.width < narrowest && last.to !== undefined && extent.to !== undefined) {
      last.width = Math.max(last.width, extent.x + extent.width - last.x);
      last.to = Math.max(last.to, extent.to);
    } else out.push(extent);
  }
  return out;
}

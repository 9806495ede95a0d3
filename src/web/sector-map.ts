/** The new device and the devices that its sectors come from, drawn to scale. */

import {
  type DeviceRow,
  type Extent,
  layOut,
  type MapLayout,
  PIXELS,
  type Segment,
  type Window,
} from '../inspect/map-layout.ts';
import { sizeOf, type TableRow } from '../inspect/table.ts';
import { el, sectorsText, svg, whole } from './dom.ts';
import { patternId, patterns } from './map-patterns.ts';
import { describe, extentTitle } from './sector-words.ts';

const MARGIN = 12;
const TOP = 44;
const BAR = 34;
const FIRST_DEVICE = TOP + BAR + 76;
const DEVICE_STEP = 66;
const DEVICE_BAR = 26;
/** More ribbons than this say nothing. */
const MOST_RIBBONS = 400;
/** Chunks narrower than this are a pattern instead. */
const NARROWEST_CHUNK = 3;
/** What is narrower is hard to point at. */
const NARROWEST_TITLE = 3;
const HUES = 8;

export class SectorMap {
  readonly #box: HTMLElement;
  readonly #words: HTMLElement;
  readonly #look: (target: number) => void;
  #rows: readonly TableRow[] = [];
  #window: Window = { from: 0, to: 1 };
  #current: number | undefined;
  #pointer = '';
  #hues = new Map<string, number>();

  /** `words` gets in words what is looked at; `look` is told when a person looks at another target. */
  constructor(box: HTMLElement, words: HTMLElement, look: (target: number) => void) {
    this.#box = box;
    this.#words = words;
    this.#look = look;
    box.tabIndex = 0;
    box.addEventListener('keydown', (event) => this.#key(event));
    box.addEventListener('pointerover', (event) => this.#point(event, false));
    box.addEventListener('click', (event) => this.#point(event, true));
    box.addEventListener('dblclick', () => this.zoomToTarget());
    let width = 0;
    new ResizeObserver(() => {
      if (box.clientWidth !== width) this.#draw();
      width = box.clientWidth;
    }).observe(box);
  }

  show(rows: readonly TableRow[]): void {
    const size = sizeOf(rows);
    const wasWhole = this.#window.from === 0 && this.#window.to === sizeOf(this.#rows);
    this.#rows = rows;
    if (wasWhole || this.#window.to > size || this.#window.to <= 1) this.#window = { from: 0, to: size };
    if (this.#current !== undefined && this.#current >= rows.length) this.#current = undefined;
    const devices = rows.flatMap(({ mapping }) => mapping.areas.map(({ device }) => device));
    this.#hues = new Map([...new Set(devices)].map((device, index) => [device, index % HUES]));
    this.#draw();
  }

  /** Looks at a target because it is looked at elsewhere. */
  lookAt(target: number | undefined): void {
    if (target === this.#current) return;
    this.#current = target;
    this.#draw();
  }

  zoom(factor: number): void {
    const { from, to } = this.#window;
    const row = this.#current === undefined ? undefined : this.#rows[this.#current];
    const isInSight = row && row.start < to && row.start + row.length > from;
    const middle = isInSight ? (Math.max(from, row.start) + Math.min(to, row.start + row.length)) / 2 : (from + to) / 2;
    const half = Math.max(4, ((to - from) * factor) / 2);
    this.#setWindow(middle - half, middle + half);
  }

  zoomToTarget(): void {
    const row = this.#rows[this.#current ?? -1];
    if (row) this.#setWindow(row.start, row.start + row.length);
  }

  zoomOut(): void {
    this.#setWindow(0, sizeOf(this.#rows));
  }

  #setWindow(from: number, to: number): void {
    const size = sizeOf(this.#rows);
    const span = Math.min(size, Math.ceil(to - from));
    const start = Math.max(0, Math.min(size - span, Math.floor(from)));
    this.#window = { from: start, to: start + span };
    this.#draw();
  }

  #key(event: KeyboardEvent): void {
    const { from, to } = this.#window;
    const actions: Record<string, () => void> = {
      ArrowRight: () => this.#step(1),
      ArrowLeft: () => this.#step(-1),
      Home: () => this.#step(Number.NEGATIVE_INFINITY),
      End: () => this.#step(Number.POSITIVE_INFINITY),
      '+': () => this.zoom(1 / 2),
      '=': () => this.zoom(1 / 2),
      '-': () => this.zoom(2),
      '0': () => this.zoomOut(),
      Escape: () => this.zoomOut(),
      Enter: () => this.zoomToTarget(),
      '<': () => this.#setWindow(from - (to - from) / 4, to - (to - from) / 4),
      '>': () => this.#setWindow(from + (to - from) / 4, to + (to - from) / 4),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }

  #step(by: number): void {
    if (this.#rows.length === 0) return;
    const to = Math.max(0, Math.min(this.#rows.length - 1, (this.#current ?? (by > 0 ? -1 : 1)) + by));
    const { start, length } = this.#rows[to]!;
    const span = this.#window.to - this.#window.from;
    if (start >= this.#window.to || start + length <= this.#window.from)
      this.#setWindow(start - span / 2, start + span / 2);
    this.lookAt(to);
    this.#look(to);
  }

  #point(event: MouseEvent, isClick: boolean): void {
    // what was drawn anew under a pointer that rests is not pointed at
    if (!isClick && this.#pointer === `${event.clientX} ${event.clientY}`) return;
    this.#pointer = `${event.clientX} ${event.clientY}`;
    const found = (event.target as Element).closest('[data-target]');
    if (!found) return;
    const target = Number(found.getAttribute('data-target'));
    this.lookAt(target);
    if (isClick) this.#look(target);
  }

  #draw(): void {
    const width = this.#box.clientWidth - 2 * MARGIN;
    if (width <= 0) return;
    const layout = layOut(this.#rows, this.#window, width, PIXELS);
    const height = FIRST_DEVICE + layout.devices.length * DEVICE_STEP - (layout.devices.length > 0 ? 8 : 60);
    const drawing = svg('svg', { width: width + 2 * MARGIN, height, role: 'img', 'aria-label': this.#summary() });
    drawing.append(
      svg('defs', {}, ...patterns(this.#rows, this.#hues, TOP + BAR)),
      svg(
        'g',
        { transform: `translate(${MARGIN} 0)` },
        this.#axis(width),
        ...this.#ribbons(layout),
        ...this.#segments(layout),
        ...layout.devices.map((row, index) => this.#device(row, index, width)),
      ),
    );
    const more =
      layout.moreDevices > 0 &&
      el(
        'p',
        { class: 'note' },
        `${layout.moreDevices} more devices are not drawn; zoom in to see those of fewer targets.`,
      );
    this.#box.replaceChildren(drawing, more || '');
    this.#words.textContent =
      this.#current === undefined ? this.#summary() : describe(this.#rows[this.#current]!, this.#current);
  }

  #summary(): string {
    const { from, to } = this.#window;
    const size = sizeOf(this.#rows);
    const part = from > 0 || to < size ? `; shown are sectors ${whole(from)} to ${whole(to - 1)}` : '';
    return `${whole(this.#rows.length)} target${this.#rows.length === 1 ? '' : 's'}, ${sectorsText(size)}${part}`;
  }

  #axis(width: number): SVGElement {
    const { from, to } = this.#window;
    const group = svg('g', { class: 'axis' }, svg('text', { x: 0, y: 14, class: 'title' }, 'the new device'));
    const step = niceStep((to - from) / Math.max(2, width / 130));
    for (let sector = Math.ceil(from / step) * step; sector < to; sector += step) {
      const x = ((sector - from) / (to - from)) * width;
      if (x > width - 60 && sector > from) continue;
      group.append(
        svg('line', { x1: x, x2: x, y1: TOP - 8, y2: TOP }),
        svg('text', { x: x + 3, y: TOP - 4 }, whole(sector)),
      );
    }
    group.append(svg('text', { x: width, y: 14, 'text-anchor': 'end' }, `sector ${whole(to)}`));
    return group;
  }

  #segments({ segments, scale }: MapLayout): SVGElement[] {
    return segments.map((segment) => {
      const row = this.#rows[segment.first]!;
      const isCurrent = this.#current !== undefined && segment.first <= this.#current && this.#current <= segment.last;
      const label = segment.first === segment.last ? row.type : `${segment.last - segment.first + 1} targets`;
      const group = svg('g', { class: `segment${isCurrent ? ' current' : ''}`, 'data-target': segment.first });
      group.append(
        segment.width > NARROWEST_TITLE ? svg('title', {}, describe(row, segment.first)) : '',
        svg('rect', {
          x: segment.x,
          y: TOP,
          width: Math.max(1, segment.width),
          height: BAR,
          ...this.#fill(row),
          class: 'body',
        }),
        ...this.#bands(segment),
        ...this.#chunks(row, segment, scale),
      );
      if (segment.width > 5)
        group.append(svg('rect', { x: segment.x + 0.5, y: TOP, width: segment.width - 1, height: BAR, class: 'edge' }));
      if (segment.width > label.length * 8 + 12) {
        const middle = segment.x + segment.width / 2;
        group.append(
          svg('rect', {
            x: middle - label.length * 4 - 6,
            y: TOP + 7,
            width: label.length * 8 + 12,
            height: 20,
            rx: 4,
            class: 'plate',
          }),
          svg('text', { x: middle, y: TOP + 21, 'text-anchor': 'middle' }, label),
        );
      }
      return group;
    });
  }

  /** Where targets of several devices share a pixel: a band for each device. */
  #bands({ x, width, first, last }: Segment): SVGElement[] {
    const hues = new Set<number>();
    for (let index = first; index <= last; index++) {
      for (const { device } of this.#rows[index]!.mapping.areas) hues.add(this.#hues.get(device)!);
    }
    if (first === last || hues.size < 2) return [];
    const height = BAR / hues.size;
    return [...hues].map((hue, index) =>
      svg('rect', { x, y: TOP + index * height, width: Math.max(1, width), height, class: `band h${hue}` }),
    );
  }

  /** The chunks of a striped target, each in the colour of its device, where they are wide enough to be seen. */
  #chunks({ start, length, mapping }: TableRow, { x, width }: Segment, scale: number): SVGElement[] {
    const { chunk, areas } = mapping;
    if (chunk === undefined || chunk * scale < NARROWEST_CHUNK) return [];
    const first = Math.floor((Math.max(this.#window.from, start) - start) / chunk);
    const last = Math.ceil((Math.min(this.#window.to, start + length) - start) / chunk);
    const pieces: SVGElement[] = [];
    for (let index = first; index < last; index++) {
      const left = Math.max(x, (start + index * chunk - this.#window.from) * scale);
      const right = Math.min(x + width, (start + (index + 1) * chunk - this.#window.from) * scale);
      const hue = this.#hues.get(areas[index % areas.length]!.device);
      pieces.push(
        svg('rect', {
          x: left,
          y: TOP,
          width: Math.max(0, right - left - (chunk * scale > 8 ? 1 : 0)),
          height: BAR,
          class: `chunk h${hue}`,
        }),
      );
    }
    return pieces;
  }

  #fill({ mapping, type }: TableRow): Record<string, string> {
    if (mapping.chunk !== undefined)
      return { fill: `url(#${patternId(mapping.areas.map(({ device }) => this.#hues.get(device)!))})` };
    const [area] = mapping.areas;
    if (!area) return { fill: `url(#${type === 'zero' || type === 'error' ? type : 'unknown'})` };
    return { fill: `var(--h${this.#hues.get(area.device)})` };
  }

  #ribbons({ segments, devices }: MapLayout): SVGElement[] {
    const all = devices.flatMap(({ device, extents }, index) => extents.map((extent) => ({ device, extent, index })));
    const isShown = ({ target }: Extent): boolean => all.length <= MOST_RIBBONS || target === this.#current;
    const byTarget = new Map(segments.map((segment) => [segment.first, segment]));
    return all
      .filter(({ extent }) => isShown(extent) && byTarget.has(extent.target))
      .map(({ device, extent, index }) => {
        const { x, width } = byTarget.get(extent.target)!;
        const [top, bottom] = [TOP + BAR, FIRST_DEVICE + index * DEVICE_STEP];
        const bend = (top + bottom) / 2;
        const [left, right] = [extent.x, extent.x + Math.max(1, extent.width)];
        const path = `M${x} ${top}C${x} ${bend} ${left} ${bend} ${left} ${bottom}H${right}C${right} ${bend} ${x + width} ${bend} ${x + width} ${top}Z`;
        const isCurrent = extent.target === this.#current;
        return svg('path', {
          d: path,
          class: `ribbon h${this.#hues.get(device)}${isCurrent ? ' current' : ''}`,
          'data-target': extent.target,
        });
      });
  }

  #device({ device, roles, extents, breaks, scale }: DeviceRow, index: number, width: number): SVGElement {
    const y = FIRST_DEVICE + index * DEVICE_STEP;
    const hue = this.#hues.get(device);
    const group = svg('g', { class: 'device' });
    for (const gap of breaks) {
      group.append(
        svg(
          'path',
          { d: `M${gap.x} ${y + DEVICE_BAR / 2}h8l3 -7l6 14l3 -7h8`, class: 'break' },
          svg('title', {}, `${sectorsText(gap.sectors)} of ${device} are not used here`),
        ),
      );
    }
    for (const extent of extents) {
      const isCurrent = extent.target === this.#current;
      const area = this.#rows[extent.target]!.mapping.areas[extent.area]!;
      const unknown = extent.to === undefined;
      group.append(
        svg(
          'rect',
          {
            x: extent.x,
            y,
            width: Math.max(1, extent.width),
            height: DEVICE_BAR,
            class: `extent h${hue}${isCurrent ? ' current' : ''}${unknown ? ' unknown' : ''}`,
            'data-target': extent.target,
          },
          extent.width > NARROWEST_TITLE && svg('title', {}, extentTitle(extent, device, area.role)),
        ),
      );
      if (extent.width > 66)
        group.append(
          svg(
            'text',
            { x: extent.x + 4, y: y + 17, class: 'inside' },
            unknown ? (area.role.length > 11 ? `${area.role.slice(0, 10)}…` : area.role) : whole(extent.from),
          ),
        );
    }
    const note = [
      roles.length > 4 ? `${roles.length} roles` : roles.join(', '),
      scale < 0.999 ? `drawn at ${Math.max(0.01, scale).toFixed(2)} of the scale` : '',
    ].filter((part) => part !== '');
    group.append(
      svg('rect', {
        x: 0,
        y: y + DEVICE_BAR + 4,
        width: Math.min(width, 9 * (device.length + note.join(', ').length + 4)),
        height: 18,
        class: 'plate',
      }),
      svg('circle', { cx: 6, cy: y + DEVICE_BAR + 13, r: 5, class: `h${hue}` }),
      svg(
        'text',
        { x: 16, y: y + DEVICE_BAR + 17 },
        svg('tspan', { class: 'title' }, device),
        svg('tspan', { class: 'faint', dx: 8 }, note.join(', ')),
      ),
    );
    return group;
  }
}

/** 1, 2 or 4 times a power of eight … whole sectors that are round in binary. */
function niceStep(atLeast: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(atLeast)));
}

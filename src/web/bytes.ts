/** The bytes of a payload, coloured by field; one field is looked at, by pointer or keys. */

import { meaningOf } from '../inspect/meanings.ts';
import { valueText } from '../inspect/plain-text.ts';
import type { Field } from '../reply.ts';
import { HEX } from './copies.ts';
import { el } from './dom.ts';
import { VirtualRows } from './virtual-rows.ts';

const ROW_HEIGHT = 22;

export class BytesView {
  readonly #box: HTMLElement;
  readonly #rows: VirtualRows;
  readonly #look: (field: Field, index: number) => void;
  #payload: Uint8Array = new Uint8Array();
  #fields: readonly Field[] = [];
  #changed: ((field: Field) => boolean) | undefined;
  #current = 0;
  #width = 16;
  #pointer = '';

  /** `look` is told of the field that is looked at. */
  constructor(box: HTMLElement, look: (field: Field, index: number) => void) {
    this.#box = box;
    this.#look = look;
    this.#rows = new VirtualRows(box, ROW_HEIGHT, (row) => this.#row(row));
    box.addEventListener('pointerover', (event) => this.#point(event));
    box.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#fit()).observe(box);
  }

  /** `changed`: fields that differ from the plan it is compared with. */
  show(payload: Uint8Array, fields: readonly Field[], changed?: (field: Field) => boolean): void {
    this.#payload = payload;
    this.#fields = fields;
    this.#changed = changed;
    this.#current = Math.min(this.#current, Math.max(0, fields.length - 1));
    this.#fit();
    this.#rows.count = Math.ceil(payload.length / this.#width);
    if (fields.length > 0) this.#look(fields[this.#current]!, this.#current);
  }

  /** Looks at a field and scrolls to it. */
  lookAt(index: number): void {
    const field = this.#fields[index];
    if (!field) return;
    this.#current = index;
    this.#rows.reveal(Math.floor(field.offset / this.#width));
    this.#look(field, index);
  }

  /** The index of the first field that the name of a target's begins with. */
  fieldOfTarget(target: number): number {
    return this.#fields.findIndex(({ field }) => field.startsWith(`targets[${target}].`));
  }

  #fit(): void {
    const width = this.#box.clientWidth < 560 ? 8 : 16;
    if (width === this.#width) return;
    this.#width = width;
    this.#rows.count = Math.ceil(this.#payload.length / width);
  }

  #row(row: number): HTMLElement {
    const from = row * this.#width;
    const to = Math.min(from + this.#width, this.#payload.length);
    const hex = el('span', { class: 'hex' });
    const text = el('span', { class: 'ascii' });
    for (let index = this.#fieldAt(from); index < this.#fields.length; index++) {
      const field = this.#fields[index]!;
      if (field.offset >= to) break;
      const start = Math.max(from, field.offset);
      const end = Math.min(to, field.offset + field.length);
      hex.append(this.#piece(index, start, end));
      text.append(
        el(
          'span',
          { class: `f ${this.#classes(index)}`, 'data-field': index },
          printable(this.#payload.subarray(start, end)),
        ),
      );
    }
    return el(
      'div',
      { class: 'row', style: `height:${ROW_HEIGHT}px` },
      el('span', { class: 'offset' }, from.toString(16).padStart(6, '0')),
      hex,
      text,
    );
  }

  /** The bytes of one field in one row; zeros are faint. */
  #piece(index: number, start: number, end: number): HTMLElement {
    const field = this.#fields[index]!;
    const isCurrent = index === this.#current;
    const piece = el('span', {
      class: `f ${this.#classes(index)}`,
      'data-field': index,
      ...(isCurrent && { id: 'looked-at', role: 'option', 'aria-selected': 'true', 'aria-label': fieldText(field) }),
    });
    for (let at = start; at < end; ) {
      const zero = this.#payload[at] === 0;
      let until = at;
      let digits = '';
      while (until < end && (this.#payload[until] === 0) === zero) digits += `${HEX[this.#payload[until++]!]} `;
      piece.append(zero ? el('i', {}, digits) : digits);
      at = until;
    }
    return piece;
  }

  #classes(index: number): string {
    const field = this.#fields[index]!;
    const state = `${index === this.#current ? ' current' : ''}${this.#changed?.(field) ? ' changed' : ''}`;
    return `k-${meaningOf(field.field).color}${state}`;
  }

  /** The index of the field that holds a byte; fields cover all bytes in order. */
  #fieldAt(byte: number): number {
    let low = 0;
    let high = this.#fields.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { offset, length } = this.#fields[middle]!;
      if (offset + length <= byte) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #point(event: PointerEvent): void {
    // what was drawn anew under a pointer that rests is not pointed at
    if (this.#pointer === `${event.clientX} ${event.clientY}`) return;
    this.#pointer = `${event.clientX} ${event.clientY}`;
    const found = (event.target as Element).closest<HTMLElement>('[data-field]');
    const index = Number(found?.dataset.field);
    if (!found || index === this.#current) return;
    this.#current = index;
    this.#rows.redraw();
    this.#look(this.#fields[index]!, index);
  }

  #key(event: KeyboardEvent): void {
    const to = this.#destination(event.key);
    if (to === undefined) return;
    event.preventDefault();
    this.lookAt(to);
  }

  #destination(key: string): number | undefined {
    const { offset, length } = this.#fields[this.#current] ?? { offset: 0, length: 1 };
    const at = (byte: number): number => this.#fieldAt(Math.max(0, Math.min(this.#payload.length - 1, byte)));
    switch (key) {
      case 'ArrowRight':
        return Math.min(this.#fields.length - 1, this.#current + 1);
      case 'ArrowLeft':
        return Math.max(0, this.#current - 1);
      case 'ArrowDown':
        return at(Math.max(offset + length, offset + this.#width));
      case 'ArrowUp':
        return at(offset - this.#width);
      case 'PageDown':
        return at(offset + this.#width * this.#rows.page);
      case 'PageUp':
        return at(offset - this.#width * this.#rows.page);
      case 'Home':
        return 0;
      case 'End':
        return this.#fields.length - 1;
      default:
        return undefined;
    }
  }
}

/** `data_size, bytes 12 to 15: 305`. */
export function fieldText({ field, offset, length, value, note }: Field): string {
  const shown = value === null ? '' : `: ${valueText(value).slice(0, 200)}`;
  return `${field}, byte${length === 1 ? ` ${offset}` : `s ${offset} to ${offset + length - 1}`}${shown}${note === '' ? '' : ` (${note})`}`;
}

function printable(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  return text;
}

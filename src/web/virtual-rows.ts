/** A scrolling list of rows of one height, of which only those in sight exist. */
import { el } from './dom.ts';

/** Taller elements are cut by some browsers: from here on scrolling is scaled. */
const TALLEST = 8_000_000;
const BEYOND = 8;

export class VirtualRows {
  readonly #box: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #block: HTMLElement;
  readonly #height: number;
  readonly #render: (row: number) => HTMLElement;
  #count = 0;
  #pending = 0;

  /** `render` makes a row; `height` is that of every row in pixels. */
  constructor(box: HTMLElement, height: number, render: (row: number) => HTMLElement) {
    this.#box = box;
    this.#height = height;
    this.#render = render;
    this.#block = el('div', { class: 'rows' });
    this.#spacer = el('div', { class: 'spacer' }, this.#block);
    box.append(this.#spacer);
    box.addEventListener('scroll', () => this.redraw(), { passive: true });
    new ResizeObserver(() => this.redraw()).observe(box);
  }

  /** How many rows there are now; draws them anew. */
  set count(count: number) {
    this.#count = count;
    this.#spacer.style.height = `${this.#scrollHeight}px`;
    this.draw();
  }

  /** Rows that are in sight at once. */
  get page(): number {
    return Math.max(1, Math.floor(this.#box.clientHeight / this.#height) - 1);
  }

  /** Scrolls as little as is needed to have the row in sight. */
  reveal(row: number): void {
    const top = this.#top;
    const seen = this.#box.clientHeight / this.#height;
    if (row < top) this.#scrollTo(row);
    else if (row + 1 > top + seen) this.#scrollTo(row + 1 - seen);
    this.draw();
  }

  /** Draws before the next frame. */
  redraw(): void {
    this.#pending ||= requestAnimationFrame(() => this.draw());
  }

  draw(): void {
    cancelAnimationFrame(this.#pending);
    this.#pending = 0;
    const top = this.#top;
    const first = Math.max(0, Math.floor(top) - BEYOND);
    const last = Math.min(this.#count, Math.ceil(top + this.#box.clientHeight / this.#height) + BEYOND);
    const rows: HTMLElement[] = [];
    for (let row = first; row < last; row++) rows.push(this.#render(row));
    this.#block.replaceChildren(...rows);
    this.#block.style.transform = `translateY(${this.#box.scrollTop + (first - top) * this.#height}px)`;
  }

  get #fullHeight(): number {
    return this.#count * this.#height;
  }

  get #scrollHeight(): number {
    return Math.min(this.#fullHeight, TALLEST);
  }

  /** The row at the upper edge, with its fraction. */
  get #top(): number {
    const room = this.#scrollHeight - this.#box.clientHeight;
    if (room <= 0) return 0;
    return ((this.#box.scrollTop / room) * (this.#fullHeight - this.#box.clientHeight)) / this.#height;
  }

  #scrollTo(row: number): void {
    const room = this.#fullHeight - this.#box.clientHeight;
    if (room > 0) this.#box.scrollTop = ((row * this.#height) / room) * (this.#scrollHeight - this.#box.clientHeight);
  }
}

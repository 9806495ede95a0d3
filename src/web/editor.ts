/** The text that is put in: a textarea with line numbers, and a mark under the word at fault. */

import { lineAndColumn, type Place } from '../inspect/problem.ts';
import { byId } from './dom.ts';

const LINE_HEIGHT = 20;
const TAB = 8;

export class Editor {
  readonly #area = byId<HTMLTextAreaElement>('text');
  readonly #numbers = byId('line-numbers');
  readonly #mark = byId('mark');
  #lines = 1;
  #place: Place | undefined;
  #character = 8;

  /** `changed` is told whether the text was typed or came as a whole. */
  constructor(changed: (isPaste: boolean) => void) {
    this.#area.addEventListener('input', (event) => {
      this.#count();
      changed(!/^(insertText|insertLineBreak|delete)/.test((event as InputEvent).inputType));
    });
    this.#area.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.#area);
  }

  get text(): string {
    return this.#area.value;
  }

  set text(text: string) {
    this.#area.value = text;
    this.#count();
  }

  /** Marks a place; nothing takes the mark away. */
  mark(place: Place | undefined): void {
    this.#place = place;
    this.#area.setAttribute('aria-invalid', String(place !== undefined));
    this.#draw();
  }

  /** Puts the caret on a place, selects it, and scrolls to it. */
  goTo({ start, end }: Place): void {
    const { line, column } = lineAndColumn(this.text, start);
    this.#area.focus();
    this.#area.setSelectionRange(start, Math.min(end, this.text.length));
    this.#area.scrollTop = Math.max(0, (line - 1) * LINE_HEIGHT - this.#area.clientHeight / 2);
    this.#area.scrollLeft = Math.max(0, column * this.#character - this.#area.clientWidth / 2);
  }

  /** The line of the caret, from 0. */
  get caretLine(): number {
    return lineAndColumn(this.text, this.#area.selectionStart).line - 1;
  }

  #count(): void {
    this.#lines = this.text.split('\n').length;
    this.#draw();
  }

  #draw(): void {
    const first = Math.floor(this.#area.scrollTop / LINE_HEIGHT);
    const last = Math.min(this.#lines, first + Math.ceil(this.#area.clientHeight / LINE_HEIGHT) + 1);
    this.#numbers.textContent = Array.from({ length: last - first }, (_, index) => `${first + index + 1}\n`).join('');
    this.#numbers.style.transform = `translateY(${first * LINE_HEIGHT - this.#area.scrollTop}px)`;
    this.#mark.hidden = this.#place === undefined;
    if (this.#place) this.#drawMark(this.#place);
  }

  #drawMark({ start, end }: Place): void {
    this.#character = characterWidth(this.#area);
    const { line } = lineAndColumn(this.text, start);
    const lineStart = this.text.lastIndexOf('\n', start - 1) + 1;
    const left = columns(this.text.slice(lineStart, start), 0);
    const width = Math.max(1, columns(this.text.slice(start, end).replace(/\n[\s\S]*/, ''), left));
    const top = (line - 1) * LINE_HEIGHT - this.#area.scrollTop;
    this.#mark.style.transform = `translate(${left * this.#character - this.#area.scrollLeft}px, ${top}px)`;
    this.#mark.style.width = `${width * this.#character}px`;
    this.#mark.style.height = `${LINE_HEIGHT}px`;
  }
}

/** How many columns a piece of a line takes that begins in a column. */
function columns(text: string, from: number): number {
  let column = from;
  for (const character of text) column += character === '\t' ? TAB - (column % TAB) : 1;
  return column - from;
}

let context: CanvasRenderingContext2D | null | undefined;

function characterWidth(element: HTMLElement): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return 8;
  context.font = getComputedStyle(element).font;
  return context.measureText('0'.repeat(100)).width / 100;
}

/** The steps of a plan, one of which is shown: tabs, with the keys that tabs have. */

import { COMMAND_MEANINGS } from '../inspect/meanings.ts';
import { el, whole } from './dom.ts';
import type { ShownStep } from './input.ts';

export class Steps {
  readonly #box: HTMLElement;
  readonly #chosen: (index: number) => void;
  #steps: readonly ShownStep[] = [];
  #current = 0;

  constructor(box: HTMLElement, chosen: (index: number) => void) {
    this.#box = box;
    this.#chosen = chosen;
    box.addEventListener('click', (event) =>
      this.#choose((event.target as Element).closest<HTMLElement>('[data-step]')),
    );
    box.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Keeps the step that was shown, where there still is one; a table's load is what one wants to see first. */
  show(steps: readonly ShownStep[]): number {
    const isSame =
      steps.length === this.#steps.length &&
      steps.every(({ command }, index) => command === this.#steps[index]!.command);
    if (!isSame)
      this.#current = Math.max(
        0,
        steps.findIndex(({ command }) => command === 'TABLE_LOAD'),
      );
    this.#steps = steps;
    this.#draw();
    return this.#current;
  }

  #draw(): void {
    this.#box.replaceChildren(
      ...this.#steps.map(({ command, payload, device, reply }, index) =>
        el(
          'button',
          {
            type: 'button',
            role: 'tab',
            'data-step': index,
            'aria-selected': String(index === this.#current),
            'aria-controls': 'bytes',
            tabindex: index === this.#current ? 0 : -1,
          },
          el('span', { class: 'number' }, `${index + 1}`),
          el('span', { class: 'command' }, command, device !== '' && el('em', {}, ` ${device}`)),
          el('span', { class: 'faint' }, `${whole(payload.length)} bytes${reply ? ', a reply' : ''}`),
          el('span', { class: 'meaning' }, reply ? 'what the kernel answered' : COMMAND_MEANINGS[command]!),
        ),
      ),
    );
  }

  #choose(tab: HTMLElement | null): void {
    if (!tab) return;
    this.#current = Number(tab.dataset.step);
    this.#draw();
    this.#box.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
    this.#chosen(this.#current);
  }

  #key(event: KeyboardEvent): void {
    const last = this.#steps.length - 1;
    const to = {
      ArrowRight: this.#current + 1,
      ArrowDown: this.#current + 1,
      ArrowLeft: this.#current - 1,
      ArrowUp: this.#current - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#choose(this.#box.querySelectorAll<HTMLElement>('[data-step]')[Math.max(0, Math.min(last, to))] ?? null);
  }
}

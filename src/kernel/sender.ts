import type { Writable } from 'node:stream';

/**
 * How many bytes may wait in the guest's serial line. n_tty throttles a line when fewer than 128 of its 4,096 bytes are
 * free, and User-Mode Linux never takes the line's interrupt back once throttled (`line_throttle` in
 * arch/um/drivers/line.c): whatever comes next is not read, for ever.
 */
const WINDOW = 3072;

/** Writes to the guest's serial line no faster than the guest reads it. */
export class Sender {
  readonly #line: Writable;
  readonly #waiting: Buffer[] = [];
  #unread = 0;

  constructor(line: Writable) {
    this.#line = line;
  }

  /** Sends the bytes behind all that was sent before, as soon as there is room. */
  send(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#fill();
  }

  /** The guest has read that many bytes more. */
  read(count: number): void {
    this.#unread -= count;
    this.#fill();
  }

  #fill(): void {
    while (this.#unread < WINDOW) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const now = next.subarray(0, WINDOW - this.#unread);
      if (now.length < next.length) this.#waiting.unshift(next.subarray(now.length));
      this.#unread += now.length;
      this.#line.write(now);
    }
  }
}

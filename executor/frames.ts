import { failure, Refused } from './failure.ts';

const LENGTH_SIZE = 4;

/**
 * Cuts a byte stream into frames. What is kept between chunks grows with the bytes that have arrived, never with the
 * length that was announced, so that four bytes cannot claim 64 MiB.
 */
export class FrameReader {
  readonly #limit: number;
  #store = Buffer.alloc(0);
  #have = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the stream stands inside a frame. */
  get partial(): boolean {
    return this.#have > 0;
  }

  /** The frames that `chunk` completes, each valid until the next is asked for. Throws at a length outside 1 … limit. */
  *push(chunk: Uint8Array): Generator<Buffer, void, undefined> {
    this.#keep(chunk);
    let at = 0;
    while (this.#have - at >= LENGTH_SIZE) {
      const length = this.#store.readUInt32BE(at);
      if (length < 1 || length > this.#limit) {
        throw new Refused(failure('malformed_frame', `a frame of ${length} bytes: send between 1 and ${this.#limit}`));
      }
      const end = at + LENGTH_SIZE + length;
      if (end > this.#have) break;
      yield this.#store.subarray(at + LENGTH_SIZE, end);
      at = end;
    }
    this.#store.copyWithin(0, at, this.#have);
    this.#have -= at;
    if (this.#have === 0) this.#store = Buffer.alloc(0);
  }

  #keep(chunk: Uint8Array): void {
    const have = this.#have + chunk.length;
    if (have > this.#store.length) {
      const grown = Buffer.alloc(Math.max(have, this.#have * 2));
      this.#store.copy(grown, 0, 0, this.#have);
      this.#store = grown;
    }
    this.#store.set(chunk, this.#have);
    this.#have = have;
  }
}

/** The length that precedes `body` on the wire. */
export function frameLength(body: Uint8Array): Uint8Array {
  const length = Buffer.alloc(LENGTH_SIZE);
  length.writeUInt32BE(body.length);
  return length;
}

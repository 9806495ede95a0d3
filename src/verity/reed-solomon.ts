/**
 * Reed-Solomon codes over GF(256) as dm-verity's error correction has them: first root of the generator 0, 255 symbols of
 * which 2 to 24 are parity (drivers/md/dm-verity-fec.h, lib/reed_solomon).
 */
import { multiply, power } from './galois.ts';

export const CODE_SYMBOLS = 255;

/** The coefficients of (x - 1)(x - 2)(x - 4) …, the highest first and without it. */
function generator(roots: number): number[] {
  let coefficients = [1];
  for (let root = 0; root < roots; root++) {
    const next = [...coefficients, 0];
    for (const [at, value] of coefficients.entries()) next[at + 1]! ^= multiply(value, power(root));
    coefficients = next;
  }
  return coefficients.slice(1);
}

/** Encodes many codes at once: symbol by symbol, each a row with one byte of every code. */
export class ParityEncoder {
  readonly #roots: number;
  readonly #width: number;
  readonly #words: number;
  /** The parity of every code, in words: the byte that leaves next is the lowest of the first. */
  readonly #state: Uint32Array;
  /** What each byte that leaves adds to the parity, in words. */
  readonly #table: Uint32Array;

  /** For `width` codes of `roots` parity symbols each. */
  constructor(roots: number, width: number) {
    this.#roots = roots;
    this.#width = width;
    this.#words = Math.ceil(roots / 4);
    this.#state = new Uint32Array(width * this.#words);
    this.#table = new Uint32Array(256 * this.#words);
    for (const [at, coefficient] of generator(roots).entries()) {
      for (let byte = 0; byte < 256; byte++) {
        const word = byte * this.#words + (at >> 2);
        this.#table[word] = (this.#table[word]! | (multiply(byte, coefficient) << ((at & 3) * 8))) >>> 0;
      }
    }
  }

  /** The next symbol of every code. */
  push(row: Uint8Array): void {
    const words = this.#words;
    const state = this.#state;
    const table = this.#table;
    for (let code = 0, at = 0; code < this.#width; code++, at += words) {
      const from = (row[code]! ^ (state[at]! & 0xff)) * words;
      for (let word = 0; word < words - 1; word++) {
        state[at + word] = ((state[at + word]! >>> 8) | (state[at + word + 1]! << 24)) ^ table[from + word]!;
      }
      state[at + words - 1] = (state[at + words - 1]! >>> 8) ^ table[from + words - 1]!;
    }
  }

  /** The parity of every code, one behind the other; starts anew. */
  finish(): Uint8Array {
    const out = new Uint8Array(this.#width * this.#roots);
    for (let code = 0, at = 0; code < this.#width; code++) {
      for (let symbol = 0; symbol < this.#roots; symbol++) {
        out[at++] = this.#state[code * this.#words + (symbol >> 2)]! >>> ((symbol & 3) * 8);
      }
    }
    this.#state.fill(0);
    return out;
  }
}

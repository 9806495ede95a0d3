import { setImmediate as nextTurn } from 'node:timers/promises';
import { DmError } from '../errors.ts';
import { locateErrors, type SymbolError } from './error-locator.ts';
import type { FecRounds } from './fec-rounds.ts';
import { ParityEncoder } from './reed-solomon.ts';

/** The blocks of a round, one behind the other. */
export function readRound(rounds: FecRounds, round: number): Uint8Array[] {
  return Array.from({ length: rounds.symbols }, (_, symbol) => {
    const row = new Uint8Array(rounds.blockSize);
    rounds.readBlock(rounds.blockAt(round, symbol), row);
    return row;
  });
}

/** Parity of rounds, and what it says of them. */
export class RoundCoder {
  readonly #rounds: FecRounds;
  readonly #encoder: ParityEncoder;
  readonly #row: Uint8Array;

  constructor(rounds: FecRounds) {
    this.#rounds = rounds;
    this.#encoder = new ParityEncoder(rounds.roots, rounds.blockSize);
    this.#row = new Uint8Array(rounds.blockSize);
  }

  /** What the parity of a round should be; memory is one block for each parity symbol and one more. */
  parityOf(round: number): Uint8Array {
    for (let symbol = 0; symbol < this.#rounds.symbols; symbol++) {
      this.#rounds.readBlock(this.#rounds.blockAt(round, symbol), this.#row);
      this.#encoder.push(this.#row);
    }
    return this.#encoder.finish();
  }

  /** The same of blocks that are not as they are stored. */
  parityOfRows(rows: readonly Uint8Array[]): Uint8Array {
    for (const row of rows) this.#encoder.push(row);
    return this.#encoder.finish();
  }
}

/** What is wrong with one code of a round: the byte of its blocks, and the symbols. */
export interface CodeErrors {
  byte: number;
  errors: SymbolError[];
}

/** What the parity that a round's blocks give and the one that is stored say of it. */
export interface RoundErrors {
  found: CodeErrors[];
  /** Whether some code has more errors than can be found. */
  more: boolean;
}

/** `erasures`: symbols that are known to be wrong. */
export function errorsOf(
  given: Uint8Array,
  stored: Uint8Array,
  roots: number,
  erasures: readonly number[] = [],
): RoundErrors {
  const found: CodeErrors[] = [];
  if (Buffer.compare(given, stored) === 0) return { found, more: false };
  let more = false;
  for (let at = 0; at < stored.length; at += roots) {
    const difference = stored.subarray(at, at + roots).map((value, index) => value ^ given[at + index]!);
    if (difference.every((value) => value === 0)) continue;
    const errors = locateErrors(difference, erasures);
    if (errors) found.push({ byte: at / roots, errors });
    else more = true;
  }
  return { found, more };
}

/** Writes the error correction area of an image; where it ends. @throws {DmError} `cancelled` */
export async function writeFec(rounds: FecRounds, signal: AbortSignal | undefined): Promise<number> {
  const coder = new RoundCoder(rounds);
  for (let round = 0; round < rounds.count; round++) {
    rounds.writeParity(round, coder.parityOf(round));
    await nextTurn();
    if (signal?.aborted)
      throw new DmError({ code: 'cancelled', message: 'cancelled before the error correction was done' });
  }
  return rounds.end;
}

/** What error correction says of an image by itself. */
export interface ErrorCount {
  /** Bytes of the image and of the parity that are wrong, in the rounds before the one that failed. */
  errors: number;
  /** The first round with a code that has more wrong than can be found; nothing behind it was looked at. */
  failedRound: number | undefined;
}

/** Looks at every code. @throws {DmError} `cancelled` */
export async function countErrors(rounds: FecRounds, signal: AbortSignal | undefined): Promise<ErrorCount> {
  const coder = new RoundCoder(rounds);
  let errors = 0;
  for (let round = 0; round < rounds.count; round++) {
    const { found, more } = errorsOf(coder.parityOf(round), rounds.readParity(round), rounds.roots);
    if (more) return { errors, failedRound: round };
    for (const code of found) errors += code.errors.length;
    await nextTurn();
    if (signal?.aborted) throw new DmError({ code: 'cancelled', message: 'cancelled before all errors were counted' });
  }
  return { errors, failedRound: undefined };
}

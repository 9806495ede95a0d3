import { DmError } from '../errors.ts';
import type { ImageFile } from './image-file.ts';
import { CODE_SYMBOLS } from './reed-solomon.ts';

/** Bytes that error correction covers, one run behind the other, and then zeros. Every run is whole blocks. */
export interface Covered {
  file: ImageFile;
  offset: number;
  size: number;
}

export interface FecPlace {
  /** Parity symbols of a code, 2 to 24: as many corrupt blocks as half of them can be found and repaired in each round. */
  roots: number;
  blockSize: number;
  covered: Covered[];
  fec: ImageFile;
  offset: number;
}

/** @throws {DmError} `verity_fec_roots` */
export function checkRoots(roots: number): void {
  if (Number.isInteger(roots) && roots >= 2 && roots <= 24) return;
  throw new DmError({ code: 'verity_fec_roots', message: `${roots} parity symbols are outside 2 to 24` });
}

/**
 * The blocks that stand together in codes. Byte n of each block of a round, and of its parity, make one code; blocks of a
 * round lie as far from each other as there are rounds, so that neighbours are in different codes
 * (drivers/md/dm-verity-fec.c fec_interleave).
 */
export class FecRounds {
  readonly roots: number;
  readonly blockSize: number;
  /** Blocks of a round. */
  readonly symbols: number;
  readonly count: number;
  readonly #place: FecPlace;

  /** @throws {DmError} `verity_fec_roots` */
  constructor(place: FecPlace) {
    const { roots, blockSize, covered } = place;
    checkRoots(roots);
    this.#place = place;
    this.roots = roots;
    this.blockSize = blockSize;
    this.symbols = CODE_SYMBOLS - roots;
    const size = covered.reduce((sum, run) => sum + run.size, 0);
    this.count = Math.ceil(Math.ceil(size / blockSize) / this.symbols);
  }

  /** Which of the covered blocks a symbol of a round is. */
  blockAt(round: number, symbol: number): number {
    return round + symbol * this.count;
  }

  roundOf(block: number): number {
    return block % this.count;
  }

  /** One of the covered blocks; zeros behind the last. @throws {DmError} `verity_truncated` */
  readBlock(block: number, row: Uint8Array): void {
    let at = block * this.blockSize;
    for (const { file, offset, size } of this.#place.covered) {
      if (at < size) {
        file.read(row, offset + at);
        return;
      }
      at -= size;
    }
    row.fill(0);
  }

  /** The parity of a round: that of each code, one behind the other. @throws {DmError} `verity_truncated` */
  readParity(round: number): Uint8Array {
    const parity = new Uint8Array(this.#paritySize);
    this.#place.fec.read(parity, this.#parityAt(round));
    return parity;
  }

  writeParity(round: number, parity: Uint8Array): void {
    this.#place.fec.write(parity, this.#parityAt(round));
  }

  /** Where the area ends. */
  get end(): number {
    return this.#parityAt(this.count);
  }

  get #paritySize(): number {
    return this.blockSize * this.roots;
  }

  #parityAt(round: number): number {
    return this.#place.offset + round * this.#paritySize;
  }
}

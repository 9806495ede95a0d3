import { setImmediate as nextTurn } from 'node:timers/promises';
import { DmError } from '../errors.ts';
import type { ImageFile } from './image-file.ts';
import type { WorkOptions } from './pool.ts';
import { CODE_SYMBOLS, ParityEncoder } from './reed-solomon.ts';

/** Bytes that error correction covers, one run behind the other, and then zeros. */
export interface Covered {
  file: ImageFile;
  offset: number;
  size: number;
}

export interface FecOptions extends Pick<WorkOptions, 'signal'> {
  /** Parity symbols of a code, 2 to 24: as many corrupt blocks as half of them can be repaired in each row. */
  roots: number;
  blockSize: number;
  covered: Covered[];
  fec: ImageFile;
  offset: number;
}

/**
 * Writes the error correction area of an image. Block n of each of the rows that a code's symbols stand in lies `rounds`
 * blocks from the next (drivers/md/dm-verity-fec.c fec_interleave); memory is one block for each parity symbol and one more.
 * @throws {DmError} `verity_fec_roots`, `cancelled`
 */
export async function writeFec({ roots, blockSize, covered, fec, offset, signal }: FecOptions): Promise<number> {
  checkRoots(roots);
  const symbols = CODE_SYMBOLS - roots;
  const size = covered.reduce((sum, run) => sum + run.size, 0);
  const rounds = Math.ceil(Math.ceil(size / blockSize) / symbols);
  const encoder = new ParityEncoder(roots, blockSize);
  const row = Buffer.alloc(blockSize);
  let at = offset;
  for (let round = 0; round < rounds; round++) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      readCovered(covered, (round + symbol * rounds) * blockSize, row);
      encoder.push(row);
    }
    const parity = encoder.finish();
    fec.write(parity, at);
    at += parity.length;
    await nextTurn();
    if (signal?.aborted)
      throw new DmError({ code: 'cancelled', message: 'cancelled before the error correction was done' });
  }
  return at;
}

/** @throws {DmError} `verity_fec_roots` */
export function checkRoots(roots: number): void {
  if (Number.isInteger(roots) && roots >= 2 && roots <= 24) return;
  throw new DmError({ code: 'verity_fec_roots', message: `${roots} parity symbols are outside 2 to 24` });
}

/** A block at that place of what is covered; zeros behind its end. Every run is whole blocks. */
function readCovered(covered: Covered[], position: number, row: Uint8Array): void {
  let at = position;
  for (const run of covered) {
    if (at < run.size) {
      run.file.read(row, run.offset + at);
      return;
    }
    at -= run.size;
  }
  row.fill(0);
}

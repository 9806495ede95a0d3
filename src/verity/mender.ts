import { setImmediate as nextTurn } from 'node:timers/promises';
import { DmError } from '../errors.ts';
import { errorsOf, RoundCoder, readRound } from './fec.ts';
import type { FecRounds } from './fec-rounds.ts';
import { BlockHasher } from './hasher.ts';
import { hashOptionsOf, type OpenImage } from './tree.ts';

/** The level of what is hashed, below the levels of the tree. */
const DATA = -1;

/** A block of an image: of a level of its tree, or of its data. */
export interface BlockPlace {
  level: 'data' | number;
  block: number;
  /** Byte of its device where it begins. */
  position: number;
}

/** What came of mending an image. */
export interface Mended {
  dataBlocks: number;
  treeBlocks: number;
  /** Blocks that are corrupt and could not be mended; of the highest level that has any, as nothing is known below. */
  lost: number;
  firstLost?: BlockPlace;
}

export interface MendOptions {
  /** Given each block that was corrupt, and what it should be. */
  onMended: (place: BlockPlace, bytes: Uint8Array) => void;
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Finds the blocks of an image that do not have their digests, from the root down, and what error correction makes of them.
 * A block counts as mended when it has the digest that leads to the root, and only then; so a block can be tried at any guess.
 *
 * As in the kernel, a code first has its errors found, and then, where that fails, taken to be where blocks are known to be
 * corrupt, which mends twice as many (drivers/md/dm-verity-fec.c verity_fec_decode). Memory: the blocks of a round, and those
 * of the tree that were mended.
 */
export class Mender {
  readonly #image: OpenImage;
  readonly #rounds: FecRounds;
  readonly #coder: RoundCoder;
  readonly #hasher: BlockHasher;
  readonly #root: string;
  readonly #dataBlocks: number;
  /** Blocks that were mended, by their number among the covered: all of the tree, and data that the scan has not come to. */
  readonly #mended = new Map<number, Uint8Array | undefined>();
  /** Rounds in which the blocks of the level at hand that are still corrupt cannot be mended. */
  readonly #hopeless = new Set<number>();
  /** The tree's block that was last read for its digests. */
  #parent: { block: number; bytes: Buffer } | undefined;

  /** @param root hex */
  constructor(image: OpenImage, root: string, rounds: FecRounds) {
    this.#image = image;
    this.#rounds = rounds;
    this.#coder = new RoundCoder(rounds);
    this.#hasher = new BlockHasher(hashOptionsOf(image.parameters), rounds.blockSize);
    this.#root = Buffer.from(root, 'hex').toString('latin1');
    this.#dataBlocks = Number(image.parameters.dataBlocks);
  }

  /** @throws {DmError} `verity_truncated`, `cancelled` */
  async run({ onMended, onProgress, signal }: MendOptions): Promise<Mended> {
    const { levels } = this.#image.layout;
    const total = this.#dataBlocks + levels.reduce((sum, { blocks }) => sum + blocks, 0);
    const result: Mended = { dataBlocks: 0, treeBlocks: 0, lost: 0 };
    let done = 0;
    for (let level = levels.length - 1; level >= DATA; level--) {
      this.#hopeless.clear();
      const blocks = level === DATA ? this.#dataBlocks : levels[level]!.blocks;
      for (let first = 0; first < blocks; first += this.#hasher.capacity) {
        const count = Math.min(this.#hasher.capacity, blocks - first);
        for (const index of this.#corrupt(level, first, count)) {
          this.#mendOne(level, index, result, onMended);
          await unlessAborted(signal);
        }
        done += count;
        onProgress?.(done, total);
        await unlessAborted(signal);
      }
      if (result.lost > 0) break;
    }
    return result;
  }

  /** Those of a level's blocks in a row that do not have their digests as they are stored. */
  #corrupt(level: number, first: number, count: number): number[] {
    const { data, hash, layout } = this.#image;
    const blockSize = this.#rounds.blockSize;
    const start = level === DATA ? first : layout.levels[level]!.firstBlock + first;
    (level === DATA ? data : hash).read(this.#hasher.window(count), start * blockSize);
    const wrong: number[] = [];
    for (const [at, digest] of this.#hasher.digests(count).entries()) {
      if (digest !== this.#digestOf(level, first + at)) wrong.push(first + at);
    }
    return wrong;
  }

  #mendOne(level: number, index: number, result: Mended, onMended: MendOptions['onMended']): void {
    const wanted = this.#coveredAt(level, index);
    if (this.#mended.has(wanted)) {
      if (level === DATA) this.#mended.delete(wanted);
      return;
    }
    const round = this.#rounds.roundOf(wanted);
    const mended = this.#hopeless.has(round) ? new Map<number, Uint8Array>() : this.#mendRound(round, wanted, level);
    for (const [block, bytes] of mended) {
      const [ownLevel, own] = this.#placeOf(block)!;
      if (this.#mended.has(block) || (ownLevel === DATA && own < index)) continue;
      onMended(this.#place(ownLevel, own), bytes);
      if (ownLevel === DATA) {
        result.dataBlocks++;
        if (block !== wanted) this.#mended.set(block, undefined);
      } else {
        result.treeBlocks++;
        this.#mended.set(block, bytes);
      }
    }
    if (mended.has(wanted)) return;
    this.#hopeless.add(round);
    result.lost++;
    result.firstLost ??= this.#place(level, index);
  }

  /** The blocks of the round of a corrupt one that can be mended, going by the levels above it, which are right. */
  #mendRound(round: number, wanted: number, level: number): Map<number, Uint8Array> {
    const rows = readRound(this.#rounds, round).map(
      (row, symbol) => this.#mended.get(this.#rounds.blockAt(round, symbol)) ?? row,
    );
    const stored = this.#rounds.readParity(round);
    const mended = new Map<number, Uint8Array>();
    for (const guess of GUESSES) {
      const erasures = guess === 'none' ? [] : this.#wrongSymbols(round, rows, guess === 'trusted' ? level : DATA);
      for (const [symbol, row] of this.#corrected(rows, stored, erasures)) {
        const block = this.#rounds.blockAt(round, symbol);
        if (!this.#isTrusted(block, level) || !this.#hasItsDigest(block, row)) continue;
        rows[symbol] = row;
        mended.set(block, row);
      }
      if (mended.has(wanted)) break;
    }
    return mended;
  }

  #corrected(rows: readonly Uint8Array[], stored: Uint8Array, erasures: readonly number[]): Map<number, Uint8Array> {
    const out = new Map<number, Uint8Array>();
    if (erasures.length > this.#rounds.roots) return out;
    const { found } = errorsOf(this.#coder.parityOfRows(rows), stored, this.#rounds.roots, erasures);
    for (const { byte, errors } of found) {
      for (const { symbol, value } of errors) {
        if (symbol >= rows.length) continue;
        const row = out.get(symbol) ?? rows[symbol]!.slice();
        row[byte]! ^= value;
        out.set(symbol, row);
      }
    }
    return out;
  }

  /** Symbols of a round whose blocks, of that level or above, do not have their digests. */
  #wrongSymbols(round: number, rows: readonly Uint8Array[], level: number): number[] {
    return rows.flatMap((row, symbol) => {
      const block = this.#rounds.blockAt(round, symbol);
      return this.#isTrusted(block, level) && !this.#hasItsDigest(block, row) ? [symbol] : [];
    });
  }

  /** Whether a block has a digest, and one that is known to be right while a level is being mended. */
  #isTrusted(block: number, level: number): boolean {
    const place = this.#placeOf(block);
    return place !== undefined && place[0] >= level;
  }

  #hasItsDigest(block: number, bytes: Uint8Array): boolean {
    const [level, index] = this.#placeOf(block)!;
    this.#hasher.window(1).set(bytes);
    return this.#hasher.digests(1)[0] === this.#digestOf(level, index);
  }

  /** What stands in the level above, as it is after mending, or the root. */
  #digestOf(level: number, index: number): string {
    const { layout } = this.#image;
    const above = level + 1;
    if (above === layout.levels.length) return this.#root;
    const { digestsPerBlock, slotSize, digestSize } = layout;
    const parent = Math.floor(index / digestsPerBlock);
    const at = (index % digestsPerBlock) * slotSize;
    const bytes =
      this.#mended.get(this.#coveredAt(above, parent)) ?? this.#stored(layout.levels[above]!.firstBlock + parent);
    return Buffer.from(bytes.buffer, bytes.byteOffset + at, digestSize).toString('latin1');
  }

  #stored(block: number): Uint8Array {
    if (this.#parent?.block !== block) {
      const bytes = Buffer.alloc(this.#rounds.blockSize);
      this.#image.hash.read(bytes, block * this.#rounds.blockSize);
      this.#parent = { block, bytes };
    }
    return this.#parent.bytes;
  }

  /** Data, and behind it the hash device from where its tree begins. */
  #coveredAt(level: number, index: number): number {
    const { levels, hashStartBlock } = this.#image.layout;
    return level === DATA ? index : this.#dataBlocks + levels[level]!.firstBlock - hashStartBlock + index;
  }

  /** Level and index of a covered block; undefined for what is neither data nor tree. */
  #placeOf(block: number): [level: number, index: number] | undefined {
    if (block < this.#dataBlocks) return [DATA, block];
    const { levels, hashStartBlock } = this.#image.layout;
    const at = hashStartBlock + block - this.#dataBlocks;
    const level = levels.findIndex(({ firstBlock, blocks }) => at >= firstBlock && at < firstBlock + blocks);
    return level < 0 ? undefined : [level, at - levels[level]!.firstBlock];
  }

  #place(level: number, index: number): BlockPlace {
    const start = level === DATA ? index : this.#image.layout.levels[level]!.firstBlock + index;
    return { level: level === DATA ? 'data' : level, block: index, position: start * this.#rounds.blockSize };
  }
}

/** Lets a signal come through. @throws {DmError} `cancelled` */
async function unlessAborted(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  if (signal?.aborted) throw new DmError({ code: 'cancelled', message: 'cancelled before the image was mended' });
}

/** Where errors are taken to be: anywhere; in blocks without their digests; in those of them whose digests are right. */
const GUESSES = ['none', 'all', 'trusted'] as const;

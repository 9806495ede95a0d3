import { BlockHasher, type HashOptions } from './hasher.ts';
import { readFully, writeFully } from './image-file.ts';

/** Hash the blocks of one level and write, or compare, the level above it. Positions and sizes in bytes. */
export interface LevelJob {
  hash: HashOptions;
  /** Where the blocks are read. */
  inputFd: number;
  inputOffset: number;
  blockSize: number;
  blocks: number;
  /** Where their digests belong. */
  hashFd: number;
  hashOffset: number;
  hashBlockSize: number;
  digestSize: number;
  digestsPerBlock: number;
  slotSize: number;
  compare: boolean;
}

/** Blocks in a row that are wrong in the same way. */
export interface Run {
  /** `digest`: the blocks below do not have the digest that stands for them. `padding`: bytes of the hash block that are no digest are not zero. */
  kind: 'digest' | 'padding';
  first: number;
  count: number;
}

/** What all threads of a job share: the next unit to take, the blocks done, and whether to stop. */
export class Shared {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: BigInt64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(24)) {
    this.buffer = buffer;
    this.#cells = new BigInt64Array(buffer);
  }

  /** Of the level that comes next. */
  restart(): void {
    Atomics.store(this.#cells, 0, 0n);
  }

  take(): number {
    return Number(Atomics.add(this.#cells, 0, 1n));
  }

  addDone(blocks: number): void {
    Atomics.add(this.#cells, 1, BigInt(blocks));
  }

  get done(): number {
    return Number(Atomics.load(this.#cells, 1));
  }

  stop(): void {
    Atomics.store(this.#cells, 2, 1n);
  }

  get stopped(): boolean {
    return Atomics.load(this.#cells, 2) !== 0n;
  }
}

/** Input that one unit covers, where hash blocks are small enough for several to share a unit. */
const UNIT_BYTES = 1024 * 1024;
/** Runs that are kept; a device that is wrong throughout is one run. */
export const MOST_RUNS = 4096;

/** What is wrong with a level. */
export interface Found {
  runs: Run[];
  /** Whether there was more than is kept. */
  more: boolean;
}

/** What a thread has to say when no unit is left. */
export type Reply = { found: Found; failed?: undefined } | { found?: undefined; failed: Failure };

interface Failure {
  message: string;
  code: string;
}

/** Ends the work of all threads, as one of them cannot go on. */
export function failedOf(error: unknown, shared: Shared): Reply {
  shared.stop();
  const { message, code = 'failed' } = error as NodeJS.ErrnoException;
  return { failed: { message, code } };
}

/** A thread's work on a level: takes units of it until none is left. */
export class LevelWork {
  /** What is wrong with the units that it took. */
  readonly found: Found = { runs: [], more: false };
  readonly #job: LevelJob;
  readonly #shared: Shared;
  readonly #hasher: BlockHasher;
  readonly #made: Buffer;
  readonly #stored: Buffer;
  /** From the end of a digest to the next slot. */
  readonly #gap: string;
  /** Hash blocks of a unit, and of the level. */
  readonly #perUnit: number;
  readonly #hashBlocks: number;
  /** Of the unit at hand: its first hash block, its first block, the next one, and where it ends. */
  #first = 0;
  #from = 0;
  #next = 0;
  #to = 0;

  constructor(job: LevelJob, shared: Shared) {
    this.#job = job;
    this.#shared = shared;
    this.#perUnit = Math.max(1, Math.floor(UNIT_BYTES / (job.digestsPerBlock * job.blockSize)));
    this.#hashBlocks = Math.ceil(job.blocks / job.digestsPerBlock);
    this.#hasher = new BlockHasher(job.hash, job.blockSize);
    this.#gap = '\0'.repeat(job.slotSize - job.digestSize);
    this.#made = Buffer.alloc(this.#perUnit * job.hashBlockSize);
    this.#stored = job.compare ? Buffer.alloc(this.#made.length) : this.#made;
  }

  /** Hashes one window, some 0.2 ms of work; false when there is none left, or all threads are to stop. */
  step(): boolean {
    if (this.#shared.stopped) return false;
    if (this.#next === this.#to && !this.#takeUnit()) return false;
    const { inputFd, inputOffset, blockSize } = this.#job;
    const count = Math.min(this.#hasher.capacity, this.#to - this.#next);
    readFully(inputFd, this.#hasher.window(count), inputOffset + this.#next * blockSize);
    this.#put(this.#hasher.digests(count), this.#next - this.#from);
    this.#next += count;
    this.#shared.addDone(count);
    if (this.#next === this.#to) this.#endUnit();
    return true;
  }

  #takeUnit(): boolean {
    const { digestsPerBlock, blocks } = this.#job;
    this.#first = this.#shared.take() * this.#perUnit;
    if (this.#first >= this.#hashBlocks) return false;
    this.#from = this.#first * digestsPerBlock;
    this.#next = this.#from;
    this.#to = Math.min(blocks, (this.#first + this.#perUnit) * digestsPerBlock);
    this.#made.fill(0);
    return true;
  }

  /** Writes the hash blocks of the unit, or compares them. */
  #endUnit(): void {
    const { hashFd, hashOffset, hashBlockSize, digestsPerBlock, compare } = this.#job;
    const size = Math.ceil((this.#to - this.#from) / digestsPerBlock) * hashBlockSize;
    const made = this.#made.subarray(0, size);
    const position = hashOffset + this.#first * hashBlockSize;
    if (!compare) {
      writeFully(hashFd, made, position);
      return;
    }
    const stored = this.#stored.subarray(0, size);
    readFully(hashFd, stored, position);
    if (!made.equals(stored)) this.#find(this.#first, this.#from, this.#to);
  }

  /** Writes digests into their slots, from that one on: all that belong into one hash block at once. */
  #put(digests: string[], slot: number): void {
    const { digestsPerBlock, hashBlockSize, slotSize } = this.#job;
    for (let from = 0; from < digests.length; ) {
      const inBlock = (slot + from) % digestsPerBlock;
      const row = digests.slice(from, from + digestsPerBlock - inBlock);
      const at = ((slot + from - inBlock) / digestsPerBlock) * hashBlockSize + inBlock * slotSize;
      this.#made.write(row.join(this.#gap), at, 'latin1');
      from += row.length;
    }
  }

  /** Which slots differ, and which hash blocks in what lies between them. */
  #find(first: number, from: number, to: number): void {
    const { digestsPerBlock, hashBlockSize, slotSize, digestSize } = this.#job;
    for (let slot = 0; slot < to - from; slot++) {
      const inBlock = slot % digestsPerBlock;
      const at = ((slot - inBlock) / digestsPerBlock) * hashBlockSize + inBlock * slotSize;
      if (this.#made.compare(this.#stored, at, at + digestSize, at, at + digestSize) !== 0) {
        this.#add('digest', from + slot);
      }
      this.#stored.fill(0, at, at + digestSize);
    }
    for (let block = 0; block * digestsPerBlock < to - from; block++) {
      const rest = this.#stored.subarray(block * hashBlockSize, (block + 1) * hashBlockSize);
      if (rest.some((byte) => byte !== 0)) this.#add('padding', first + block);
    }
  }

  #add(kind: Run['kind'], block: number): void {
    const { runs } = this.found;
    const last = runs.at(-1);
    if (last && last.kind === kind && last.first + last.count === block) last.count++;
    else if (runs.length < MOST_RUNS) runs.push({ kind, first: block, count: 1 });
    else this.found.more = true;
  }
}

import { hash } from 'node:crypto';

/** How blocks become digests. */
export interface HashOptions {
  /** node:crypto's name. */
  algorithm: string;
  hashType: number;
  salt: Uint8Array;
}

/** The longest salt. */
const SALT_ROOM = 256;
/** Read at a time: as much as a core's cache holds. */
const WINDOW = 256 * 1024;

/**
 * Hashes blocks of one size where they were read: the salt is put right before a block (hash type 1) or behind it (0),
 * over bytes of a neighbour that is hashed already. So nothing is copied, and a digest is one call of node:crypto.
 */
export class BlockHasher {
  /** Blocks that fit at a time. */
  readonly capacity: number;
  readonly #options: HashOptions;
  readonly #blockSize: number;
  readonly #buffer: Buffer;
  /** Every block with its salt. */
  readonly #salted: Buffer[];

  constructor(options: HashOptions, blockSize: number) {
    this.#options = options;
    this.#blockSize = blockSize;
    this.capacity = Math.max(1, WINDOW / blockSize);
    this.#buffer = Buffer.alloc(SALT_ROOM + this.capacity * blockSize + SALT_ROOM);
    const salt = options.salt.length;
    this.#salted = Array.from({ length: this.capacity }, (_, index) => {
      const at = SALT_ROOM + index * blockSize;
      return options.hashType === 0
        ? this.#buffer.subarray(at, at + blockSize + salt)
        : this.#buffer.subarray(at - salt, at + blockSize);
    });
  }

  /** The room for `count` blocks, to be read into. */
  window(count: number): Buffer {
    return this.#buffer.subarray(SALT_ROOM, SALT_ROOM + count * this.#blockSize);
  }

  /** The digests, as latin1 strings, of the first `count` blocks of the window, which holds them no longer. */
  digests(count: number): string[] {
    const { algorithm, hashType, salt } = this.#options;
    const [blockSize, buffer, salted] = [this.#blockSize, this.#buffer, this.#salted];
    const digests: string[] = [];
    if (hashType === 0) {
      for (let index = count - 1; index >= 0; index--) {
        buffer.set(salt, SALT_ROOM + (index + 1) * blockSize);
        digests.push(hash(algorithm, salted[index]!, 'binary'));
      }
      return digests.reverse();
    }
    for (let index = 0; index < count; index++) {
      if (salt.length > 0) buffer.set(salt, SALT_ROOM + index * blockSize - salt.length);
      digests.push(hash(algorithm, salted[index]!, 'binary'));
    }
    return digests;
  }
}

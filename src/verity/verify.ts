import { type FoundImage, type ImageOptions, withImage } from './image.ts';
import type { Found } from './job.ts';
import type { WorkOptions } from './pool.ts';
import { checkRoot, rootOf, workOnTree } from './tree.ts';

/** Blocks in a row that are corrupt. */
export interface Corruption {
  /** `data`, or the level of the tree, counted from 0 for the digests of the data. */
  level: 'data' | number;
  /** Of the data device, or within the level. */
  firstBlock: number;
  blocks: number;
  /** Byte of the device where the first of them begins. */
  position: number;
  /** `content`: the block does not have the digest that stands for it. `padding`: a byte that is no digest is not zero. */
  what: 'content' | 'padding';
  /** Whether the hash block that says so is corrupt itself, so that the block may be right. */
  doubtful: boolean;
}

export interface Verified {
  /** Whether every block and the root are right. */
  valid: boolean;
  /** Of the tree as it is stored. */
  rootDigest: string;
  /** Whether it is the one that was given. */
  rootMatches: boolean;
  /** From the top of the tree to the data. The first that is not doubtful is the first to be at fault. */
  corruptions: Corruption[];
  /** Whether there are more than are listed: 4096 for each level and thread. */
  more: boolean;
}

export interface VerifyOptions extends ImageOptions, WorkOptions {
  /** Hex. */
  rootDigest: string;
}

/**
 * Reads the whole image and compares every block with its digest, up to the root.
 * @throws {DmError} those of opening an image; a corrupt one is an answer, no error
 */
export async function verifyVerity(options: VerifyOptions): Promise<Verified> {
  return withImage(options, async (image) => {
    const wanted = checkRoot(options.rootDigest, image.layout.digestSize);
    const found = await workOnTree(image, true, options);
    const rootDigest = rootOf(image);
    const rootMatches = rootDigest === wanted;
    const corruptions = corruptionsOf(image, found, rootMatches);
    const valid = rootMatches && corruptions.length === 0;
    return { valid, rootDigest, rootMatches, corruptions, more: found.some(({ more }) => more) };
  });
}

/**
 * Reads one block: whether the top of the tree has the given root digest. What is below is not read.
 * @throws {DmError} those of opening an image
 */
export async function verifyRoot(options: VerifyOptions): Promise<{ rootDigest: string; rootMatches: boolean }> {
  return withImage(options, async (image) => {
    const wanted = checkRoot(options.rootDigest, image.layout.digestSize);
    const rootDigest = rootOf(image);
    return { rootDigest, rootMatches: rootDigest === wanted };
  });
}

/** What level `index` found is wrong with the blocks below it, and with its own padding. */
function corruptionsOf({ parameters, layout }: FoundImage, found: Found[], rootMatches: boolean): Corruption[] {
  const { dataBlockSize, hashBlockSize } = parameters;
  const { levels, digestsPerBlock } = layout;
  const top = levels.length - 1;
  const out: Corruption[] = [];
  const add = (
    level: number,
    firstBlock: number,
    blocks: number,
    what: Corruption['what'],
    doubtful: boolean,
  ): void => {
    const position = level < 0 ? firstBlock * dataBlockSize : (levels[level]!.firstBlock + firstBlock) * hashBlockSize;
    out.push({ level: level < 0 ? 'data' : level, firstBlock, blocks, position, what, doubtful });
  };
  if (!rootMatches) add(top, 0, 1, 'content', false);
  for (let level = top; level >= 0; level--) {
    const parents = new Runs(out.filter((corruption) => corruption.level === level && corruption.what === 'content'));
    for (const { kind, first, count } of found[level]!.runs) {
      if (kind === 'padding') add(level, first, count, 'padding', false);
      else
        parents.split(first, count, digestsPerBlock, (from, blocks, doubtful) =>
          add(level - 1, from, blocks, 'content', doubtful),
        );
    }
  }
  return out;
}

/** Corrupt blocks of one level, asked for those whose digests they hold. */
class Runs {
  readonly #runs: Corruption[];

  constructor(runs: Corruption[]) {
    this.#runs = runs;
  }

  /** Parts a run of blocks where it passes from a corrupt hash block to one that is right. */
  split(
    first: number,
    count: number,
    perBlock: number,
    add: (first: number, blocks: number, doubtful: boolean) => void,
  ): void {
    for (let at = first; at < first + count; ) {
      const doubtful = this.#has(Math.floor(at / perBlock));
      let end = at;
      while (end < first + count && this.#has(Math.floor(end / perBlock)) === doubtful) {
        end = (Math.floor(end / perBlock) + 1) * perBlock;
      }
      end = Math.min(end, first + count);
      add(at, end - at, doubtful);
      at = end;
    }
  }

  #has(block: number): boolean {
    return this.#runs.some(({ firstBlock, blocks }) => block >= firstBlock && block < firstBlock + blocks);
  }
}

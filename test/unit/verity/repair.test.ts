import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Formatted, formatVerity, loadPlanner, type RepairOptions, repairVerity } from '../../../src/index.ts';
import { pattern, scratch, write } from './scratch.ts';

const file = scratch();
const planner = await loadPlanner();
const BLOCK = 512;
/** With 16 digests a block: a tree of 38, 3 and 1 blocks; with it, three rounds of blocks for most numbers of roots. */
const BLOCKS = 600;

interface Original {
  data: Buffer;
  hash: Buffer;
  fec: Buffer;
  made: Formatted;
  roots: number;
}

const originals = new Map<number, Original>();
const ROOTS = [2, 3, 8, 24];

beforeAll(async () => {
  const data = pattern(BLOCKS * BLOCK);
  write(file('data'), data);
  for (const roots of ROOTS) {
    const [hash, fec] = [file(`hash-${roots}`), file(`fec-${roots}`)];
    const sizes = { dataBlockSize: BLOCK, hashBlockSize: BLOCK, salt: 'ab' };
    const made = await formatVerity({
      ...{ dataDevice: file('data'), hashDevice: hash, ...sizes, fec: { device: fec, roots }, planner },
    });
    originals.set(roots, { data, hash: readFileSync(hash), fec: readFileSync(fec), made, roots });
  }
});

/** Writes copies, changed, and what repairs them. */
function damaged(
  { data, hash, fec, made, roots }: Original,
  damage: (files: Record<'data' | 'hash' | 'fec', Buffer>) => void,
) {
  const files = { data: Buffer.from(data), hash: Buffer.from(hash), fec: Buffer.from(fec) };
  damage(files);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(file(`bad-${name}`), bytes);
  const options: RepairOptions = {
    ...{ dataDevice: file('bad-data'), hashDevice: file('bad-hash'), rootDigest: made.rootDigest, planner },
    fec: { device: file('bad-fec'), roots },
  };
  return { files, options };
}

/** All bytes of a block of what is covered: the data, and behind it the hash device from its tree on. */
function spoil({ data, hash }: Record<'data' | 'hash', Buffer>, block: number): void {
  const [bytes, at] = block < BLOCKS ? [data, block] : [hash, block - BLOCKS + 1];
  for (let byte = at * BLOCK; byte < (at + 1) * BLOCK; byte++) bytes[byte]! ^= 0x80 | (byte % 127);
}

/** Blocks whose codes are those of one round. */
function roundOf({ roots, made }: Original, round: number): number[] {
  const covered = BLOCKS + made.layout.hashBlocks;
  const rounds = Math.ceil(covered / (255 - roots));
  return Array.from({ length: 255 - roots }, (_, symbol) => round + symbol * rounds).filter((block) => block < covered);
}

const intact = (options: RepairOptions, { data, hash }: Record<'data' | 'hash', Buffer>): void => {
  expect(readFileSync(options.dataDevice).equals(data)).toBe(true);
  expect(readFileSync(options.hashDevice).equals(hash)).toBe(true);
};

describe.each(ROOTS)('an image with %i parity symbols', (roots) => {
  const original = (): Original => originals.get(roots)!;

  it('that is right has nothing to repair', async () => {
    const { options } = damaged(original(), () => {});
    expect(await repairVerity(options)).toEqual({ dataBlocks: 0, treeBlocks: 0 });
  });

  it('has bytes repaired that are corrupt anywhere in data and tree, at most half as many in a code as there are symbols', async () => {
    const most = roots >> 1;
    const places = fc.array(fc.nat(), { minLength: most, maxLength: most });
    await fc.assert(
      fc.asyncProperty(places, async (found) => {
        const { files, options } = damaged(original(), ({ data, hash }) => {
          const bytes = data.length + original().made.layout.hashBlocks * BLOCK;
          for (const place of found) {
            const at = place % bytes;
            if (at < data.length) data[at]! ^= 0x5a;
            else hash[at - data.length + BLOCK]! ^= 0x5a;
          }
        });
        const before = { data: Buffer.from(files.data), hash: Buffer.from(files.hash) };
        await repairVerity(options);
        intact(options, before);
        await repairVerity({ ...options, into: 'in-place' });
        intact(options, original());
      }),
      { numRuns: 15 },
    );
  });

  it('has as many whole blocks repaired in each round as there are symbols', async () => {
    const { options } = damaged(original(), (files) => {
      for (const round of [0, 1, 2])
        for (const block of roundOf(original(), round).slice(7, 7 + roots)) spoil(files, block);
    });
    expect(await repairVerity({ ...options, into: 'in-place' })).toEqual({ dataBlocks: 3 * roots, treeBlocks: 0 });
    intact(options, original());
  });

  it('has the top of its tree, and what is below it, repaired', async () => {
    const top = BLOCKS;
    const { options } = damaged(original(), (files) => {
      spoil(files, top);
      if (roots >= 8) for (const block of [top + 1, top + 5, 0, 17]) spoil(files, block);
    });
    const repaired = await repairVerity({ ...options, into: 'in-place' });
    expect(repaired.treeBlocks).toBe(roots >= 8 ? 3 : 1);
    intact(options, original());
  });

  it('is refused when a round has more corrupt blocks, by the first of them, and stays as it is', async () => {
    const blocks = roundOf(original(), 1).slice(20, 21 + roots);
    const { files, options } = damaged(original(), (made) => {
      for (const block of blocks) spoil(made, block);
    });
    for (const into of [
      'nowhere',
      'in-place',
      { dataDevice: file('lost-data'), hashDevice: file('lost-hash') },
    ] as const) {
      await expect(repairVerity({ ...options, into })).rejects.toMatchObject({
        code: 'verity_irreparable',
        message: expect.stringContaining(`${roots + 1} blocks are beyond`),
      });
      await expect(repairVerity({ ...options, into })).rejects.toThrow(`block ${blocks[0]} of the data`);
    }
    intact(options, files);
    expect(existsSync(file('lost-data')) || existsSync(file('lost-hash'))).toBe(false);
  });

  it('is repaired though its parity is corrupt too', async () => {
    const { options } = damaged(original(), ({ data, fec }) => {
      data[9 * BLOCK + 1]! ^= 1;
      if (roots > 3) fec[roots + 1]! ^= 0xff;
    });
    expect(await repairVerity({ ...options, into: 'in-place' })).toEqual({ dataBlocks: 1, treeBlocks: 0 });
    intact(options, original());
  });
});

describe('repairing', () => {
  const original = (): Original => originals.get(8)!;
  const some = (files: Record<'data' | 'hash', Buffer>): void => {
    for (const block of [3, 4, 5, 200, BLOCKS + 9]) spoil(files, block);
  };

  it('into new files leaves the image as it is', async () => {
    const { files, options } = damaged(original(), some);
    const into = { dataDevice: file('new-data'), hashDevice: file('new-hash') };
    expect(await repairVerity({ ...options, into })).toEqual({ dataBlocks: 4, treeBlocks: 1 });
    intact(options, files);
    intact({ ...options, ...into }, original());
  });

  it('the data alone leaves the tree out', async () => {
    const { options } = damaged(original(), some);
    await repairVerity({ ...options, into: { dataDevice: file('only-data') } });
    expect(readFileSync(file('only-data')).equals(original().data)).toBe(true);
  });

  it('does not take a file that is there', async () => {
    const { options } = damaged(original(), some);
    write(file('there'), Buffer.from('mine'));
    for (const into of [{ dataDevice: file('there') }, { dataDevice: file('fresh'), hashDevice: file('there') }]) {
      await expect(repairVerity({ ...options, into })).rejects.toMatchObject({ code: 'file_exists' });
    }
    expect(readFileSync(file('there')).toString()).toBe('mine');
    expect(existsSync(file('fresh'))).toBe(false);
  });

  it('that is cancelled leaves no file, and the image as it is', async () => {
    const { files, options } = damaged(original(), some);
    const signal = AbortSignal.abort();
    for (const into of ['in-place', { dataDevice: file('cancelled') }] as const) {
      await expect(repairVerity({ ...options, into, signal })).rejects.toMatchObject({ code: 'cancelled' });
    }
    intact(options, files);
    expect(existsSync(file('cancelled'))).toBe(false);
  });

  it('with another root digest is refused: what has been signed is what counts, not what the codes say', async () => {
    const { files, options } = damaged(original(), some);
    const rootDigest = 'ab'.repeat(32);
    await expect(repairVerity({ ...options, rootDigest, into: 'in-place' })).rejects.toMatchObject({
      code: 'verity_irreparable',
    });
    intact(options, files);
  });

  it('with parity that was cut short is refused', async () => {
    const { options } = damaged(original(), some);
    writeFileSync(options.fec.device, original().fec.subarray(0, 1000));
    await expect(repairVerity(options)).rejects.toMatchObject({ code: 'verity_truncated' });
  });

  it('works with data, tree and parity on one device, and hash type 0', async () => {
    const one = write(file('one'), pattern(BLOCKS * BLOCK));
    const hashOffset = BLOCKS * BLOCK;
    const fec = { device: one, offset: hashOffset + 64 * BLOCK, roots: 4 };
    const image = { dataDevice: one, hashDevice: one, hashOffset };
    const { rootDigest } = await formatVerity({
      ...{ ...image, fec, dataBlockSize: BLOCK, hashBlockSize: BLOCK, hashType: 0, algorithm: 'sha1', planner },
    });
    copyFileSync(one, file('one-right'));
    const bytes = readFileSync(one);
    bytes.fill(0xee, 5 * BLOCK, 8 * BLOCK);
    bytes.fill(0xee, hashOffset + 3 * BLOCK, hashOffset + 4 * BLOCK);
    writeFileSync(one, bytes);
    expect(await repairVerity({ ...image, rootDigest, fec, into: { dataDevice: file('one-new') } })).toEqual({
      dataBlocks: 3,
      treeBlocks: 1,
    });
    expect(readFileSync(file('one-new')).equals(readFileSync(file('one-right')))).toBe(true);
  });
});

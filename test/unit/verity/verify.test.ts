import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Corruption, type Formatted, formatVerity, verifyRoot, verifyVerity } from '../../../src/index.ts';
import { pattern, scratch, write } from './scratch.ts';

const file = scratch();
const BLOCK = 512;
/** With 16 digests a block: levels of 19, 2 and 1 blocks; the last of level 0 holds 12 digests. */
const BLOCKS = 300;
const data = write(file('data'), pattern(BLOCKS * BLOCK));
const hash = file('hash');
let made: Formatted;

beforeAll(async () => {
  made = await formatVerity({ dataDevice: data, hashDevice: hash, dataBlockSize: BLOCK, hashBlockSize: BLOCK });
});

/** Verifies copies in which bytes were changed; `at` counts from the start of the file. */
async function verify(changes: { data?: number[]; hash?: number[] }, root = made.rootDigest) {
  const copies = { data: file('data-copy'), hash: file('hash-copy') };
  for (const [name, original] of [['data', data] as const, ['hash', hash] as const]) {
    const bytes = readFileSync(original);
    for (const at of changes[name] ?? []) bytes[at]! ^= 0x40;
    writeFileSync(copies[name], bytes);
  }
  return verifyVerity({ dataDevice: copies.data, hashDevice: copies.hash, rootDigest: root });
}

const places = (corruptions: Corruption[]): unknown[] =>
  corruptions.map(({ level, firstBlock, blocks, doubtful }) => [level, firstBlock, blocks, doubtful]);

/** Byte of the hash device where a block of a level begins. */
const hashAt = (level: number, block: number): number => (made.layout.levels[level]!.firstBlock + block) * BLOCK;

describe('verifying', () => {
  it('finds nothing wrong with what was just made', async () => {
    expect(made.layout.levels.map(({ blocks }) => blocks)).toEqual([19, 2, 1]);
    expect(await verify({})).toEqual({
      valid: true,
      rootDigest: made.rootDigest,
      rootMatches: true,
      corruptions: [],
      more: false,
    });
  });

  it('names every corrupt data block, in runs, with its position', async () => {
    const { corruptions, valid } = await verify({ data: [5 * BLOCK, 7 * BLOCK + 3, 8 * BLOCK, 299 * BLOCK + 511] });
    expect(valid).toBe(false);
    expect(places(corruptions)).toEqual([
      ['data', 5, 1, false],
      ['data', 7, 2, false],
      ['data', 299, 1, false],
    ]);
    expect(corruptions[1]).toMatchObject({ position: 7 * BLOCK, what: 'content' });
  });

  it('blames the hash block, not the data whose digest it holds', async () => {
    const { corruptions } = await verify({ hash: [hashAt(0, 3) + 32] });
    expect(places(corruptions)).toEqual([
      [0, 3, 1, false],
      ['data', 49, 1, true],
    ]);
  });

  it.each([
    ['the top', 2, 0, [2, 0]],
    ['the middle', 1, 1, [1, 1]],
    ['the lowest level', 0, 18, [0, 18]],
  ])('finds a digest changed in %s', async (_, level, block, [at, first]) => {
    const { corruptions } = await verify({ hash: [hashAt(level, block)] });
    const certain = corruptions.filter(({ doubtful }) => !doubtful);
    expect(certain[0]).toMatchObject({ level: at, firstBlock: first, position: hashAt(level, block) });
  });

  it('finds a bit in the padding of the last, partial hash block', async () => {
    const { corruptions } = await verify({ hash: [hashAt(0, 18) + 12 * 32 + 5] });
    expect(corruptions.map(({ level, firstBlock, what }) => [level, firstBlock, what])).toEqual([
      [0, 18, 'content'],
      [0, 18, 'padding'],
    ]);
  });

  it('finds two data blocks that were swapped', async () => {
    const bytes = readFileSync(data);
    const swapped = Buffer.from(bytes);
    bytes.copy(swapped, 10 * BLOCK, 200 * BLOCK, 201 * BLOCK);
    bytes.copy(swapped, 200 * BLOCK, 10 * BLOCK, 11 * BLOCK);
    const image = { dataDevice: write(file('swapped'), swapped), hashDevice: hash, rootDigest: made.rootDigest };
    expect(places((await verifyVerity(image)).corruptions)).toEqual([
      ['data', 10, 1, false],
      ['data', 200, 1, false],
    ]);
  });

  it('says that a device is cut short', async () => {
    for (const [name, size] of [['data', 299 * BLOCK] as const, ['hash', hashAt(0, 18)] as const]) {
      const cut = file(`cut-${name}`);
      copyFileSync(name === 'data' ? data : hash, cut);
      truncateSync(cut, size);
      const image = { dataDevice: data, hashDevice: hash, rootDigest: made.rootDigest, [`${name}Device`]: cut };
      await expect(verifyVerity(image)).rejects.toMatchObject({ code: 'verity_truncated' });
    }
  });

  it('tells another root from a tree that is wrong', async () => {
    const other = 'ab'.repeat(32);
    const { rootMatches, corruptions, rootDigest } = await verify({}, other);
    expect([rootMatches, rootDigest]).toEqual([false, made.rootDigest]);
    expect(places(corruptions)).toEqual([[2, 0, 1, false]]);
    const image = { dataDevice: data, hashDevice: hash };
    expect(await verifyRoot({ ...image, rootDigest: other })).toMatchObject({ rootMatches: false });
    expect(await verifyRoot({ ...image, rootDigest: made.rootDigest })).toMatchObject({ rootMatches: true });
  });

  it.each(['', 'ab', 'zz'.repeat(32), 'ab'.repeat(33)])('refuses %j as a root digest', async (root) => {
    await expect(verify({}, root)).rejects.toMatchObject({ code: 'verity_root_digest' });
  });

  it('refuses a superblock that differs from what is pinned, and names the field', async () => {
    const image = { dataDevice: data, hashDevice: hash, rootDigest: made.rootDigest };
    const pinned = [
      { hashType: 0 },
      { algorithm: 'sha512' },
      { dataBlockSize: 4096 },
      { dataBlocks: 299 },
      { salt: '' },
    ];
    for (const parameters of pinned) {
      await expect(verifyVerity({ ...image, parameters: parameters as object })).rejects.toMatchObject({
        code: 'verity_parameter_mismatch',
        path: Object.keys(parameters)[0],
      });
    }
  });
});

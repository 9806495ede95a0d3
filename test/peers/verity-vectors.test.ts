import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSuperblock, formatVerity, loadPlanner, readVerityInfo, verifyVerity } from '../../src/index.ts';
import { pattern, scratch } from '../unit/verity/scratch.ts';
import { readVector } from './vectors.ts';

const file = scratch();
const planner = await loadPlanner();
const vectors = JSON.parse(readVector('peer-vectors.json'));

interface RootVector {
  id: string;
  data: 'zero' | 'pattern';
  data_block_size: number;
  hash_block_size: number;
  data_blocks: number;
  hash_type: 0 | 1;
  algorithm: string;
  salt_hex: string;
  root_hash: string;
  hash_blocks?: number;
  levels?: number;
  uuid?: string;
  image_no_superblock?: { len: number; sha256: string };
  image_with_superblock?: { len: number; sha256: string };
  superblock_hex_512?: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function dataOf({ data, data_blocks, data_block_size }: RootVector): string {
  const path = file('data');
  writeFileSync(path, data === 'zero' ? '' : pattern(data_blocks * data_block_size));
  truncateSync(path, data_blocks * data_block_size);
  return path;
}

const roots: RootVector[] = [...vectors.verity_root_hash, ...vectors.verity_root_hash_generated];

describe.each(roots)('$id', (vector) => {
  const parameters = {
    hashType: vector.hash_type,
    algorithm: vector.algorithm,
    dataBlockSize: vector.data_block_size,
    hashBlockSize: vector.hash_block_size,
    dataBlocks: vector.data_blocks,
    salt: vector.salt_hex,
  };
  const uuid = vector.uuid ?? '00000000-0000-0000-0000-000000000000';

  it.each([true, false])('has the same root, levels and bytes (superblock: %s)', async (superblock) => {
    const dataDevice = dataOf(vector);
    const hashDevice = file(`hash-${superblock}`);
    writeFileSync(hashDevice, '');
    const made = await formatVerity({ dataDevice, hashDevice, superblock, uuid, ...parameters, planner });
    expect(made.rootDigest).toBe(vector.root_hash);
    if (vector.hash_blocks !== undefined) expect(made.layout.hashBlocks).toBe(vector.hash_blocks);
    if (vector.levels !== undefined) expect(made.layout.levels).toHaveLength(vector.levels);
    const image = readFileSync(hashDevice);
    const expected = superblock ? vector.image_with_superblock : vector.image_no_superblock;
    if (expected) expect({ len: image.length, sha256: sha256(image) }).toEqual(expected);
    if (superblock && vector.superblock_hex_512) {
      expect(image.subarray(0, 512).toString('hex')).toBe(vector.superblock_hex_512);
      expect(decodeSuperblock(image.subarray(0, 512), planner)).toEqual({ superblockVersion: 1, uuid, ...parameters });
    }
    const pinned = { dataDevice, hashDevice, superblock, parameters, rootDigest: vector.root_hash, planner };
    expect(await verifyVerity(pinned)).toMatchObject({ valid: true, corruptions: [] });
  });

  it('has the same root with data and tree in one file', async () => {
    const both = dataOf(vector);
    const hashOffset = vector.data_blocks * vector.data_block_size;
    for (const superblock of [true, false]) {
      const image = { dataDevice: both, hashDevice: both, hashOffset, superblock };
      const made = await formatVerity({ ...image, uuid, ...parameters, planner });
      expect(made.rootDigest).toBe(vector.root_hash);
    }
  });
});

interface FormatVector {
  id: string;
  ok?: boolean;
  device_bytes?: number;
  hash_offset?: number;
  data_blocks?: number;
  block?: number;
  fec_offset?: number;
  data_block_size?: number;
  hash_block_size?: number;
  salt_size?: number;
  hash_type?: number;
  algorithm?: string;
}

const REFUSED_AS: Record<string, string> = {
  'cryptsetup-api-datablock-333': 'verity_block_size',
  'cryptsetup-api-hashblock-333': 'verity_block_size',
  'cryptsetup-api-salt-257': 'verity_salt_size',
  'cryptsetup-api-hashtype-3': 'verity_hash_type',
  'cryptsetup-api-hash-blah': 'verity_algorithm',
  'overlap-hash-in-data': 'verity_tree_in_data',
  'overlap-hash-no-data-blocks': 'verity_tree_in_data',
  'overlap-data-fec': 'verity_tree_in_data',
  'overlap-hash-fec': 'verity_fec_overlap',
};

describe.each(vectors.verity_format_reject as FormatVector[])('$id', (vector) => {
  it(vector.ok ? 'is accepted' : 'is refused by name', async () => {
    const path = file('sparse');
    writeFileSync(path, '');
    truncateSync(path, vector.device_bytes ?? 1024 * 1024);
    const sameDevice = vector.hash_offset !== undefined;
    const formatted = formatVerity({
      dataDevice: path,
      hashDevice: sameDevice ? path : file('other'),
      hashOffset: vector.hash_offset,
      dataBlocks: vector.data_blocks,
      dataBlockSize: vector.data_block_size ?? vector.block,
      hashBlockSize: vector.hash_block_size ?? vector.block,
      hashType: vector.hash_type as 1 | undefined,
      algorithm: vector.algorithm,
      salt: 'ab'.repeat(vector.salt_size ?? 32),
      fec: vector.fec_offset === undefined ? undefined : { device: path, offset: vector.fec_offset },
    });
    if (vector.ok) await expect(formatted).resolves.toMatchObject({ rootDigest: expect.any(String) });
    else await expect(formatted).rejects.toMatchObject({ code: REFUSED_AS[vector.id] });
  });
});

describe("where hcsshim's trees are wrong", () => {
  const [oneBlock, empty, partial] = vectors.verity_root_hash_hcsshim_bug;
  const format = (bytes: number) => {
    const path = file('hcsshim');
    writeFileSync(path, Buffer.alloc(bytes));
    return formatVerity({ dataDevice: path, hashDevice: file('hcsshim-hash'), salt: oneBlock.salt_hex });
  };

  it('one block has its own digest as root', async () => {
    expect((await format(4096)).rootDigest).toBe(oneBlock.kernel_and_veritysetup_root);
  });

  it('no data, and a partial block, are refused at once', async () => {
    await expect(format(empty.data_blocks)).rejects.toMatchObject({ code: 'verity_no_data' });
    await expect(format(partial.data_bytes)).rejects.toMatchObject({ code: 'verity_partial_block' });
  });
});

describe.each(vectors.dmverity_reader_tests as { id: string; file_bytes: number; offset: number }[])(
  "hcsshim's reader, $id",
  ({ id, file_bytes, offset }) => {
    it('is refused by name', async () => {
      const bytes = Buffer.alloc(file_bytes, 0x5a);
      if (id === 'sb-but-no-tree') {
        const sized = vectors.verity_root_hash_generated.find(({ levels }: RootVector) => levels! > 0);
        Buffer.from(sized.superblock_hex_512, 'hex').copy(bytes, offset);
      }
      writeFileSync(file('reader'), bytes);
      const code =
        id === 'random-8192' || id === 'half-block'
          ? 'verity_no_superblock'
          : expect.stringMatching(/^verity_(truncated|tree_in_data)$/);
      await expect(readVerityInfo(file('reader'), offset)).rejects.toMatchObject({ code });
    });
  },
);

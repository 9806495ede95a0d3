import { describe, expect, it } from 'vitest';
import { decodeSuperblock, encodeSuperblock, loadPlanner, type VeritySuperblock } from '../../../src/index.ts';

const planner = await loadPlanner();

const fields: Omit<VeritySuperblock, 'superblockVersion'> = {
  hashType: 1,
  uuid: 'a60c98d2-ae9b-4865-bfcb-b4e3ace11033',
  algorithm: 'sha256',
  dataBlockSize: 4096,
  hashBlockSize: 1024,
  dataBlocks: 129,
  salt: 'e48da609',
};
const good = Buffer.from(encodeSuperblock(fields, planner));

const refusal = (use: () => unknown): string => {
  try {
    use();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'accepted';
};

/** The superblock with other bytes at that place. */
const changed = (at: number, ...bytes: number[]): Buffer => {
  const copy = Buffer.from(good);
  copy.set(bytes, at);
  return copy;
};

describe('a superblock', () => {
  it('is 512 bytes and comes back as it went in, hash type apart from version', () => {
    expect(good.length).toBe(512);
    expect(decodeSuperblock(good, planner)).toEqual({ superblockVersion: 1, ...fields });
    const chrome = encodeSuperblock({ ...fields, hashType: 0 }, planner);
    expect(decodeSuperblock(chrome, planner)).toMatchObject({ superblockVersion: 1, hashType: 0 });
  });

  it('holds salts of 0 to 256 bytes, and counts up to the largest device', () => {
    for (const salt of ['', '00', 'ff'.repeat(256)]) {
      expect(decodeSuperblock(encodeSuperblock({ ...fields, salt }, planner), planner).salt).toBe(salt);
    }
    const dataBlocks = 2n ** 51n - 1n;
    expect(decodeSuperblock(encodeSuperblock({ ...fields, dataBlocks }, planner), planner).dataBlocks).toBe(
      Number(dataBlocks),
    );
  });

  it.each([
    ['verity_no_superblock', changed(0, 0)],
    ['verity_no_superblock', changed(7, 1)],
    ['verity_superblock_version', changed(8, 2)],
    ['verity_superblock_version', changed(8, 0)],
    ['verity_hash_type', changed(12, 2)],
    ['verity_algorithm', changed(32, 0x58)],
    ['verity_algorithm', changed(32, 0)],
    ['verity_superblock_padding', changed(63, 1)],
    ['verity_block_size', changed(64, 1)],
    ['verity_block_size', changed(64, 0, 0x18)],
    ['verity_block_size', changed(64, 0, 0, 2)],
    ['verity_block_size', changed(68, 0, 1)],
    ['verity_no_data', changed(72, 0)],
    ['verity_too_many_blocks', changed(79, 1)],
    ['verity_salt_size', changed(80, 1, 1)],
    ['verity_superblock_padding', changed(82, 1)],
    ['verity_superblock_padding', changed(92, 1)],
    ['verity_superblock_padding', changed(343, 1)],
    ['verity_superblock_padding', changed(511, 1)],
    ['verity_superblock_size', good.subarray(0, 511)],
    ['verity_superblock_size', Buffer.alloc(0)],
  ])('is refused as %s', (code, bytes) => {
    expect(refusal(() => decodeSuperblock(bytes, planner))).toBe(code);
  });

  it('is never accepted with a byte changed that no field can hold, and never traps', () => {
    for (let at = 0; at < 512; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const bytes = changed(at, good[at]! ^ flip);
        const code = refusal(() => decodeSuperblock(bytes, planner));
        expect(code === 'accepted' || code.startsWith('verity_')).toBe(true);
      }
    }
  });
});

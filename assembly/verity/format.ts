/**
 * The verity superblock, as cryptsetup defines it (lib/verity/verity.c struct verity_sb). 512 bytes, little-endian; the
 * kernel never reads it.
 */
export const SUPERBLOCK_SIZE: u32 = 512;
export const SUPERBLOCK_VERSION: u64 = 1;

/** "verity" and two zero bytes. */
export const SIGNATURE: u64 = 0x0000797469726576;

export const VERSION_OFFSET: usize = 8;
/** The layout of the hash tree: not the version of the superblock, though both are 1 today. */
export const HASH_TYPE_OFFSET: usize = 12;
export const UUID_OFFSET: usize = 16;
export const ALGORITHM_OFFSET: usize = 32;
export const ALGORITHM_SIZE: usize = 32;
export const DATA_BLOCK_SIZE_OFFSET: usize = 64;
export const HASH_BLOCK_SIZE_OFFSET: usize = 68;
export const DATA_BLOCKS_OFFSET: usize = 72;
export const SALT_SIZE_OFFSET: usize = 80;
export const SALT_OFFSET: usize = 88;
export const MAX_SALT: usize = 256;

export const MAX_HASH_TYPE: u64 = 1;
export const MIN_BLOCK: u64 = 512;
/** cryptsetup takes up to 512 KiB (lib/verity/verity.h VERITY_BLOCK_SIZE_OK), the kernel's data blocks end at a page. */
export const MAX_BLOCK: u64 = 65536;

/** Bytes that a device can have: its sectors end at 2^54 - 1 (see `tables/targets/verity.ts`). */
export const MAX_BYTES: u64 = 18014398509481983 * 512;

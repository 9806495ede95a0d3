/** What a hash tree is built with, and what a superblock tells of it. */
export interface VerityParameters {
  /** 1: salt before the data, digests in slots of a power of two. 0: the original Chromium OS format. */
  hashType: 0 | 1;
  /** As the kernel names it: `sha256`, `blake2b-512`. */
  algorithm: string;
  /** Bytes; a power of two from 512 to 65536. */
  dataBlockSize: number;
  /** Bytes; a power of two from 512 to 65536. */
  hashBlockSize: number;
  dataBlocks: number | bigint;
  /** Hex, of 0 to 256 bytes; empty for none. */
  salt: string;
}

/** Those of them that are known. */
export type SomeParameters = { [K in keyof VerityParameters]?: VerityParameters[K] | undefined };

/** The defaults of veritysetup (lib/utils_crypt.h, configure.ac). */
export const DEFAULTS = {
  hashType: 1,
  algorithm: 'sha256',
  dataBlockSize: 4096,
  hashBlockSize: 4096,
  saltBytes: 32,
} as const;

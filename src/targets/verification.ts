/** Targets that notice when data has changed. */
import type { SectorCount } from '../units.ts';
import type { Count64, Row } from './row.ts';

/** Verifies every read against a hash tree (drivers/md/dm-verity-target.c); its table is loaded read-only. */
export interface VerityFields extends Row {
  /** 1: the salt before the data, digests padded to a power of two. 0: the original Chromium OS format. */
  hashType: 0 | 1;
  dataDevice: string;
  hashDevice: string;
  /** Bytes. */
  dataBlockSize: number;
  /** Bytes. */
  hashBlockSize: number;
  dataBlocks: Count64;
  /** Where the tree begins on the hash device, in hash blocks. */
  hashStartBlock: Count64;
  algorithm: string;
  /** Hex. */
  rootDigest: string;
  /** Hex; empty for none. */
  salt?: string;
  onCorruption?: 'ignore' | 'restart' | 'panic';
  onError?: 'restart' | 'panic';
  ignoreZeroBlocks?: boolean;
  checkAtMostOnce?: boolean;
  tryVerifyInTasklet?: boolean;
  fecDevice?: string;
  /** In data blocks. */
  fecStartBlock?: Count64;
  fecBlocks?: Count64;
  /** 2 to 24. */
  fecRoots?: number;
  /** Description of a key in the user keyring that holds the root hash's signature. */
  rootHashSignatureKey?: string;
}

export interface VerityStatus {
  /** `corrupt` once a block did not match, for good. */
  state: 'valid' | 'corrupt';
  /** By forward error correction; since Linux 7. */
  correctedBlocks?: Count64;
}

/** Keeps a tag for every block, and refuses blocks whose tag does not fit (drivers/md/dm-integrity.c). */
export interface IntegrityFields extends Row {
  device: string;
  /** Reserved sectors in front. */
  offset: SectorCount;
  /** Bytes; the internal hash's own unless given. */
  tagSize?: number;
  mode: 'journal' | 'bitmap' | 'direct' | 'recovery' | 'inline';
  journalSectors?: SectorCount;
  interleaveSectors?: SectorCount;
  bufferSectors?: SectorCount;
  /** Per cent. */
  journalWatermark?: number;
  /** Milliseconds. */
  commitTime?: number;
  metadataDevice?: string;
  /** Bytes. */
  blockSize?: number;
  sectorsPerBit?: SectorCount;
  /** Milliseconds. */
  bitmapFlushInterval?: number;
  internalHash?: IntegrityAlgorithm;
  journalCrypt?: IntegrityAlgorithm;
  journalMac?: IntegrityAlgorithm;
  recalculate?: boolean;
  resetRecalculate?: boolean;
  allowDiscards?: boolean;
  allowDiscardsKeyed?: boolean;
  fixPadding?: boolean;
  fixHmac?: boolean;
  legacyRecalculate?: boolean;
}

/** An algorithm of the kernel's crypto API; `key` in hex where it takes one. */
export interface IntegrityAlgorithm {
  algorithm: string;
  key?: string;
}

export interface IntegrityStatus {
  mismatches: Count64;
  /** How long the device may be. */
  providedSectors: Count64;
  /** Absent when nothing is being recalculated. */
  recalculatedSectors?: Count64;
}

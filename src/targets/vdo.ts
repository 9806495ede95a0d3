/** Deduplication and compression (drivers/md/dm-vdo/dm-vdo-target.c). */
import type { Count64, Row } from './row.ts';

/** Stores equal blocks once, and compresses the rest. V0 and V1 have numbers of threads and zones for options alone. */
export interface VdoFields extends Row {
  /** Of the table line; `V4` unless given, which is what Linux writes. */
  version?: 'V4' | 'V3' | 'V2' | 'V1' | 'V0';
  storageDevice: string;
  /** Blocks of 4096 bytes; for every version but V0. */
  physicalBlocks?: Count64;
  /** Bytes: 512 or 4096. */
  logicalBlockSize: number;
  /** Of V0 and V1, as `disabled`; means nothing. */
  readCache?: string;
  /** Of V0 and V1, as `0`; means nothing. */
  readCacheSize?: string;
  /** Blocks of 4096 bytes. */
  blockMapCacheBlocks: number;
  blockMapEraLength: number;
  /** Of V0 to V2, as `on`; means nothing. */
  mdRaid5Mode?: string;
  /** Of V0 to V3, as `auto`; means nothing. */
  writePolicy?: string;
  /** Of V0 to V2; means nothing. */
  poolName?: string;
  /** Blocks of 4096 bytes. */
  maxDiscard?: number;
  ackThreads?: number;
  bioThreads?: number;
  bioRotationInterval?: number;
  cpuThreads?: number;
  /** Hash, logical and physical zones are all 0 or none of them is. */
  hashZones?: number;
  logicalZones?: number;
  physicalZones?: number;
  deduplication?: 'on' | 'off';
  compression?: 'on' | 'off';
  indexSparse?: 'on' | 'off';
  /** GiB: a part of one, or 1 to 1024. */
  indexMemory?: number | '0.25' | '0.5' | '0.75';
  /** Blocks of 4096 bytes. */
  slabSize?: number;
}

export interface VdoStatus {
  device: string;
  /** `normal`, `recovering` or `read-only`. */
  mode: string;
  /** `recovering`, or `-`. */
  recovery: string;
  index: string;
  compression: string;
  usedBlocks: Count64;
  totalBlocks: Count64;
}

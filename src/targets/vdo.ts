/** Deduplication and compression (drivers/md/dm-vdo/dm-vdo-target.c). */
import type { Count64, Row } from './row.ts';

/** Stores equal blocks once, and compresses the rest. */
export interface VdoFields extends Row {
  storageDevice: string;
  /** Blocks of 4096 bytes. */
  physicalBlocks: Count64;
  /** Bytes. */
  logicalBlockSize: '512' | '4096';
  /** Blocks of 4096 bytes. */
  blockMapCacheBlocks: number;
  blockMapEraLength: number;
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
  /** GiB: `0.25`, `0.5`, `0.75`, or `1` to `1024`. */
  indexMemory?: string;
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

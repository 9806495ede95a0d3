/** Targets that keep data near: caches, and a copy that is being made. */
import type { SectorCount } from '../units.ts';
import type { Count64, Row, State } from './row.ts';

/** Caches a slow device on a fast one (drivers/md/dm-cache-target.c). */
export interface CacheFields extends Row {
  metadataDevice: string;
  cacheDevice: string;
  originDevice: string;
  /** Sectors: 64 (32 KiB) to 2097152 (1 GiB), in steps of 64. */
  blockSize: SectorCount;
  /** `writeback` unless given. */
  mode?: 'writeback' | 'writethrough' | 'passthrough';
  metadata2?: boolean;
  noDiscardPassdown?: boolean;
  policy: 'default' | 'smq' | 'mq' | 'cleaner';
  /** `{ migration_threshold: '2048' }` (sectors). */
  policyOptions?: Record<string, string>;
}

export interface CacheUsage {
  /** Sectors. */
  metadataBlockSize: Count64;
  usedMetadataBlocks: Count64;
  totalMetadataBlocks: Count64;
  /** Sectors. */
  cacheBlockSize: Count64;
  usedCacheBlocks: Count64;
  totalCacheBlocks: Count64;
  readHits: Count64;
  readMisses: Count64;
  writeHits: Count64;
  writeMisses: Count64;
  demotions: Count64;
  promotions: Count64;
  dirtyBlocks: Count64;
  features: string[];
  coreOptions?: Record<string, string>;
  policy: string;
  policyOptions?: Record<string, string>;
  metadataMode?: 'rw' | 'ro';
  needsCheck?: 'yes' | 'no';
}

export type CacheStatus = State<'Fail' | 'Error'> | CacheUsage;

/** Caches writes on an SSD or on persistent memory (drivers/md/dm-writecache.c). */
export interface WritecacheFields extends Row {
  cacheType: 'ssd' | 'pmem';
  originDevice: string;
  cacheDevice: string;
  /** Bytes. */
  blockSize: number;
  /** Sectors in front of the cache's own. */
  startSector?: SectorCount;
  /** Per cent. */
  highWatermark?: number;
  /** Per cent. */
  lowWatermark?: number;
  /** Blocks under way at once. */
  writebackJobs?: number;
  autocommitBlocks?: number;
  /** Milliseconds. */
  autocommitTime?: number;
  /** Milliseconds. */
  maxAge?: number;
  /** Milliseconds; of an SSD alone. */
  pauseWriteback?: number;
  cleaner?: boolean;
  /** Of persistent memory alone. */
  fua?: boolean;
  /** Of persistent memory alone. */
  nofua?: boolean;
  metadataOnly?: boolean;
}

/** Blocks, and what was done since the target was made or its counters cleared. */
export interface WritecacheStatus {
  errorIndicator: Count64;
  blocks: Count64;
  freeBlocks: Count64;
  writebackBlocks: Count64;
  readBlocks?: Count64;
  readHits?: Count64;
  writeBlocks?: Count64;
  writeHitsUncommitted?: Count64;
  writeHitsCommitted?: Count64;
  writesAround?: Count64;
  writeAllocations?: Count64;
  freelistWaits?: Count64;
  flushes?: Count64;
  discards?: Count64;
}

/** Makes a copy of a device that can be used while it is being copied (drivers/md/dm-clone-target.c). */
export interface CloneFields extends Row {
  metadataDevice: string;
  destinationDevice: string;
  sourceDevice: string;
  /** Sectors, a power of two. */
  regionSize: SectorCount;
  noHydration?: boolean;
  noDiscardPassdown?: boolean;
  /** Regions being copied at once. */
  hydrationThreshold?: number;
  /** Regions copied in one go. */
  hydrationBatchSize?: number;
}

export interface CloneProgress {
  /** Sectors. */
  metadataBlockSize: Count64;
  usedMetadataBlocks: Count64;
  totalMetadataBlocks: Count64;
  /** Sectors. */
  regionSize: SectorCount;
  hydratedRegions: Count64;
  totalRegions: Count64;
  hydratingRegions: Count64;
  features: string[];
  coreOptions?: Record<string, string>;
  metadataMode?: 'rw' | 'ro' | 'Fail';
}

export type CloneStatus = State<'Fail' | 'Error'> | CloneProgress;

/** Caches a device on persistent memory (drivers/md/dm-pcache/dm_pcache.c, Linux 7). */
export interface PcacheFields extends Row {
  cacheDevice: string;
  backingDevice: string;
  cacheMode?: 'writeback';
  /** Checksums of the cached data. */
  dataCrc?: boolean;
}

export interface PcacheStatus {
  /** In hex. */
  superblockFlags: string;
  /** Segments of 16 MiB on the cache device, those used for the cache, and those allocated. */
  segments: number;
  cacheSegments: number;
  usedSegments: number;
  /** From how full on segments are freed. */
  gcPercent: number;
  /** In hex: bit 0, checksums of data; bit 1, initialised; bits 2 to 5, the mode. */
  cacheFlags: string;
  /** `segment:offset` of where keys are written, of the first that is not written back, and of the first to be freed. */
  keyHead: string;
  dirtyTail: string;
  keyTail: string;
}

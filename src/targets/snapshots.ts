/** Snapshots with a copy-on-write device (drivers/md/dm-snap.c). */
import type { SectorCount } from '../units.ts';
import type { Count64, Row, State } from './row.ts';

/** Keeps a device's contents as they were. */
export interface SnapshotFields extends Row {
  originDevice: string;
  cowDevice: string;
  /** `transient`: gone with the device. `persistentOverflow`: a full store is told apart from an invalid one. */
  persistence: 'persistent' | 'persistentOverflow' | 'transient';
  /** Sectors; 0: as the persistent store says. */
  chunkSize: SectorCount;
  discardZeroesCow?: boolean;
  /** Only with `discardZeroesCow`. */
  discardPassdownOrigin?: boolean;
}

/** Merges a snapshot back into its origin. */
export interface SnapshotMergeFields extends Row {
  originDevice: string;
  cowDevice: string;
  /** A transient store cannot be merged. */
  persistence: 'persistent' | 'persistentOverflow' | 'transient';
  /** Sectors; 0: as the persistent store says. */
  chunkSize: SectorCount;
  discardZeroesCow?: boolean;
  /** Only with `discardZeroesCow`. */
  discardPassdownOrigin?: boolean;
}

/** Lets the snapshots of a device know what is written to it. */
export interface SnapshotOriginFields extends Row {
  device: string;
}

export interface SnapshotUsage {
  allocatedSectors: Count64;
  totalSectors: Count64;
  metadataSectors?: Count64;
}

export type SnapshotStatus = State<'Invalid' | 'Merge failed' | 'Overflow' | 'Unknown'> | SnapshotUsage;

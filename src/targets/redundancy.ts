/** Targets that keep data more than once. */
import type { SectorCount } from '../units.ts';
import type { Count64, Row } from './row.ts';

/** The levels and layouts of the raid target. */
export type RaidType =
  | 'raid0'
  | 'raid1'
  | 'raid10'
  | 'raid10_near'
  | 'raid10_far'
  | 'raid10_offset'
  | 'raid4'
  | 'raid5_n'
  | 'raid5_ls'
  | 'raid5_rs'
  | 'raid5_la'
  | 'raid5_ra'
  | 'raid6_zr'
  | 'raid6_nr'
  | 'raid6_nc'
  | 'raid6_n_6'
  | 'raid6_ls_6'
  | 'raid6_rs_6'
  | 'raid6_la_6'
  | 'raid6_ra_6';

/** MD RAID, driven by device-mapper (drivers/md/dm-raid.c). */
export interface RaidFields extends Row {
  raidType: RaidType;
  /** Sectors, a power of two; 0 for raid1. */
  chunkSize: SectorCount;
  sync?: 'sync' | 'nosync';
  /** Indices of devices to rebuild. */
  rebuild?: number[];
  /** Milliseconds. */
  daemonSleep?: number;
  /** KiB a second for each device. */
  minRecoveryRate?: number;
  /** KiB a second for each device. */
  maxRecoveryRate?: number;
  /** Indices of devices that are read only when no other can be; of raid1. */
  writeMostly?: number[];
  /** Writes that may be behind on a write-mostly device; of raid1. */
  maxWriteBehind?: number;
  /** Stripes; of raid4, raid5 and raid6. */
  stripeCache?: number;
  /** Sectors. */
  regionSize?: SectorCount;
  raid10Copies?: number;
  raid10Format?: 'near' | 'far' | 'offset';
  raid10UseNearSets?: boolean;
  /** Sectors. */
  dataOffset?: SectorCount;
  /** Devices added or, below 0, taken away by a reshape. */
  deltaDisks?: number;
  journalDevice?: string;
  journalMode?: 'writethrough' | 'writeback';
  devices: RaidDevice[];
}

/** A leg; a device that is missing is left out. */
export interface RaidDevice {
  metadata?: string;
  data?: string;
}

export interface RaidStatus {
  raidType: string;
  /** How many. */
  devices: number;
  /** A letter for each: `A` in sync, `a` alive but not in sync, `D` failed, `-` absent. */
  health: string;
  syncedSectors: Count64;
  totalSectors: Count64;
  /** `idle`, `resync`, `recover`, `check` … */
  action: string;
  mismatches?: Count64;
  dataOffset?: Count64;
  /** `A` write-through, `a` write-back, `D` failed, `-` none. */
  journal?: string;
}

/** Writes to several devices the same, reads from one (drivers/md/dm-raid1.c). */
export interface MirrorFields extends Row {
  /** Where it is kept which regions are in sync. */
  log: 'core' | 'disk';
  /** Of a disk log. */
  logDevice?: string;
  /** Sectors, a power of two. */
  regionSize: SectorCount;
  sync?: 'sync' | 'nosync';
  mirrors: MirrorLeg[];
  handleErrors?: boolean;
  /** Only with `handleErrors`. */
  keepLog?: boolean;
}

export interface MirrorLeg {
  device: string;
  /** Sectors. */
  offset: SectorCount;
}

export interface MirrorStatus {
  devices: string[];
  syncedRegions: Count64;
  totalRegions: Count64;
  /** One word with a letter for each device: `A` alive, `D` failed, `S` out of sync, `R` read error, `U` unclassified. */
  health: string[];
  logStatus: string[];
}

/** Targets that change what a device's blocks are, or what is known of them. */
import type { SectorCount } from '../units.ts';
import type { Count64, Row, State } from './row.ts';

/** Emulates a smaller logical block size than the device has (drivers/md/dm-ebs-target.c). */
export interface EbsFields extends Row {
  device: string;
  /** Sectors. */
  offset: SectorCount;
  /** Sectors. */
  emulatedBlockSize: SectorCount;
  /** Sectors; the device's own unless given. */
  underlyingBlockSize?: SectorCount;
}

/** Keeps track of which blocks were written in which era (drivers/md/dm-era-target.c). */
export interface EraFields extends Row {
  metadataDevice: string;
  originDevice: string;
  /** Sectors. */
  blockSize: SectorCount;
}

export interface EraProgress {
  /** Sectors. */
  metadataBlockSize: Count64;
  usedMetadataBlocks: Count64;
  totalMetadataBlocks: Count64;
  era: Count64;
  /** Block of the metadata snapshot; absent when there is none. */
  heldMetadataRoot?: Count64;
}

export type EraStatus = State<'Error'> | EraProgress;

/** Makes zoned devices look like a regular one (drivers/md/dm-zoned-target.c); the length is the devices' own. */
export interface ZonedFields extends Row {
  /** A zoned device; or a regular one, and zoned ones behind it. */
  devices: string[];
}

/** Zones of one kind; of several zoned devices, one after another. */
export interface ZonesOfKind {
  /** Not in use. */
  unmapped: Count64;
  total: Count64;
  kind: 'cache' | 'random' | 'sequential';
}

export interface ZonedStatus {
  /** All zones of all devices. */
  zoneCount: number;
  zones: ZonesOfKind[];
}

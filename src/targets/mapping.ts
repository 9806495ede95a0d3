/** Targets that map sectors to sectors of other devices, or to nothing. */
import type { SectorCount } from '../units.ts';
import type { Row } from './row.ts';

/** Maps to one device, from `offset` on (drivers/md/dm-linear.c). */
export interface LinearFields extends Row {
  device: string;
  /** Sectors. */
  offset: SectorCount;
}

/** Spreads over several devices, `chunkSize` sectors to each in turn (drivers/md/dm-stripe.c). */
export interface StripedFields extends Row {
  /** Sectors. */
  chunkSize: SectorCount;
  stripes: StripedArea[];
}

/** Where a stripe begins on its device. */
export interface StripedArea {
  device: string;
  /** Sectors. */
  offset: SectorCount;
}

/** The devices by number, and `A` (alive) or `D` (dead) for each, as one word. */
export interface StripedStatus {
  devices: string[];
  health?: string[];
}

/** One stripe of a striped device by itself (drivers/md/dm-unstripe.c). */
export interface UnstripedFields extends Row {
  /** How many stripes the device has. */
  stripes: number;
  /** Sectors. */
  chunkSize: SectorCount;
  /** Which of them, from 0. */
  index: number;
  device: string;
  /** Sectors. */
  offset: SectorCount;
}

/** Maps regions of a fixed size to paths, by a table that messages change (drivers/md/dm-switch.c). */
export interface SwitchFields extends Row {
  /** Sectors. */
  regionSize: SectorCount;
  paths: SwitchPath[];
}

export interface SwitchPath {
  device: string;
  /** Sectors. */
  offset: SectorCount;
}

/** Reads as zeros, discards writes (drivers/md/dm-zero.c). */
export type ZeroFields = Row;

/** Fails every read and write (drivers/md/dm-target.c). Device and offset are given both or not at all. */
export interface ErrorFields extends Row {
  device?: string;
  /** Sectors. */
  offset?: SectorCount;
}

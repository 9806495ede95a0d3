/** Thin provisioning (drivers/md/dm-thin.c). */
import type { SectorCount } from '../units.ts';
import type { Count64, Row, State } from './row.ts';

/** Holds the blocks of thin devices; its table may not be loaded read-only. */
export interface ThinPoolFields extends Row {
  metadataDevice: string;
  dataDevice: string;
  /** Sectors: 128 (64 KiB) to 2097152 (1 GiB), in steps of 128. */
  dataBlockSize: SectorCount;
  /** An event is raised when fewer blocks than that are free. */
  lowWaterBlocks: Count64;
  skipBlockZeroing?: boolean;
  ignoreDiscard?: boolean;
  noDiscardPassdown?: boolean;
  readOnlyMetadata?: boolean;
  errorIfNoSpace?: boolean;
}

export interface ThinPoolUsage {
  transactionId: Count64;
  usedMetadataBlocks: Count64;
  totalMetadataBlocks: Count64;
  usedDataBlocks: Count64;
  totalDataBlocks: Count64;
  /** Block of the metadata snapshot; absent when there is none. */
  heldMetadataRoot?: Count64;
  mode: 'rw' | 'ro' | 'out_of_data_space';
  discards: 'discard_passdown' | 'no_discard_passdown' | 'ignore_discard';
  noSpace: 'queue_if_no_space' | 'error_if_no_space';
  needsCheck?: 'yes' | 'no';
  metadataLowWaterBlocks?: Count64;
}

export type ThinPoolStatus = State<'Fail' | 'Error'> | ThinPoolUsage;

/** A device whose blocks come from a pool; `create_thin` makes the id known to it first. */
export interface ThinFields extends Row {
  poolDevice: string;
  /** Below 2^24. */
  deviceId: number;
  /** Read where the thin device has no block. */
  externalOrigin?: string;
}

export interface ThinUsage {
  mappedSectors: Count64;
  /** Absent when nothing is mapped. */
  highestMappedSector?: Count64;
}

export type ThinStatus = State<'Fail' | 'Error' | '-'> | ThinUsage;

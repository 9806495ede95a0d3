import type { SectorCount } from './units.ts';

/** What every row of a table has. `start` follows from the rows before and, if given, must agree. */
export interface Row {
  length: SectorCount;
  start?: SectorCount;
}

/** Maps to one device, from `offset` on (drivers/md/dm-linear.c). */
export interface LinearFields extends Row {
  device: string;
  offset: SectorCount;
}

/** Spreads over several devices, `chunkSize` sectors to each in turn (drivers/md/dm-stripe.c). */
export interface StripedFields extends Row {
  chunkSize: SectorCount;
  stripes: { device: string; offset: SectorCount }[];
}

/** Reads as zeros, discards writes (drivers/md/dm-zero.c). */
export type ZeroFields = Row;

/** Fails every read and write (drivers/md/dm-target.c). */
export interface ErrorFields extends Row {
  device?: string;
  offset?: SectorCount;
}

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
  dataBlocks: number | bigint;
  /** Where the tree begins on the hash device, in hash blocks. */
  hashStartBlock: number | bigint;
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
  fecStartBlock?: number | bigint;
  fecBlocks?: number | bigint;
  /** 2 to 24. */
  fecRoots?: number;
  /** Description of a key in the user keyring that holds the root hash's signature. */
  rootHashSignatureKey?: string;
}

/** Any target by its kernel words; words of a type that the planner knows are checked by its grammar. */
export interface RawFields extends Row {
  type: string;
  params: string | Uint8Array;
}

/** A row of a table, as `targets` of a request takes it. */
export type TableTarget =
  | ({ type: 'linear' } & LinearFields)
  | ({ type: 'striped' } & StripedFields)
  | ({ type: 'zero' } & ZeroFields)
  | ({ type: 'error' } & ErrorFields)
  | ({ type: 'verity' } & VerityFields)
  | RawFields;

/** A linear target. @example linear({ length: '1MiB', device: '/dev/loop0', offset: 0 }) */
export function linear(fields: LinearFields): TableTarget {
  return { type: 'linear', ...fields };
}

/** A striped target. @example striped({ length: 256, chunkSize: 64, stripes: [{ device: '7:0', offset: 0 }, { device: '7:1', offset: 0 }] }) */
export function striped(fields: StripedFields): TableTarget {
  return { type: 'striped', ...fields };
}

/** A zero target. @example zero({ length: '4KiB' }) */
export function zero(fields: ZeroFields): TableTarget {
  return { type: 'zero', ...fields };
}

/** An error target. @example error({ length: 8 }) */
export function error(fields: ErrorFields): TableTarget {
  return { type: 'error', ...fields };
}

/** A verity target; load it with `readOnly: true`. */
export function verity(fields: VerityFields): TableTarget {
  return { type: 'verity', ...fields };
}

/** Every target by its type: the fields of a table row, and what its status says. */
import type { SectorCount } from '../units.ts';
import type { EbsFields, EraFields, EraStatus, ZonedFields, ZonedStatus } from './blocks.ts';
import type {
  CacheFields,
  CacheStatus,
  CloneFields,
  CloneStatus,
  PcacheFields,
  PcacheStatus,
  WritecacheFields,
  WritecacheStatus,
} from './caching.ts';
import type { CryptFields, InlinecryptFields } from './encryption.ts';
import type {
  ErrorFields,
  LinearFields,
  StripedFields,
  StripedStatus,
  SwitchFields,
  UnstripedFields,
  ZeroFields,
} from './mapping.ts';
import type { MultipathFields, MultipathStatus } from './multipath.ts';
import type { MirrorFields, MirrorStatus, RaidFields, RaidStatus } from './redundancy.ts';
import type { Row } from './row.ts';
import type { SnapshotFields, SnapshotMergeFields, SnapshotOriginFields, SnapshotStatus } from './snapshots.ts';
import type {
  DelayFields,
  DelayStatus,
  DustFields,
  DustStatus,
  FlakeyFields,
  LogWritesFields,
  LogWritesStatus,
} from './testing.ts';
import type { ThinFields, ThinPoolFields, ThinPoolStatus, ThinStatus } from './thin.ts';
import type { VdoFields, VdoStatus } from './vdo.ts';
import type { IntegrityFields, IntegrityStatus, VerityFields, VerityStatus } from './verification.ts';

export interface FieldsByType {
  linear: LinearFields;
  striped: StripedFields;
  zero: ZeroFields;
  error: ErrorFields;
  unstriped: UnstripedFields;
  delay: DelayFields;
  dust: DustFields;
  flakey: FlakeyFields;
  ebs: EbsFields;
  'log-writes': LogWritesFields;
  era: EraFields;
  switch: SwitchFields;
  zoned: ZonedFields;
  verity: VerityFields;
  crypt: CryptFields;
  integrity: IntegrityFields;
  snapshot: SnapshotFields;
  'snapshot-origin': SnapshotOriginFields;
  'snapshot-merge': SnapshotMergeFields;
  'thin-pool': ThinPoolFields;
  thin: ThinFields;
  cache: CacheFields;
  raid: RaidFields;
  mirror: MirrorFields;
  writecache: WritecacheFields;
  clone: CloneFields;
  multipath: MultipathFields;
  vdo: VdoFields;
  pcache: PcacheFields;
  inlinecrypt: InlinecryptFields;
}

/** Types that are not here have nothing to say. */
export interface StatusByType {
  striped: StripedStatus;
  delay: DelayStatus;
  dust: DustStatus;
  'log-writes': LogWritesStatus;
  era: EraStatus;
  verity: VerityStatus;
  integrity: IntegrityStatus;
  snapshot: SnapshotStatus;
  'snapshot-merge': SnapshotStatus;
  'thin-pool': ThinPoolStatus;
  thin: ThinStatus;
  cache: CacheStatus;
  raid: RaidStatus;
  mirror: MirrorStatus;
  writecache: WritecacheStatus;
  clone: CloneStatus;
  multipath: MultipathStatus;
  vdo: VdoStatus;
  zoned: ZonedStatus;
  pcache: PcacheStatus;
}

export type TargetType = keyof FieldsByType;

/** Any target by its kernel words; words of a type that the planner knows are checked by its grammar. */
export interface RawFields extends Row {
  type: string;
  params: string | Uint8Array;
}

/** A row of a table with typed fields. */
export type TypedTarget = { [T in TargetType]: { type: T } & FieldsByType[T] }[TargetType];

/** A row of a table, as `targets` of a request takes it. */
export type TableTarget = TypedTarget | RawFields;

/** A field as an answer has it: sectors as numbers, without units. */
type Told<V> = SectorCount extends V
  ? number | bigint
  : V extends (infer Element)[]
    ? Told<Element>[]
    : V extends object
      ? { [K in keyof V]: Told<V[K]> }
      : V;

/**
 * The fields that the kernel printed of a target's table. Devices are `major:minor`, and what a constructor works out by
 * itself is there too.
 */
export type TableFields<T extends TargetType> = Told<Omit<FieldsByType[T], keyof Row>>;

/** What a target's status says, typed. */
export type TargetStatus<T extends keyof StatusByType> = Told<StatusByType[T]>;

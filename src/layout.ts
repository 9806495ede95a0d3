import type { SectorCount, Sectors } from './units.ts';

/** An area of a device: `length` sectors from `offset` on, 0 unless given. */
export interface Area {
  device: string;
  length: SectorCount;
  offset?: SectorCount;
}

/** Exactly one of the two. */
type Either<A, B> = (A & { [K in keyof B]?: undefined }) | (B & { [K in keyof A]?: undefined });

/** What each kind of layout is worked out from. */
export interface LayoutFields {
  /** Areas one behind the other. */
  concat: { devices: Area[] };
  /** Areas side by side; `chunkSize` is in sectors. */
  stripe: { devices: Area[]; chunkSize: SectorCount };
  /** The hash tree of a verity device. */
  verity: Either<{ dataSize: SectorCount }, { dataBlocks: number | bigint }> &
    Either<{ algorithm: string }, { /** Bytes. */ digestSize: number }> & {
      /** Bytes; 4096 unless given. */
      dataBlockSize?: number;
      /** Bytes; 4096 unless given. */
      hashBlockSize?: number;
      /** 1 unless given; 0 is that of Chromium OS, whose digests lie one behind the other. */
      hashType?: 0 | 1;
      /** Whether veritysetup's superblock stands before the tree; true unless given. */
      superblock?: boolean;
      /** Bytes before the superblock or the tree: 0, or what the data takes where both are on one device. */
      hashOffset?: number | bigint;
      /** Whether data and tree are on one device. */
      sameDevice?: boolean;
    };
  /** The metadata of a thin pool, and a size for its blocks. */
  thinPool: { dataSize: SectorCount; dataBlockSize?: SectorCount };
  /** The store of a snapshot that cannot overflow; `persistent` is true unless given. */
  snapshot: { originSize: SectorCount; chunkSize: SectorCount; persistent?: boolean };
  /** What an integrity device provides. */
  integrity: {
    deviceSize: SectorCount;
    /** The tags and the journal are on a device of their own, of this size. */
    metadataDeviceSize?: SectorCount;
    offset?: SectorCount;
    /** Bytes. */
    tagSize: number;
    /** Bytes; 512 unless given. */
    blockSize?: number;
    mode?: 'journal' | 'bitmap' | 'direct' | 'recovery';
    journalSectors?: SectorCount;
    interleaveSectors?: SectorCount;
    bufferSectors?: SectorCount;
    /** Whether the journal has a mac (`journal_mac`). */
    journalMac?: boolean;
    fixPadding?: boolean;
  };
  /** What an array holds and takes of each device: of a length for the whole, or of the size of each device. */
  raid: {
    level: 0 | 1 | 4 | 5 | 6 | 10;
    /** How many. */
    devices: number;
    /** In sectors; for every level but 1. */
    chunkSize?: SectorCount;
    /** 2 unless given. */
    raid10Copies?: number;
    raid10Format?: 'near' | 'far' | 'offset';
  } & Either<{ length: SectorCount }, { deviceSize: SectorCount }>;
  /** The regions of a mirror, and its log; `logicalBlockSize` is that of the log device, 512 unless given. */
  mirror: { length: SectorCount; logicalBlockSize?: number };
  /** The largest target on a device; `logicalBlockSize` is in bytes, 512 unless given. */
  usable: { deviceSize: SectorCount; offset?: SectorCount; logicalBlockSize?: number };
}

/** What each kind of layout comes to. */
export interface Layouts {
  concat: { length: Sectors; targets: { type: 'linear'; length: Sectors; device: string; offset: Sectors }[] };
  stripe: {
    length: Sectors;
    targets: { type: 'striped'; length: Sectors; chunkSize: Sectors; stripes: { device: string; offset: Sectors }[] }[];
    /** Sectors at the end of each device that no chunk fills. */
    unused: Sectors[];
  };
  verity: {
    length: Sectors;
    dataBlocks: bigint;
    /** Bytes. */
    digestSize: bigint;
    digestsPerBlock: bigint;
    /** Bytes from one digest of a hash block to the next; the rest of the block is zero. */
    slotSize: bigint;
    /** Bytes. */
    hashOffset: bigint;
    /** In hash blocks: what the table takes. */
    hashStartBlock: bigint;
    hashBlocks: bigint;
    hashSectors: Sectors;
    /** What the hash device has at least. */
    hashDeviceSize: Sectors;
    /** In hash blocks, the highest level first. */
    levels: { start: bigint; blocks: bigint }[];
  };
  thinPool: {
    metadataSize: Sectors;
    dataBlockSize: Sectors;
    dataBlocks: bigint;
    /** Sectors behind the last whole block. */
    unused: Sectors;
    /** Whether the rule asks for more metadata than a pool can use: larger blocks are needed. */
    capped: boolean;
  };
  snapshot: {
    cowSize: Sectors;
    /** Chunks of the origin. */
    chunks: bigint;
    /** Chunks of metadata beside the header. */
    areas: bigint;
  };
  integrity: {
    /** What the table's length can be at most. */
    length: Sectors;
    journalSections: bigint;
    /** As the kernel's table shows it: rounded to whole sections. */
    journalSectors: Sectors;
    interleaveSectors: Sectors;
    bufferSectors: Sectors;
    /** What superblock, journal and tags take. */
    metadataSectors: Sectors;
  };
  raid: {
    length: Sectors;
    /** What the array takes of each device. */
    deviceLength: Sectors;
    /** The kernel's default, made to fit what it accepts when given; not for level 0. */
    regionSize?: Sectors;
    /** Not for level 0. */
    smallestRegionSize?: Sectors;
  };
  mirror: {
    regionSize: Sectors;
    smallestRegionSize: Sectors;
    regions: bigint;
    /** What a disk log takes. */
    logSize: Sectors;
  };
  usable: {
    length: Sectors;
    /** Sectors behind it that no logical block fills. */
    unused: Sectors;
  };
}

export type LayoutKind = keyof LayoutFields;

/** A question about sectors: a kind and its fields. */
export type LayoutRequest<K extends LayoutKind = LayoutKind> = { [Kind in K]: { kind: Kind } & LayoutFields[Kind] }[K];

/** The layout of an answer: every number a bigint, as sectors and blocks can pass 2^53. */
export function readLayout<K extends LayoutKind>(answer: unknown): Layouts[K] {
  return exact((answer as { layout: unknown }).layout) as Layouts[K];
}

function exact(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(exact);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, exact(field)]));
}

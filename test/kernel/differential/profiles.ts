/**
 * What a target finds in the guest: which of its disks, lengths that fit them, and values with which a table loads. The
 * disks are there so that no table is refused for want of room.
 */
import { raid } from '../../../assembly/tables/targets/raid.ts';
import type { Key } from './job.ts';

export interface Disk {
  /** In bytes; the file has holes for all of it. */
  size: bigint;
  /** Bytes of its logical sectors, where they are not 512. */
  sectorSize?: number;
}

const MIB = 1n << 20n;
/** The largest device there can be: sectors are counted up to 2^54 - 1. */
const LARGEST = (1n << 63n) - 512n;
const LARGEST_4K = (1n << 63n) - 4096n;

/** In the order of their loop devices. */
export const DISKS: readonly Disk[] = [
  { size: LARGEST },
  { size: LARGEST },
  { size: 256n * MIB },
  { size: 256n * MIB },
  { size: 64n * MIB },
  { size: 64n * MIB },
  { size: 64n * MIB },
  { size: 64n * MIB },
  { size: 8n * MIB },
  { size: 8n * MIB },
  { size: 8n * MIB },
  { size: 8n * MIB },
  { size: 1536n * MIB },
  { size: LARGEST_4K, sectorSize: 4096 },
  { size: LARGEST_4K, sectorSize: 4096 },
  { size: 256n * MIB, sectorSize: 4096 },
  { size: 256n * MIB, sectorSize: 4096 },
  { size: 64n * MIB, sectorSize: 4096 },
];

export const KEYS: readonly Key[] = [
  { type: 'logon', description: 'dmplan:key', size: 32 },
  { type: 'logon', description: 'dmplan:long', size: 64 },
  { type: 'user', description: 'dmplan:user', size: 32 },
];

export interface Profile {
  lengths: readonly bigint[];
  /** Usual words, by field. */
  usual: Readonly<Record<string, readonly string[]>>;
  /** Of one table in four some of the usual words are others: one of these. */
  instead?: readonly Readonly<Record<string, readonly string[]>>[];
  /** Usual sizes of lists. */
  counts?: Readonly<Record<string, readonly number[]>>;
  /** Fields whose usual words are taken in turn, not by chance. */
  inTurn?: readonly string[];
  options?: Readonly<Record<string, 'mostly' | 'seldom' | 'never'>>;
  /** Fields of options that are mostly given together. */
  together?: readonly (readonly string[])[];
  /** In how many of 8 cases an option is given: one of these for all of a table. */
  shares?: readonly number[];
  /** Usual words of options that have several values, since not everything goes together. */
  groups?: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Keys of pairs, with their usual values. */
  pairs?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Disks that have to be zeros at their beginning before every table: number, and bytes. */
  fresh?: readonly (readonly [disk: number, bytes: number])[];
  /** Commands of a shell before and after all tables. */
  prepare?: string;
  finish?: string;
}

const HUGE = ['/dev/loop0', '/dev/loop1'];
/** As large, with sectors of 4 KiB. */
const HUGE_4K = ['/dev/loop13', '/dev/loop14'];
const [ORIGIN_4K, COPY_4K, METADATA_4K] = [['/dev/loop15'], ['/dev/loop16'], ['/dev/loop17']];
const LENGTHS = [2048n, 4096n, 128n, 8n];
const OFFSETS = ['0', '1', '8', '2048'];
const SHA256 = '226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738';
const KEY32 = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

const SNAPSHOT: Profile = {
  lengths: LENGTHS,
  usual: {
    originDevice: ['/dev/loop2'],
    cowDevice: ['/dev/loop3', '/dev/loop3', '/dev/loop3', '/dev/loop3', '/dev/loop2'],
    chunkSize: ['8', '16', '32', '0', '512'],
  },
  instead: [{ originDevice: ORIGIN_4K, cowDevice: COPY_4K }, { originDevice: ORIGIN_4K }, { cowDevice: COPY_4K }],
  fresh: [
    [2, 8192],
    [3, 65536],
    [15, 8192],
    [16, 65536],
  ],
};

/** The name of the pool that thin devices come from: the first device-mapper device there is. */
const POOL = '/dev/mapper/dmplan-pool';

/** The number of a device of these, whichever way its path is spelled. */
export function deviceNumber(path: string): string | undefined {
  const parts = path.replaceAll('\\', '').split('/');
  const plain = parts.filter((part, at) => part !== '' && part !== '..' && parts[at + 1] !== '..').join('/');
  if (`/${plain}` === POOL) return '254:0';
  const loop = /^dev\/loop(\d+)$/.exec(plain);
  return path.startsWith('/') && loop ? `7:${loop[1]}` : undefined;
}

const [RAID_TYPE] = raid.params;
const RAID_TYPES = RAID_TYPE?.kind === 'oneOf' ? Object.values(RAID_TYPE.words) : [];

export const PROFILES: Readonly<Record<string, Profile>> = {
  linear: { lengths: LENGTHS, usual: { device: HUGE, offset: OFFSETS }, instead: [{ device: HUGE_4K }] },
  striped: {
    lengths: [6144n, 4096n, 1536n],
    usual: { device: HUGE, offset: OFFSETS, chunkSize: ['8', '16', '128', '1'] },
    instead: [{ device: HUGE_4K }],
  },
  zero: { lengths: LENGTHS, usual: {} },
  error: { lengths: LENGTHS, usual: { device: HUGE, offset: OFFSETS }, instead: [{ device: HUGE_4K }] },
  unstriped: {
    lengths: LENGTHS,
    usual: {
      stripes: ['1', '2', '3'],
      chunkSize: ['8', '64', '1'],
      index: ['0', '0', '1', '2'],
      device: HUGE,
      offset: OFFSETS,
    },
    instead: [{ device: HUGE_4K }],
  },
  delay: {
    lengths: LENGTHS,
    usual: {
      device: HUGE,
      offset: OFFSETS,
      delay: ['0', '1', '500'],
      writeDevice: HUGE,
      writeOffset: OFFSETS,
      writeDelay: ['0', '500'],
      flushDevice: HUGE,
      flushOffset: OFFSETS,
      flushDelay: ['0', '500'],
    },
    instead: [{ device: HUGE_4K }, { writeDevice: HUGE_4K }, { flushDevice: HUGE_4K }],
  },
  dust: {
    lengths: LENGTHS,
    usual: { device: HUGE, offset: OFFSETS, blockSize: ['512', '1024', '4096'] },
    instead: [{ device: HUGE_4K }],
  },
  flakey: {
    lengths: LENGTHS,
    usual: {
      device: HUGE,
      offset: OFFSETS,
      upInterval: ['0', '1', '5'],
      downInterval: ['0', '1', '10'],
      byte: ['1', '32'],
      value: ['0', '1', '255'],
      flags: ['0', '1', '32'],
      randomReadCorrupt: ['0', '500000000'],
      randomWriteCorrupt: ['0', '500000000'],
    },
    instead: [{ device: HUGE_4K }],
  },
  'log-writes': {
    lengths: LENGTHS,
    usual: { device: HUGE, logDevice: ['/dev/loop2', '/dev/loop3'] },
    instead: [{ device: HUGE_4K }, { logDevice: COPY_4K }],
  },
  era: {
    lengths: LENGTHS,
    usual: { metadataDevice: ['/dev/loop8'], originDevice: HUGE, blockSize: ['8', '128', '4096'] },
    instead: [{ originDevice: HUGE_4K }, { metadataDevice: METADATA_4K }],
    fresh: [
      [0, 8192],
      [1, 8192],
      [8, 8192],
      [17, 8192],
    ],
  },
  switch: {
    lengths: LENGTHS,
    usual: { device: HUGE, offset: OFFSETS, regionSize: ['128', '8', '1', '100'] },
    instead: [{ device: HUGE_4K }],
  },
  verity: {
    lengths: [2048n, 1024n, 8n],
    usual: {
      hashType: ['0', '1'],
      dataDevice: ['/dev/loop0'],
      hashDevice: ['/dev/loop1', '/dev/loop1', '/dev/loop0'],
      dataBlockSize: ['4096', '4096', '512', '1024'],
      hashBlockSize: ['4096', '4096', '4096', '512', '1024'],
      dataBlocks: ['2048', '256', '4096'],
      hashStartBlock: ['0', '1', '4096'],
      algorithm: ['sha256'],
      rootDigest: [SHA256],
      salt: ['-', 'ab', '00112233445566778899'],
      fecDevice: ['/dev/loop0', '/dev/loop1'],
      fecStartBlock: ['0', '8192'],
      fecBlocks: ['8192', '8192', '4096', '256'],
      fecRoots: ['2', '24'],
      rootHashSignatureKey: ['dmplan:user'],
    },
    instead: [{ dataDevice: ['/dev/loop13'], hashDevice: HUGE_4K }, { dataDevice: HUGE_4K }, { hashDevice: HUGE_4K }],
    options: {
      rootHashSignatureKey: 'never',
      fecDevice: 'seldom',
      fecStartBlock: 'seldom',
      fecBlocks: 'seldom',
      fecRoots: 'seldom',
    },
    together: [['fecDevice', 'fecStartBlock', 'fecBlocks', 'fecRoots']],
  },
  crypt: {
    lengths: LENGTHS,
    usual: {
      cipher: ['aes-xts-plain64', 'aes-xts-plain64', 'aes-cbc-essiv:sha256', 'aes-cbc-plain', 'capi:xts(aes)-plain64'],
      key: [KEY32, KEY32, ':32:logon:dmplan:key', ':32:user:dmplan:user'],
      ivOffset: ['0', '8', '1'],
      device: HUGE,
      offset: OFFSETS,
      tagSize: ['16', '32'],
      integrityKeySize: ['32', '16'],
      sectorSize: ['512', '1024', '4096'],
    },
    instead: [{ device: HUGE_4K }],
    shares: [0, 1, 2, 3, 0, 1, 2, 3, 8],
  },
  integrity: {
    lengths: LENGTHS,
    usual: {
      device: ['/dev/loop4'],
      offset: ['0', '8'],
      tagSize: ['-', '4', '4', '32'],
      mode: ['J', 'B', 'D', 'R', 'J', 'I'],
      journalSectors: ['1024', '512'],
      interleaveSectors: ['32768', '1024'],
      bufferSectors: ['128', '8'],
      journalWatermark: ['0', '50', '100'],
      commitTime: ['10000', '1'],
      metadataDevice: ['/dev/loop8'],
      blockSize: ['512', '1024', '4096'],
      sectorsPerBit: ['32768', '1024'],
      bitmapFlushInterval: ['1000', '1'],
    },
    instead: [{ device: ORIGIN_4K }, { metadataDevice: METADATA_4K }],
    options: { internalHash: 'mostly' },
    groups: {
      internalHash: [['crc32c'], ['sha256'], ['hmac(sha256)', KEY32], ['crc32c', '00112233'], ['crc32c']],
      journalCrypt: [
        ['cbc(aes)', KEY32],
        ['ctr(aes)', KEY32],
      ],
      journalMac: [['hmac(sha256)', KEY32], ['sha256']],
    },
    shares: [0, 1, 1, 2, 3, 1, 2, 8],
    fresh: [
      [4, 65536],
      [8, 65536],
      [15, 65536],
      [17, 65536],
    ],
  },
  snapshot: SNAPSHOT,
  'snapshot-merge': { ...SNAPSHOT, usual: { ...SNAPSHOT.usual, persistence: ['P', 'P', 'PO', 'N'] } },
  'snapshot-origin': { lengths: LENGTHS, usual: { device: HUGE }, instead: [{ device: HUGE_4K }] },
  'thin-pool': {
    lengths: LENGTHS,
    usual: {
      metadataDevice: ['/dev/loop8'],
      dataDevice: ['/dev/loop2', '/dev/loop2', '/dev/loop2', '/dev/loop8'],
      dataBlockSize: ['128', '256', '2048'],
      lowWaterBlocks: ['0', '10'],
    },
    instead: [{ dataDevice: ORIGIN_4K }, { metadataDevice: METADATA_4K }],
    fresh: [
      [2, 8192],
      [8, 8192],
      [15, 8192],
      [17, 8192],
    ],
    prepare: 'echo something else | dd of=/dev/loop9 conv=notrunc status=none',
    finish: 'dd if=/dev/zero of=/dev/loop9 bs=512 count=1 status=none',
  },
  thin: {
    lengths: LENGTHS,
    usual: {
      poolDevice: [POOL],
      deviceId: ['0', '1', '16777215'],
      externalOrigin: ['/dev/loop2', '/dev/loop3', POOL],
    },
    prepare: `dd if=/dev/zero of=/dev/loop11 bs=65536 count=1 status=none
dmsetup create dmplan-pool --table '0 32768 thin-pool /dev/loop11 /dev/loop7 128 0'
for id in 0 1 2 3 16777214 16777215; do dmsetup message dmplan-pool 0 "create_thin $id"; done`,
    finish: 'dmsetup remove dmplan-pool',
  },
  cache: {
    lengths: LENGTHS,
    usual: {
      metadataDevice: ['/dev/loop8'],
      cacheDevice: ['/dev/loop12'],
      originDevice: ['/dev/loop2'],
      blockSize: ['64', '128', '512'],
      policy: ['default', 'smq', 'smq', 'mq', 'cleaner'],
    },
    instead: [{ originDevice: ORIGIN_4K }, { cacheDevice: COPY_4K }, { metadataDevice: METADATA_4K }],
    pairs: { policyOptions: { migration_threshold: ['2048', '0', '100'] } },
    fresh: [
      [2, 8192],
      [8, 8192],
      [12, 8192],
      [15, 8192],
      [16, 8192],
      [17, 8192],
    ],
  },
  raid: {
    lengths: [24576n, 12288n, 24576n, 2048n],
    usual: {
      // as many of the types that have options of their own as of all others
      raidType: [...RAID_TYPES, ...Array(6).fill('raid1'), ...Array(6).fill('raid10')],
      chunkSize: ['8', '128', '64', '64', '128', '0'],
      rebuild: ['0', '1'],
      daemonSleep: ['1', '5', '1000'],
      minRecoveryRate: ['0', '100'],
      maxRecoveryRate: ['0', '100', '1000'],
      writeMostly: ['0', '1'],
      maxWriteBehind: ['256', '2'],
      stripeCache: ['128', '1024'],
      regionSize: ['1024', '128', '2048'],
      raid10Copies: ['2', '3'],
      dataOffset: ['0', '32', '8192', '8', '36'],
      deltaDisks: ['0', '1', '-1'],
      journalDevice: ['/dev/loop3'],
      metadata: ['/dev/loop8', '/dev/loop9', '/dev/loop10', '/dev/loop11'],
      data: ['/dev/loop4', '/dev/loop5', '/dev/loop6', '/dev/loop7'],
    },
    instead: [
      {
        metadata: ['-', '/dev/loop9', '/dev/loop10', '/dev/loop11'],
        data: ['-', '/dev/loop5', '/dev/loop6', '/dev/loop7'],
      },
      { metadata: ['/dev/loop8', '-', '-', '/dev/loop11'], data: ['/dev/loop4', '-', '-', '/dev/loop7'] },
      { metadata: ['/dev/loop8', '-', '/dev/loop10', '-'], data: ['/dev/loop4', '-', '/dev/loop6', '-'] },
      { metadata: ['-'] },
      { data: ['/dev/loop4', '/dev/loop15', '/dev/loop6', '/dev/loop16'] },
      { metadata: ['/dev/loop8', '/dev/loop17'] },
    ],
    inTurn: ['metadata', 'data'],
    shares: [0, 0, 0, 1, 1, 2],
    counts: { devices: [2, 3, 4, 4] },
    fresh: [
      [8, 65536],
      [9, 65536],
      [10, 65536],
      [11, 65536],
      [3, 65536],
      [17, 65536],
    ],
  },
  mirror: {
    lengths: LENGTHS,
    usual: {
      logDevice: ['/dev/loop8'],
      regionSize: ['128', '8', '16', '2048'],
      device: HUGE,
      offset: OFFSETS,
    },
    counts: { mirrors: [2, 3, 9] },
    instead: [{ device: HUGE_4K }, { logDevice: METADATA_4K }],
    fresh: [
      [8, 8192],
      [17, 8192],
    ],
  },
  writecache: {
    lengths: LENGTHS,
    usual: {
      cacheType: ['s', 's', 's', 's', 's', 's', 'p'],
      originDevice: ['/dev/loop2'],
      cacheDevice: ['/dev/loop4'],
      blockSize: ['4096', '512', '1024'],
      startSector: ['0', '8', '2048'],
      highWatermark: ['50', '100', '0', '60'],
      lowWatermark: ['45', '0', '50'],
      writebackJobs: ['1', '1024'],
      autocommitBlocks: ['1', '64'],
      autocommitTime: ['1', '1000'],
      maxAge: ['0', '1', '86400000'],
      pauseWriteback: ['0', '3000'],
    },
    instead: [{ originDevice: ORIGIN_4K }, { cacheDevice: COPY_4K }],
    fresh: [
      [2, 8192],
      [4, 2 * 1024 * 1024],
      [15, 8192],
      [16, 2 * 1024 * 1024],
    ],
  },
  clone: {
    lengths: LENGTHS,
    usual: {
      metadataDevice: ['/dev/loop8'],
      destinationDevice: ['/dev/loop0'],
      sourceDevice: ['/dev/loop1'],
      regionSize: ['8', '128', '4096'],
      hydrationThreshold: ['0', '1', '64'],
      hydrationBatchSize: ['0', '1', '64'],
    },
    instead: [{ destinationDevice: HUGE_4K }, { sourceDevice: HUGE_4K }, { metadataDevice: METADATA_4K }],
    fresh: [
      [8, 8192],
      [17, 8192],
    ],
  },
  multipath: {
    lengths: LENGTHS,
    usual: {
      pgInitRetries: ['1', '50'],
      pgInitDelay: ['0', '60000'],
      word: ['alua'],
      initialGroup: ['1', '1', '1', '2', '0'],
      selector: ['round-robin', 'queue-length', 'service-time'],
      argument: ['1'],
      pathArguments: ['0', '1', '1', '2'],
      device: ['/dev/loop0', '/dev/loop1', '/dev/loop2', '/dev/loop3'],
    },
    instead: [{ device: HUGE_4K }],
    counts: { hardwareHandler: [0, 0, 0, 0, 0, 1], groups: [1, 1, 2, 0], selectorArguments: [0], paths: [1, 2] },
  },
  inlinecrypt: {
    lengths: LENGTHS,
    usual: {
      key: [KEY32 + KEY32, ':64:logon:dmplan:long'],
      ivOffset: ['0', '8', '1'],
      device: HUGE,
      offset: OFFSETS,
      sectorSize: ['512', '1024', '4096'],
    },
  },
};

import type { TargetType } from '../targets/kinds.ts';

/** Where what a target's TABLE prints is not what its constructor was given. */
export interface Quirk {
  /** Fields that say nothing: worked out anew, rounded, or changed by the target as it runs. */
  ignored?: string[];
  /** The table also prints what was not asked for. */
  printsMore?: boolean;
  /** Lists of which only the first element is printed. */
  firstOnly?: string[];
  /** Lists that are printed in their own order. */
  unordered?: string[];
  /** What a field that is not printed has. */
  defaults?: Record<string, string>;
  /** Values that leave the choice to the target. */
  open?: Record<string, string>;
  /** The length is the target's own choice. */
  ownLength?: boolean;
  /** A key of the keyring is printed in the clear. */
  printsKeyringKeys?: boolean;
  /** The words of a constructor as TABLE would print them. */
  printed?: (words: string[]) => string[];
  /** Where the kernel does it. */
  source: string;
}

export const QUIRKS: { readonly [T in TargetType]?: Quirk } = {
  error: {
    ignored: ['device', 'offset'],
    source: 'drivers/md/dm-target.c: prints nothing; before 1.7.0 the words are not even read',
  },
  crypt: { defaults: { sectorSize: '512' }, source: 'drivers/md/dm-crypt.c crypt_status: 512 is not printed' },
  integrity: {
    printsMore: true,
    ignored: [
      'journalSectors',
      'interleaveSectors',
      'bufferSectors',
      'journalWatermark',
      'commitTime',
      'sectorsPerBit',
      'bitmapFlushInterval',
      'recalculate',
      'fixPadding',
      'fixHmac',
      'legacyRecalculate',
    ],
    defaults: { blockSize: '512' },
    source: 'drivers/md/dm-integrity.c dm_integrity_status: prints what came of it, and what the superblock says',
  },
  multipath: {
    ignored: ['retainAttachedHwHandler', 'initialGroup', 'selectorArguments', 'pathArguments', 'arguments'],
    firstOnly: ['hardwareHandler'],
    defaults: { queueMode: 'rq' },
    source:
      'drivers/md/dm-mpath.c multipath_status: the current group, the handler without its arguments, those of the selector as it took them',
  },
  raid: {
    printsMore: true,
    ignored: ['sync', 'rebuild', 'deltaDisks', 'dataOffset', 'stripeCache', 'maxWriteBehind'],
    open: { daemonSleep: '0' },
    unordered: ['writeMostly'],
    source:
      'drivers/md/dm-raid.c raid_status: what the superblocks say once it runs, rs_set_raid456_stripe_cache: a least size, ' +
      'parse_raid_params: half of max_write_behind',
  },
  snapshot: {
    open: { chunkSize: '0' },
    source: 'drivers/md/dm-exception-store.c dm_exception_store_create: 0 is read from the store',
  },
  'snapshot-merge': {
    open: { chunkSize: '0' },
    source: 'drivers/md/dm-exception-store.c dm_exception_store_create: 0 is read from the store',
  },
  zoned: { ownLength: true, source: 'drivers/md/dm-zoned-target.c dmz_ctr: sets ti->len' },
  pcache: {
    printsMore: true,
    printed: (words) => words.map((word) => (word === 'data_crc' ? 'crc' : word)),
    source: 'drivers/md/dm-pcache/dm_pcache.c dm_pcache_status: crc',
  },
  inlinecrypt: {
    ignored: ['keyTypeNumber', 'keyType'],
    defaults: { sectorSize: '512' },
    printsKeyringKeys: true,
    printed: ([cipher, key, ...rest]) => [cipher ?? '', key ?? '', '0', ...rest],
    source: 'drivers/md/dm-inlinecrypt.c inlinecrypt_status: the number of the key type behind the key',
  },
};

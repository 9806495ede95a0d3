/** Targets over several devices: raid, mirrors, paths; and vdo. */
import { raid } from '../../../../assembly/tables/targets/raid.ts';
import { type Accepted, breaks, type Refused, takes } from './case.ts';

const [TYPE] = raid.params;
const TYPES = TYPE?.kind === 'oneOf' ? Object.values(TYPE.words) : [];
const PAIR = [{ data: '7:1' }, { metadata: '7:2', data: '7:3' }];
const DEVICES = '2 - 7:1 7:2 7:3';
const RAID = { raidType: 'raid5_n', chunkSize: 128, devices: PAIR };
const RAID1 = { ...RAID, raidType: 'raid1', chunkSize: 0 };
const RAID10 = { ...RAID, raidType: 'raid10' };
const raided = (what: string, fields: Record<string, unknown>, words: string, rule?: string): Accepted =>
  takes('raid', 4096, what, fields, `${words} ${DEVICES}`, rule);

const MIRRORS = [
  { device: '7:0', offset: 0 },
  { device: '7:1', offset: 9 },
];
const MIRROR = { log: 'core', regionSize: 128, mirrors: MIRRORS };
const MIRROR_WORDS = '2 7:0 0 7:1 9';

const PATHS = [
  { device: '7:0', arguments: ['1000'] },
  { device: '7:1', arguments: ['1'] },
];
const GROUP = { selector: 'round-robin', selectorArguments: [], pathArguments: 1, paths: PATHS };
const GROUP_WORDS = 'round-robin 0 2 1 7:0 1000 7:1 1';

const HANDLED = { selector: 'historical-service-time', selectorArguments: ['1', '2'], pathArguments: 0 };

const VDO = {
  storageDevice: '7:0',
  physicalBlocks: 524288,
  logicalBlockSize: '4096',
  blockMapCacheBlocks: 32768,
  blockMapEraLength: 16380,
};
const VDO_WORDS = 'V4 7:0 524288 4096 32768 16380';

export const ACCEPTED: readonly Accepted[] = [
  ...TYPES.map((raidType) => raided(raidType, { ...RAID, raidType }, `${raidType} 1 128`)),
  raided('a chunk of eight sectors', { ...RAID, chunkSize: 8 }, 'raid5_n 1 8', 'raid_chunk_size'),
  raided('a chunk that raid1 does not look at', { ...RAID1, chunkSize: 5 }, 'raid1 1 5'),
  takes(
    'raid',
    4096,
    'devices that are missing',
    { ...RAID1, devices: [{}, { metadata: '', data: '7:3' }] },
    'raid1 1 0 2 - - - 7:3',
  ),
  takes(
    'raid',
    4096,
    'metadata on every device',
    { ...RAID1, devices: PAIR.toReversed() },
    'raid1 1 0 2 7:2 7:3 - 7:1',
  ),
  raided(
    'regions as large as chunks',
    { ...RAID, regionSize: 128 },
    'raid5_n 3 128 region_size 128',
    'raid_region_size',
  ),
  raided('a region as large as the target', { ...RAID, regionSize: 4096 }, 'raid5_n 3 128 region_size 4096'),
  raided('a known state', { ...RAID, sync: 'sync' }, 'raid5_n 2 128 sync'),
  raided('an unknown state', { ...RAID, sync: 'nosync' }, 'raid5_n 2 128 nosync'),
  raided(
    'two devices to rebuild',
    { ...RAID, rebuild: [0, 1] },
    'raid5_n 5 128 rebuild 0 rebuild 1',
    'raid_rebuild_conflict',
  ),
  raided(
    'options of every kind',
    {
      ...RAID,
      daemonSleep: 1,
      minRecoveryRate: 2,
      maxRecoveryRate: 2147483647,
      stripeCache: 3,
      dataOffset: 0,
      deltaDisks: -2,
    },
    'raid5_n 13 128 daemon_sleep 1 min_recovery_rate 2 max_recovery_rate 2147483647 stripe_cache 3 data_offset 0 delta_disks -2',
    'raid_only_raid456',
  ),
  raided(
    'options of raid1',
    { ...RAID1, writeMostly: [1], maxWriteBehind: 256 },
    'raid1 5 0 write_mostly 1 max_write_behind 256',
    'raid_only_raid1',
  ),
  ...['near', 'far', 'offset'].map((raid10Format) =>
    raided(
      `options of raid10, ${raid10Format}`,
      { ...RAID10, raid10Copies: 2, raid10Format, raid10UseNearSets: true },
      `raid10 6 128 raid10_copies 2 raid10_format ${raid10Format} raid10_use_near_sets`,
      'raid_only_raid10',
    ),
  ),
  ...['writethrough', 'writeback'].map((journalMode) =>
    raided(
      `a journal, ${journalMode}`,
      { ...RAID, journalDevice: '7:9', journalMode },
      `raid5_n 5 128 journal_dev 7:9 journal_mode ${journalMode}`,
      'raid_journal_mode_alone',
    ),
  ),
  raided('the smallest data offset', { ...RAID, dataOffset: 32 }, 'raid5_n 3 128 data_offset 32', 'raid_data_offset'),
  takes('mirror', 128, 'a log in memory', MIRROR, `core 1 128 ${MIRROR_WORDS}`, 'mirror_region_size'),
  takes('mirror', 128, 'a log that is in sync', { ...MIRROR, sync: 'sync' }, `core 2 128 sync ${MIRROR_WORDS}`),
  takes(
    'mirror',
    128,
    'a log on a device',
    { ...MIRROR, log: 'disk', logDevice: '7:9', sync: 'nosync' },
    `disk 3 7:9 128 nosync ${MIRROR_WORDS}`,
  ),
  takes(
    'mirror',
    128,
    'errors handled',
    { ...MIRROR, handleErrors: true },
    `core 1 128 ${MIRROR_WORDS} 1 handle_errors`,
  ),
  takes(
    'mirror',
    128,
    'a log that is kept',
    { ...MIRROR, handleErrors: true, keepLog: true },
    `core 1 128 ${MIRROR_WORDS} 2 handle_errors keep_log`,
    'mirror_keep_log',
  ),
  takes('multipath', 8, 'no group', { initialGroup: 0 }, '0 0 0 0', 'multipath_initial_group'),
  takes('multipath', 8, 'one group', { initialGroup: 1, groups: [GROUP] }, `0 0 1 1 ${GROUP_WORDS}`),
  takes(
    'multipath',
    8,
    'every option, a handler and two groups',
    {
      queueIfNoPath: true,
      retainAttachedHwHandler: true,
      pgInitRetries: 50,
      pgInitDelay: 0,
      queueMode: 'mq',
      hardwareHandler: ['emc', 'x'],
      initialGroup: 2,
      groups: [
        GROUP,
        { selector: 'queue-length', selectorArguments: ['a', 'b'], pathArguments: 0, paths: [{ device: '7:2' }] },
      ],
    },
    `8 queue_if_no_path retain_attached_hw_handler pg_init_retries 50 pg_init_delay_msecs 0 queue_mode mq 2 emc x 2 2 ${GROUP_WORDS} queue-length 2 a b 1 0 7:2`,
  ),
  takes(
    'multipath',
    8,
    'arguments of a selector',
    { initialGroup: 1, groups: [{ ...HANDLED, paths: [{ device: '7:0' }] }] },
    '0 0 1 1 historical-service-time 2 1 2 1 0 7:0',
  ),
  ...['bio', 'rq'].map((queueMode) =>
    takes('multipath', 8, `queue mode ${queueMode}`, { queueMode, initialGroup: 0 }, `2 queue_mode ${queueMode} 0 0 0`),
  ),
  takes('vdo', 8, 'no option', VDO, VDO_WORDS, 'vdo_length_not_blocks'),
  takes('vdo', 2n ** 43n, 'the longest', VDO, VDO_WORDS, 'vdo_too_long'),
  takes('vdo', 8, 'sectors of 512 bytes', { ...VDO, logicalBlockSize: '512' }, VDO_WORDS.replace('4096', '512')),
  takes(
    'vdo',
    8,
    'no zone',
    { ...VDO, hashZones: 0, logicalZones: 0, physicalZones: 0 },
    `${VDO_WORDS} hash 0 logical 0 physical 0`,
    'vdo_zones',
  ),
  takes(
    'vdo',
    8,
    'a cache that is large enough',
    { ...VDO, hashZones: 1, logicalZones: 8, physicalZones: 1 },
    `${VDO_WORDS} hash 1 logical 8 physical 1`,
    'vdo_cache_too_small',
  ),
  takes(
    'vdo',
    8,
    'every option on',
    {
      ...VDO,
      maxDiscard: 1,
      ackThreads: 0,
      bioThreads: 1,
      bioRotationInterval: 1024,
      cpuThreads: 100,
      hashZones: 1,
      logicalZones: 1,
      physicalZones: 16,
      deduplication: 'on',
      compression: 'on',
      indexSparse: 'on',
      indexMemory: '0.25',
      slabSize: 8192,
    },
    `${VDO_WORDS} maxDiscard 1 ack 0 bio 1 bioRotationInterval 1024 cpu 100 hash 1 logical 1 physical 16 deduplication on compression on indexSparse on indexMemory 0.25 slabSize 8192`,
  ),
  takes(
    'vdo',
    8,
    'every option off',
    { ...VDO, deduplication: 'off', compression: 'off', indexSparse: 'off' },
    `${VDO_WORDS} deduplication off compression off indexSparse off`,
  ),
];

const broken = (what: string, fields: Record<string, unknown>, words: string, name: string, path: string): Refused =>
  breaks('raid', 4096, what, fields, `${words} ${DEVICES}`, name, path);

export const REFUSED: readonly Refused[] = [
  broken('a chunk of four sectors', { ...RAID, chunkSize: 4 }, 'raid5_n 1 4', 'raid_chunk_size', 'chunkSize'),
  broken('a chunk of 24 sectors', { ...RAID, chunkSize: 24 }, 'raid5_n 1 24', 'raid_chunk_size', 'chunkSize'),
  broken('no chunk', { ...RAID, chunkSize: 0 }, 'raid5_n 1 0', 'raid_chunk_size', 'chunkSize'),
  broken(
    'regions smaller than chunks',
    { ...RAID, regionSize: 64 },
    'raid5_n 3 128 region_size 64',
    'raid_region_size',
    'regionSize',
  ),
  broken(
    'regions of 192 sectors',
    { ...RAID, regionSize: 192 },
    'raid5_n 3 128 region_size 192',
    'raid_region_size',
    'regionSize',
  ),
  broken(
    'a region larger than the target',
    { ...RAID, regionSize: 8192 },
    'raid5_n 3 128 region_size 8192',
    'raid_region_size',
    'regionSize',
  ),
  breaks(
    'raid',
    2n ** 40n,
    'more than 2^21 regions',
    { ...RAID, regionSize: 128 },
    `raid5_n 3 128 region_size 128 ${DEVICES}`,
    'raid_region_size',
    'regionSize',
  ),
  broken(
    'a rebuild of what is in sync',
    { ...RAID, sync: 'sync', rebuild: [0] },
    'raid5_n 4 128 sync rebuild 0',
    'raid_rebuild_conflict',
    'rebuild',
  ),
  broken(
    'write_mostly for raid5',
    { ...RAID, writeMostly: [0] },
    'raid5_n 3 128 write_mostly 0',
    'raid_only_raid1',
    'raidType',
  ),
  broken(
    'writes behind for raid10',
    { ...RAID10, maxWriteBehind: 1 },
    'raid10 3 128 max_write_behind 1',
    'raid_only_raid1',
    'raidType',
  ),
  broken(
    'a stripe cache for raid1',
    { ...RAID1, stripeCache: 1 },
    'raid1 3 0 stripe_cache 1',
    'raid_only_raid456',
    'raidType',
  ),
  broken(
    'a journal for raid10',
    { ...RAID10, journalDevice: '7:9' },
    'raid10 3 128 journal_dev 7:9',
    'raid_only_raid456',
    'raidType',
  ),
  broken(
    'copies of raid10 for raid1',
    { ...RAID1, raid10Copies: 2 },
    'raid1 3 0 raid10_copies 2',
    'raid_only_raid10',
    'raidType',
  ),
  broken(
    'a format of raid10 for raid5',
    { ...RAID, raid10Format: 'far' },
    'raid5_n 3 128 raid10_format far',
    'raid_only_raid10',
    'raidType',
  ),
  broken(
    'near sets for raid5',
    { ...RAID, raid10UseNearSets: true },
    'raid5_n 2 128 raid10_use_near_sets',
    'raid_only_raid10',
    'raidType',
  ),
  broken(
    'a journal mode without a journal',
    { ...RAID, journalMode: 'writeback' },
    'raid5_n 3 128 journal_mode writeback',
    'raid_journal_mode_alone',
    'journalMode',
  ),
  broken(
    'a data offset of 24 sectors',
    { ...RAID, dataOffset: 24 },
    'raid5_n 3 128 data_offset 24',
    'raid_data_offset',
    'dataOffset',
  ),
  broken(
    'a data offset of 33 sectors',
    { ...RAID, dataOffset: 33 },
    'raid5_n 3 128 data_offset 33',
    'raid_data_offset',
    'dataOffset',
  ),
  breaks(
    'mirror',
    127,
    'a region larger than the target',
    MIRROR,
    `core 1 128 ${MIRROR_WORDS}`,
    'mirror_region_size',
    'regionSize',
  ),
  breaks(
    'mirror',
    128,
    'a log that is kept in spite of errors',
    { ...MIRROR, keepLog: true },
    `core 1 128 ${MIRROR_WORDS} 1 keep_log`,
    'mirror_keep_log',
    'keepLog',
  ),
  breaks(
    'multipath',
    8,
    'no group to begin with',
    { initialGroup: 0, groups: [GROUP] },
    `0 0 1 0 ${GROUP_WORDS}`,
    'multipath_initial_group',
    'initialGroup',
  ),
  breaks(
    'multipath',
    8,
    'a group that does not exist',
    { initialGroup: 2, groups: [GROUP] },
    `0 0 1 2 ${GROUP_WORDS}`,
    'multipath_initial_group',
    'initialGroup',
  ),
  breaks(
    'multipath',
    8,
    'a first group of none',
    { initialGroup: 1, groups: [] },
    '0 0 0 1',
    'multipath_initial_group',
    'initialGroup',
  ),
  breaks('vdo', 12, 'a block and a half', VDO, VDO_WORDS, 'vdo_length_not_blocks', 'length'),
  breaks('vdo', 2n ** 43n + 8n, 'one block too long', VDO, VDO_WORDS, 'vdo_too_long', 'length'),
  breaks('vdo', 8, 'hash zones alone', { ...VDO, hashZones: 1 }, `${VDO_WORDS} hash 1`, 'vdo_zones', 'hashZones'),
  breaks(
    'vdo',
    8,
    'no physical zone beside others',
    { ...VDO, hashZones: 1, logicalZones: 1, physicalZones: 0 },
    `${VDO_WORDS} hash 1 logical 1 physical 0`,
    'vdo_zones',
    'hashZones',
  ),
  breaks(
    'vdo',
    8,
    'a cache of one page too few for its zones',
    { ...VDO, blockMapCacheBlocks: 32767, hashZones: 1, logicalZones: 8, physicalZones: 1 },
    'V4 7:0 524288 4096 32767 16380 hash 1 logical 8 physical 1',
    'vdo_cache_too_small',
    'blockMapCacheBlocks',
  ),
];

/** MD RAID: every type, option and rule. */
import { raid } from '../../../../assembly/tables/targets/raid.ts';
import { type Accepted, breaks, type Refused, takes } from './case.ts';

const [TYPE] = raid.params;
const TYPES = TYPE?.kind === 'oneOf' ? Object.values(TYPE.words) : [];
const PAIR = [{ data: '7:1' }, { metadata: '7:2', data: '7:3' }];
const DEVICES = '2 - 7:1 7:2 7:3';
const FOUR = [...PAIR, { data: '7:4' }, { data: '7:5' }];
const FOUR_WORDS = '4 - 7:1 7:2 7:3 - 7:4 - 7:5';
const RAID = { raidType: 'raid5_n', chunkSize: 128, devices: PAIR };
const RAID1 = { ...RAID, raidType: 'raid1', chunkSize: 0 };
const RAID10 = { ...RAID, raidType: 'raid10' };
const RAID6 = { ...RAID, raidType: 'raid6_zr', devices: FOUR };
const raided = (what: string, fields: Record<string, unknown>, words: string, rule?: string): Accepted =>
  takes('raid', 4096, what, fields, `${words} ${DEVICES}`, rule);
const onFour = (what: string, fields: Record<string, unknown>, words: string, rule?: string): Accepted =>
  takes('raid', 4096, what, { ...fields, devices: FOUR }, `${words} ${FOUR_WORDS}`, rule);
const broken = (what: string, fields: Record<string, unknown>, words: string, name: string, path: string): Refused =>
  breaks('raid', 4096, what, fields, `${words} ${DEVICES}`, name, path);

export const ACCEPTED: readonly Accepted[] = [
  ...TYPES.map((raidType) =>
    (raidType.startsWith('raid6') ? onFour : raided)(raidType, { ...RAID, raidType }, `${raidType} 1 128`),
  ),
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
  raided(
    'options of raid10, near',
    { ...RAID10, raid10Copies: 2, raid10Format: 'near' },
    'raid10 5 128 raid10_copies 2 raid10_format near',
    'raid_only_raid10',
  ),
  ...['far', 'offset'].map((raid10Format) =>
    raided(
      `options of raid10, ${raid10Format}`,
      { ...RAID10, raid10Copies: 2, raid10Format, raid10UseNearSets: true },
      `raid10 6 128 raid10_copies 2 raid10_format ${raid10Format} raid10_use_near_sets`,
      'raid_near_sets',
    ),
  ),
  onFour('the fewest devices of raid6', RAID6, 'raid6_zr 1 128', 'raid_too_few_devices'),
  onFour('as many copies as devices', { ...RAID10, raid10Copies: 4 }, 'raid10 3 128 raid10_copies 4'),
  takes(
    'raid',
    4095,
    'a length that the data devices share',
    { ...RAID, devices: FOUR },
    `raid5_n 1 128 ${FOUR_WORDS}`,
    'raid_length_not_divisible',
  ),
  takes(
    'raid',
    4095,
    'a length whose copies the devices share',
    { ...RAID10, raid10Copies: 4, devices: FOUR },
    `raid10 3 128 raid10_copies 4 ${FOUR_WORDS}`,
  ),
  raided(
    'a data offset of raid0',
    { ...RAID, raidType: 'raid0', dataOffset: 32 },
    'raid0 3 128 data_offset 32',
    'raid_raid0_option',
  ),
  onFour('raid6 that is in sync', { ...RAID6, sync: 'sync' }, 'raid6_zr 2 128 sync', 'raid_raid6_nosync'),
  raided('the most devices added', { ...RAID, deltaDisks: 251 }, 'raid5_n 3 128 delta_disks 251', 'raid_delta_disks'),
  onFour('the most devices added to raid6', { ...RAID6, deltaDisks: 249 }, 'raid6_zr 3 128 delta_disks 249'),
  onFour('the most devices taken from raid6', { ...RAID6, deltaDisks: -249 }, 'raid6_zr 3 128 delta_disks -249'),
  raided('a device added to raid10', { ...RAID10, deltaDisks: 1 }, 'raid10 3 128 delta_disks 1'),
  raided('the last device to rebuild', { ...RAID, rebuild: [1] }, 'raid5_n 3 128 rebuild 1', 'raid_rebuild_index'),
  onFour('devices to rebuild in any order', { ...RAID6, rebuild: [3, 0] }, 'raid6_zr 5 128 rebuild 3 rebuild 0'),
  onFour(
    'all devices but one mostly written',
    { ...RAID1, writeMostly: [3, 1, 0] },
    'raid1 7 0 write_mostly 3 write_mostly 1 write_mostly 0',
    'raid_write_mostly_index',
  ),
  raided(
    'recovery at one rate',
    { ...RAID, minRecoveryRate: 7, maxRecoveryRate: 7 },
    'raid5_n 5 128 min_recovery_rate 7 max_recovery_rate 7',
    'raid_recovery_rates',
  ),
  raided(
    'recovery without a largest rate',
    { ...RAID, minRecoveryRate: 7, maxRecoveryRate: 0 },
    'raid5_n 5 128 min_recovery_rate 7 max_recovery_rate 0',
  ),
  takes(
    'raid',
    4096,
    'a rebuild beside a device that is missing',
    { ...RAID1, rebuild: [0], devices: [{ data: '7:1' }, {}] },
    'raid1 3 0 rebuild 0 2 - 7:1 - -',
    'raid_rebuild_missing',
  ),
  takes(
    'raid',
    4096,
    'a device that is missing behind one with metadata',
    { ...RAID1, devices: [{ metadata: '7:2', data: '7:3' }, {}] },
    'raid1 1 0 2 7:2 7:3 - -',
    'raid_metadata_alone',
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
];

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
    'raid',
    4096,
    'metadata of a device that is missing',
    { ...RAID, devices: [PAIR[0], { metadata: '7:2' }] },
    'raid5_n 1 128 2 - 7:1 7:2 -',
    'raid_metadata_alone',
    'devices[1].metadata',
  ),
  broken('two devices for raid6', { ...RAID6, devices: PAIR }, 'raid6_zr 1 128', 'raid_too_few_devices', 'devices'),
  breaks(
    'raid',
    4096,
    'three devices for raid6',
    { ...RAID6, devices: FOUR.slice(0, 3) },
    'raid6_zr 1 128 3 - 7:1 7:2 7:3 - 7:4',
    'raid_too_few_devices',
    'devices',
  ),
  ...['raid4', 'raid5_n', 'raid10'].map((raidType) =>
    breaks(
      'raid',
      4096,
      `one device for ${raidType}`,
      { ...RAID, raidType, devices: [{ data: '7:1' }] },
      `${raidType} 1 128 1 - 7:1`,
      'raid_too_few_devices',
      'devices',
    ),
  ),
  broken(
    'more copies than devices',
    { ...RAID10, raid10Copies: 3 },
    'raid10 3 128 raid10_copies 3',
    'raid_too_few_devices',
    'devices',
  ),
  ...[
    { raidType: 'raid0', length: 4094 },
    { raidType: 'raid5_n', length: 4096 },
    { raidType: 'raid6_zr', length: 4097 },
    { raidType: 'raid10', length: 4095 },
  ].map(({ raidType, length }) =>
    breaks(
      'raid',
      length,
      `${length} sectors for four devices of ${raidType}`,
      { ...RAID, raidType, devices: FOUR },
      `${raidType} 1 128 ${FOUR_WORDS}`,
      'raid_length_not_divisible',
      'length',
    ),
  ),
  ...[
    { field: 'sync', value: 'sync', words: 'sync' },
    { field: 'rebuild', value: [0], words: 'rebuild 0' },
    { field: 'daemonSleep', value: 1, words: 'daemon_sleep 1' },
    { field: 'minRecoveryRate', value: 1, words: 'min_recovery_rate 1' },
    { field: 'maxRecoveryRate', value: 1, words: 'max_recovery_rate 1' },
    { field: 'regionSize', value: 128, words: 'region_size 128' },
    { field: 'deltaDisks', value: 1, words: 'delta_disks 1' },
  ].map(({ field, value, words }) =>
    broken(
      `${field} of raid0`,
      { ...RAID, raidType: 'raid0', [field]: value },
      `raid0 ${words.split(' ').length + 1} 128 ${words}`,
      'raid_raid0_option',
      'raidType',
    ),
  ),
  breaks(
    'raid',
    4096,
    'raid6 in an unknown state',
    { ...RAID6, sync: 'nosync' },
    `raid6_zr 2 128 nosync ${FOUR_WORDS}`,
    'raid_raid6_nosync',
    'sync',
  ),
  ...[0, 250, -250].map((deltaDisks) =>
    breaks(
      'raid',
      4096,
      `${deltaDisks} devices added to raid6`,
      { ...RAID6, deltaDisks },
      `raid6_zr 3 128 delta_disks ${deltaDisks} ${FOUR_WORDS}`,
      'raid_delta_disks',
      'deltaDisks',
    ),
  ),
  broken(
    'a device taken from raid10',
    { ...RAID10, deltaDisks: -1 },
    'raid10 3 128 delta_disks -1',
    'raid_delta_disks',
    'deltaDisks',
  ),
  broken(
    'near sets of nothing',
    { ...RAID10, raid10UseNearSets: true },
    'raid10 2 128 raid10_use_near_sets',
    'raid_near_sets',
    'raid10UseNearSets',
  ),
  broken(
    'near sets of near copies',
    { ...RAID10, raid10Format: 'near', raid10UseNearSets: true },
    'raid10 4 128 raid10_format near raid10_use_near_sets',
    'raid_near_sets',
    'raid10UseNearSets',
  ),
  broken(
    'a device to rebuild that does not exist',
    { ...RAID, rebuild: [2, 0] },
    'raid5_n 5 128 rebuild 2 rebuild 0',
    'raid_rebuild_index',
    'rebuild',
  ),
  broken(
    'a device mostly written that does not exist',
    { ...RAID1, writeMostly: [2] },
    'raid1 3 0 write_mostly 2',
    'raid_write_mostly_index',
    'writeMostly',
  ),
  broken(
    'all devices mostly written',
    { ...RAID1, writeMostly: [0, 1] },
    'raid1 5 0 write_mostly 0 write_mostly 1',
    'raid_write_mostly_index',
    'writeMostly',
  ),
  broken(
    'a smallest recovery rate above the largest',
    { ...RAID, minRecoveryRate: 8, maxRecoveryRate: 7 },
    'raid5_n 5 128 min_recovery_rate 8 max_recovery_rate 7',
    'raid_recovery_rates',
    'minRecoveryRate',
  ),
  breaks(
    'raid',
    4096,
    'a rebuild of a device that is missing',
    { ...RAID1, rebuild: [1], devices: [PAIR[0], {}] },
    'raid1 3 0 rebuild 1 2 - 7:1 - -',
    'raid_rebuild_missing',
    'devices[1].data',
  ),
];

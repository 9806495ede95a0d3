/**
 * What planner and kernel judge differently on purpose, each with its reason. The differential test explains with these
 * lists whatever is not judged the same, and tries every example: an entry that has come to nothing fails there.
 */

export interface Difference {
  /** Names of the planner's errors that say the same as the kernel here. */
  same?: string;
  /** Types of targets, or `*`. */
  target: string;
  /** Names of the planner's errors. */
  error?: string;
  /** What the planner's message, or `errno n` and the kernel's log, have to say. */
  says?: RegExp;
  /** What the table's params have to hold. */
  words?: RegExp;
  /** All of them where there are none. */
  kernels?: readonly string[];
  reason: string;
  /** A line of a table that is judged differently for this reason. */
  example: string;
}

/** Tables that a kernel does not survive, so that it is not handed them. */
export interface Harmful {
  target: string;
  kernels: readonly string[];
  /** Of the params; any where there is none. */
  words?: RegExp;
  /** The places of two words that name one device, whichever way they spell it. */
  oneDevice?: readonly [number, number];
  /** In sectors, or more. */
  length?: bigint;
  /** The planner's error; none where two paths do not show that they lead to one device. */
  error?: string;
  reason: string;
  example: string;
}

export const HARMFUL: readonly Harmful[] = [
  {
    target: 'thin-pool',
    kernels: ['6.1', '6.12', '7.2'],
    words: /read_only/i,
    oneDevice: [0, 1],
    reason:
      'metadata and data on one device under two paths, read_only: dm_get_device opens it a second time for writing, and pool_ctr keeps the dm_dev that is freed by that (upgrade_mode)',
    example: '0 2048 thin-pool /dev/loop8 7:8 128 0 1 read_only',
  },
  {
    target: 'thin',
    kernels: ['6.1', '6.12', '7.2'],
    oneDevice: [0, 2],
    reason:
      'the pool as its own external origin under another path: dm_get_device opens it a second time for writing, and thin_ctr keeps the dm_dev that is freed by that (upgrade_mode)',
    example: '0 2048 thin /dev/mapper/dmplan-pool 0 254:0',
  },
  {
    target: 'snapshot snapshot-merge',
    kernels: ['7.2'],
    words: /^(?!\S+ \S+ \S+ (512|1024) ).*discard_zeroes_cow/i,
    reason:
      'snapshot_io_hints gives the chunk in sectors as the granularity in bytes: below 512 it is 0 sectors, and queue_limit_discard_alignment divides by it',
    error: 'snapshot_discard_chunk snapshot_merge_discard_chunk',
    example: '0 2048 snapshot /dev/loop2 /dev/loop3 P 16 1 discard_zeroes_cow',
  },
  {
    target: 'cache',
    kernels: ['6.1', '6.12', '7.2'],
    length: (1n << 45n) + (1n << 31n),
    reason:
      'cache_ctr grows the size of discard blocks until 2^14 are enough, past the 32 bits it keeps, and divides by 0',
    error: 'cache_too_long',
    example: '0 35186519572480 cache /dev/loop8 /dev/loop12 /dev/loop0 128 0 smq 0',
  },
];

/** The disks of the differential test whose sectors have 4 KiB. */
const SECTORS_4K = /(\bloop|\b7:)1[3-7]\b/;

/** What only the kernel can know: the planner plans it, the kernel refuses it. */
export const KERNEL_ALONE: readonly Difference[] = [
  {
    target: 'crypt',
    says: /Bad cipher specification/,
    words: /^(?!.*integrity:\d+:aead)/i,
    reason: 'which ciphers there are: one that is spelled Capi: is none',
    example:
      '0 8 crypt CAPI:xts(aes)-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0 /dev/loop0 0',
  },
  {
    target: 'raid',
    says: /cannot start dirty degraded array/,
    reason: 'whether md holds the set to be in sync: there is nothing to rebuild a new one from',
    example: '0 24576 raid raid4 3 64 rebuild 1 3 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6',
  },
  {
    target: 'writecache',
    says: /Invalid optional argument/,
    words: /start_sector \d{6,}/,
    reason: 'whether the start is inside the device',
    example: '0 2048 writecache s /dev/loop2 /dev/loop4 512 2 start_sector 1000000',
  },
  {
    target: 'clone',
    says: /Failed to resize on-disk bitset/,
    reason: 'how large the metadata device is',
    example: '0 4294967296 clone /dev/loop8 /dev/loop0 /dev/loop1 8',
  },
  {
    target: '*',
    says: /too small for target|Device size larger than|[Nn]ot enough provided sectors|Component device\(s\) too small|access beyond end of device|integrity: Error reading superblock \(-EIO\)/,
    same: 'linear_past_last_sector',
    reason: 'how large a device is',
    example: '0 1048576 linear /dev/loop2 0',
  },
  {
    target: 'era clone cache thin-pool',
    says: /superblock validator check failed|sb_check failed|Superblock check failed|changing the data block size|don't match the ones in metadata/,
    reason: 'whether there is metadata on the device, or zeros',
    example: '0 8 thin-pool /dev/loop9 /dev/loop2 128 0',
  },
  {
    target: 'snapshot snapshot-merge thin-pool',
    says: /COW device cannot be the same as origin device|Error setting metadata or data device/,
    same: 'snapshot_same_device snapshot_merge_same_device thin_pool_same_device',
    reason: 'whether two paths lead to one device',
    example: '0 8 snapshot 7:2 /dev/loop2 P 16',
  },
  {
    target: 'thin',
    says: /Couldn't open thin internal device/,
    reason: 'which devices are in the pool',
    example: '0 8 thin /dev/mapper/dmplan-pool 7',
  },
  {
    target: 'thin',
    says: /Couldn't get pool mapped device|Couldn't open pool/,
    reason: 'whether the device is a pool',
    example: '0 8 thin /dev/loop2 0',
  },
  {
    target: 'writecache verity',
    says: /Invalid block size|Invalid data device block size/,
    reason: 'a block is at most a page: how large that is',
    example: '0 128 writecache s /dev/loop2 /dev/loop4 65536 0',
  },
  {
    target: 'integrity',
    says: /Could not initialize superblock/,
    reason: 'how large the device is, for so large a run of data',
    example: '0 8 integrity /dev/loop4 8 255 J 2 internal_hash:sha256 meta_device:/dev/loop8',
  },
  {
    target: '*',
    says: /lookup failed/,
    words: /\/DEV\//,
    reason: 'which devices there are: the letters of a path have a case',
    example: '0 8 integrity /dev/loop4 0 4 J 1 meta_device:/DEV/LOOP8',
  },
  {
    target: '*',
    says: /errno 12:/,
    reason: 'how much memory there is',
    example: '0 18014398509481975 switch 1 1 0 /dev/loop1 1',
  },
  {
    target: 'raid',
    says: /New device injected into existing raid set|cannot be injected into a raid set with/,
    reason: 'what md finds on the devices: whether the set is a new one',
    example: '0 24576 raid raid1 1 0 2 /dev/loop8 /dev/loop4 - -',
  },
  {
    target: 'raid',
    says: /unsupported raid10 layout|not enough operational mirrors/,
    reason: 'the layout of raid10: which device holds a copy of which',
    example:
      '0 24576 raid raid10 5 128 rebuild 0 rebuild 1 4 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6 /dev/loop11 /dev/loop7',
  },
  {
    target: '*',
    says: /not aligned to h\/w logical block size 4096/,
    words: SECTORS_4K,
    reason: 'how large the sectors of a device are',
    example: '0 8 linear /dev/loop13 1',
  },
  {
    target: 'snapshot snapshot-merge',
    says: /Couldn't create exception store/,
    words: SECTORS_4K,
    reason: 'how large the sectors of a device are: a chunk has whole ones',
    example: '0 128 snapshot /dev/loop15 /dev/loop16 N 1',
  },
  {
    target: 'writecache',
    says: /Block size is smaller than device logical block size/,
    words: SECTORS_4K,
    reason: 'how large the sectors of a device are: a block has whole ones',
    example: '0 8 writecache s /dev/loop2 /dev/loop16 512 0',
  },
  {
    target: 'verity',
    says: /Invalid hash device block size|Invalid data device block size/,
    words: SECTORS_4K,
    reason: 'how large the sectors of a device are: a block has whole ones',
    example:
      '0 8 verity 1 /dev/loop0 /dev/loop14 4096 1024 256 1 sha256 226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738 -',
  },
  {
    target: 'mirror',
    says: /log device \d+:\d+ too small/,
    reason: 'how large the log is',
    example: '0 4294967296 mirror disk 2 /dev/loop8 8 2 /dev/loop0 0 /dev/loop1 0',
  },
  {
    target: 'writecache',
    says: /Persistent memory or DAX not supported/,
    reason: 'whether the device is persistent memory',
    example: '0 2048 writecache p /dev/loop2 /dev/loop4 4096 0',
  },
  {
    target: 'writecache',
    says: /Invalid device size|errno 27/,
    reason: 'how large the cache is',
    example: '0 2048 writecache s /dev/loop2 /dev/loop4 512 2 start_sector 131071',
  },
  {
    target: 'thin-pool',
    says: /Error creating metadata object \(-EPERM\)/,
    reason: 'read_only needs metadata that is there',
    example: '0 8 thin-pool /dev/loop8 /dev/loop2 128 0 1 read_only',
  },
  {
    target: 'crypt',
    says: /Error allocating crypto tfm|Invalid IV mode|Error decoding and setting key|Error creating IV|IV mechanism required/,
    reason: 'which ciphers and keys there are, and which fit each other',
    example: '0 8 crypt aes-xts-plain64 - 0 /dev/loop0 0',
  },
  {
    target: 'integrity',
    says: /Invalid (internal hash|journal cipher|journal mac|journal hash) \((-ENOENT|-EINVAL|-EEXIST)\)/,
    reason: 'which algorithms there are',
    example: '0 8 integrity /dev/loop4 0 4 J 1 internal_hash:bogus',
  },
  {
    target: 'integrity',
    says: /Error setting (internal hash|journal mac|journal encryption|encryption) key/,
    reason: 'whether an algorithm takes a key',
    example: '0 8 integrity /dev/loop4 0 4 D 1 internal_hash:sha256:00112233',
  },
  {
    target: 'integrity',
    says: /Invalid mode \(expecting J, B, D, R\)/,
    kernels: ['6.1'],
    reason: 'mode I came with 1.12.0; a version belongs to options alone',
    example: '0 8 integrity /dev/loop4 0 4 I 1 internal_hash:crc32c',
  },
  {
    target: 'integrity',
    says: /Integrity profile not supported/,
    kernels: ['6.12', '7.2'],
    reason: 'mode I needs a device that keeps tags',
    example: '0 8 integrity /dev/loop4 0 4 I 1 internal_hash:crc32c',
  },
  {
    target: 'integrity',
    says: /Recalculating with HMAC is disabled/,
    words: /journal_mac:[^ :]+:/i,
    reason: 'whether the device has a superblock of fix_hmac',
    example:
      '0 8 integrity /dev/loop4 0 4 J 3 internal_hash:hmac(sha256):00112233 journal_mac:hmac(sha256):00112233 recalculate',
  },
  {
    target: 'flakey',
    says: /Unrecognised flakey feature requested|Invalid number of feature args/,
    kernels: ['6.1'],
    reason: 'error_reads and random_*_corrupt came under the same version 1.5.0, and with them the number of words',
    example: '0 8 flakey /dev/loop0 0 1 1 1 error_reads',
  },
  {
    target: 'verity',
    says: /Invalid number of feature args|Unrecognized verity feature request/,
    words: /fec_/,
    reason: 'whether the kernel was built with error correction (CONFIG_DM_VERITY_FEC)',
    example:
      '0 8 verity 1 /dev/loop0 /dev/loop1 4096 4096 256 0 sha256 226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738 - 8 use_fec_from_device /dev/loop1 fec_start 8192 fec_blocks 8192 fec_roots 2',
  },
  {
    target: 'verity',
    says: /Cannot initialize hash function/,
    reason: 'which algorithms there are',
    example:
      '0 8 verity 1 /dev/loop0 /dev/loop1 4096 4096 256 0 bogus 226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738 -',
  },
  {
    target: 'multipath',
    says: /unknown path selector type/,
    reason: 'which selectors there are: each is a module of its own',
    example: '0 8 multipath 0 0 1 1 historical-service-time 0 1 0 /dev/loop0',
  },
  {
    target: 'multipath',
    says: /ps: incorrect number of arguments|ps: invalid/,
    reason: 'arguments are up to the selector, a module of its own',
    example: '0 8 multipath 0 0 1 1 round-robin 0 1 2 /dev/loop0 1 1',
  },
  {
    target: 'cache',
    says: /Data block size is larger than the cache device/,
    reason: 'how large the cache is',
    example: '0 8 cache /dev/loop8 /dev/loop16 /dev/loop2 2097152 0 smq 0',
  },
  {
    target: 'cache',
    says: /bad config value for/,
    reason: 'keys and values are up to the policy, a module of its own',
    example: '0 8 cache /dev/loop8 /dev/loop12 /dev/loop2 128 0 smq 2 bogus 1',
  },
];

const WRAPS = 'sscanf lets a number wrap around: the kernel would take another one than is written';
const IGNORED = 'the kernel ignores what stands behind the counted words: it is no part of what is loaded';
const REPEATED = 'the kernel lets the last one win, or takes one twice: it is said once';

/** What the planner refuses although the kernel takes it. */
export const PLANNER_STRICTER: readonly Difference[] = [
  {
    target: 'verity',
    error: 'verity_data_too_large verity_hash_start_too_large verity_fec_too_large',
    reason: 'no device is as large: the kernel looks for what overflows alone',
    example:
      '0 8 verity 1 /dev/loop0 /dev/loop1 4096 4096 18014398509481984 1 sha256 226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738 -',
  },
  {
    target: 'integrity',
    error: 'out_of_range',
    says: /(journalSectors|bufferSectors|sectorsPerBit): 0 is outside/,
    reason: '0 means the default, which leaving it out says',
    example: '0 8 integrity /dev/loop4 0 4 J 1 buffer_sectors:0',
  },
  {
    target: '*',
    error: 'bad_number',
    says: /"[+-]?\d+" is not/,
    reason: 'a number has one spelling; a minus wraps around',
    example: '0 8 linear /dev/loop0 08',
  },
  {
    target: '*',
    error: 'bad_device',
    reason: 'a relative path depends on who asks, and a number has one spelling',
    example: '0 8 linear 07:0 0',
  },
  {
    target: '*',
    error: 'number_too_large out_of_range list_too_long',
    says: /does not fit into 64 bits|(\d{10,}) is outside|has \d{10,} elements/,
    reason: WRAPS,
    example: '0 8 multipath 0 0 0 4294967296',
  },
  {
    target: 'error',
    error: 'extra_word missing_word bad_number out_of_range number_too_large bad_device',
    reason: 'the kernel ignores words that it does not understand',
    example: '0 8 error /dev/loop0',
  },
  {
    target: 'log-writes raid',
    error: 'extra_word',
    reason: IGNORED,
    example: '0 8 log-writes /dev/loop0 /dev/loop2 0',
  },
  {
    target: 'cache clone crypt flakey integrity snapshot snapshot-merge thin-pool verity writecache',
    error: 'option_count',
    says: /but \d+ follow/,
    reason: IGNORED,
    example: '0 8 flakey /dev/loop0 0 1 1 0 drop_writes',
  },
  {
    target:
      'cache crypt integrity snapshot snapshot-merge thin-pool writecache clone verity flakey mirror multipath raid',
    error: 'option_repeated number_repeated',
    reason: REPEATED,
    example: '0 8 multipath 2 queue_if_no_path queue_if_no_path 0 0 0',
  },
  {
    target: 'thin-pool',
    error: 'thin_pool_same_device',
    reason: 'the kernel compares the words: another spelling of the same path gets past it',
    example: '0 8 thin-pool /dev/loop8 /dev//loop8 128 0',
  },
  {
    target: 'snapshot snapshot-merge',
    error: 'snapshot_discard_chunk snapshot_merge_discard_chunk',
    kernels: ['6.1', '6.12'],
    reason: 'a later kernel divides by zero',
    example: '0 8 snapshot /dev/loop2 /dev/loop3 P 16 1 discard_zeroes_cow',
  },
  {
    target: 'crypt',
    error: 'bad_key',
    words: / :\+?0*\d+:/,
    reason: 'a number has one spelling, the size of a key in the keyring too',
    example: '0 8 crypt aes-xts-plain64 :032:logon:dmplan:key 0 /dev/loop0 0',
  },
  {
    target: 'crypt',
    error: 'odd_hex',
    reason: 'the kernel drops half a byte',
    example:
      '0 8 crypt aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0 0 /dev/loop0 0',
  },
  {
    target: 'flakey',
    error: 'flakey_writes_conflict flakey_reads_conflict',
    says: /cannot be corrupted too/,
    kernels: ['6.12', '7.2'],
    reason: 'a share of 0 conflicts with nothing, but says nothing either',
    example: '0 8 flakey /dev/loop0 0 1 1 3 error_reads random_read_corrupt 0',
  },
  {
    target: 'unstriped',
    error: 'unstriped_index',
    reason: 'the kernel lets through what maps to no stripe',
    example: '0 8 unstriped 2 8 2 /dev/loop0 0',
  },
  {
    target: 'verity',
    error: 'verity_hash_overlaps_data verity_fec_overlaps_data',
    reason: 'veritysetup refuses it: what is verified would be changed by its own hashes',
    example:
      '0 8 verity 1 /dev/loop0 /dev/loop0 4096 4096 256 0 sha256 226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738 -',
  },
  {
    target: 'snapshot-merge',
    error: 'snapshot_merge_transient',
    reason: 'taken before 7.2.13, which then has nothing to merge',
    example: '0 8 snapshot-merge /dev/loop2 /dev/loop3 N 8',
  },
  {
    target: 'snapshot snapshot-merge',
    error: 'unknown_choice',
    says: /persistence: "[PpNn]/,
    reason: 'the kernel reads two letters of the word',
    example: '0 8 snapshot /dev/loop2 /dev/loop3 Nx 8',
  },
  {
    target: 'multipath',
    error: 'multipath_initial_group',
    says: /is none of [1-9]/,
    reason: 'the kernel forgets an initial group that does not exist',
    example: '0 8 multipath 0 0 1 2 round-robin 0 1 0 /dev/loop0',
  },
];

/** A field that TABLE prints otherwise than it was planned; `*` for all of them. */
export interface Printed {
  target: string;
  field: string;
  /** JSON of the values; `undefined` where there is none. */
  planned?: RegExp;
  said?: RegExp;
  /** The same elements in another order. */
  unordered?: boolean;
  kernels?: readonly string[];
  reason: string;
  /** A line that the kernel takes, and prints otherwise. */
  example: string;
}

export const PRINTED: readonly Printed[] = [
  {
    target: 'multipath',
    field: 'hardwareHandler',
    said: /^(undefined|\[\])$/,
    reason: 'queue_mode bio has none',
    example: '0 8 multipath 2 queue_mode bio 1 alua 1 1 round-robin 0 1 0 /dev/loop0',
  },
  {
    target: 'raid',
    field: 'daemonSleep',
    planned: /^0$/,
    reason: '0 means what md takes anyhow',
    example:
      '0 24576 raid raid1 3 0 daemon_sleep 0 4 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6 /dev/loop11 /dev/loop7',
  },
  {
    target: 'raid',
    field: 'rebuild',
    unordered: true,
    reason: 'prints the indices in their order',
    example:
      '0 24576 raid raid1 5 0 rebuild 1 rebuild 0 4 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6 /dev/loop11 /dev/loop7',
  },
  {
    target: 'raid',
    field: 'writeMostly',
    unordered: true,
    reason: 'prints the indices in their order',
    example:
      '0 24576 raid raid1 5 0 write_mostly 1 write_mostly 0 4 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6 /dev/loop11 /dev/loop7',
  },
  {
    target: 'raid',
    field: 'stripeCache',
    reason: 'has half as many stripes at least as a chunk has sectors',
    example:
      '0 24576 raid raid5_n 3 128 stripe_cache 1 3 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6',
  },
  {
    target: 'raid',
    field: 'maxWriteBehind',
    reason: 'md keeps half of it, and some kernels print that',
    example:
      '0 24576 raid raid1 3 0 max_write_behind 2 4 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6 /dev/loop11 /dev/loop7',
  },
  {
    target: 'integrity',
    field: 'fixHmac',
    said: /^undefined$/,
    reason: 'without a journal_mac there is nothing to fix',
    example: '0 8 integrity /dev/loop4 0 4 D 1 fix_hmac',
  },
  { target: 'error', field: '*', reason: 'prints nothing', example: '0 8 error' },
  {
    target: 'flakey',
    field: 'errorReads',
    planned: /^undefined$/,
    kernels: ['6.12', '7.2'],
    reason: 'failing reads is what it does where nothing is asked for',
    example: '0 8 flakey /dev/loop0 0 1 1',
  },
  {
    target: 'flakey',
    field: 'writes',
    planned: /^undefined$/,
    said: /^"error"$/,
    kernels: ['6.12', '7.2'],
    reason: 'failing writes is what it does where nothing is asked for',
    example: '0 8 flakey /dev/loop0 0 1 1',
  },
  {
    target: 'flakey',
    field: 'randomReadCorrupt',
    planned: /^0$/,
    kernels: ['6.12', '7.2'],
    reason: 'never is left out',
    example: '0 8 flakey /dev/loop0 0 1 1 2 random_read_corrupt 0',
  },
  {
    target: 'flakey',
    field: 'randomWriteCorrupt',
    planned: /^0$/,
    kernels: ['6.12', '7.2'],
    reason: 'never is left out',
    example: '0 8 flakey /dev/loop0 0 1 1 2 random_write_corrupt 0',
  },
  {
    target: 'crypt',
    field: 'sectorSize',
    planned: /^512$/,
    said: /^undefined$/,
    reason: 'the size that sectors have anyhow is left out',
    example:
      '0 8 crypt aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0 /dev/loop0 0 1 sector_size:512',
  },
  {
    target: 'snapshot snapshot-merge',
    field: 'chunkSize',
    planned: /^0$/,
    reason: '0 means the default, or what the store says',
    example: '0 8 snapshot /dev/loop2 /dev/loop3 P 0',
  },
  {
    target: 'verity',
    field: 'rootDigest',
    planned: /[A-F]/,
    reason: 'bytes are printed in small letters',
    example:
      '0 8 verity 1 /dev/loop0 /dev/loop1 4096 4096 256 0 sha256 226ECA6B1705B20442891AB352EB284CCA0FEC6F89845BB93E129CCEDB028738 -',
  },
  {
    target: 'verity',
    field: 'salt',
    planned: /[A-F]/,
    reason: 'bytes are printed in small letters',
    example:
      '0 8 verity 1 /dev/loop0 /dev/loop1 4096 4096 256 0 sha256 226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738 AB',
  },
  {
    target: 'raid',
    field: 'deltaDisks',
    said: /^0$/,
    reason: 'prints the larger of what is asked for and what is',
    example:
      '0 24576 raid raid5_n 3 128 delta_disks -1 4 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6 /dev/loop11 /dev/loop7',
  },
  {
    target: 'raid',
    field: 'chunkSize',
    said: /^0$/,
    reason: 'raid1 has no chunks',
    example:
      '0 24576 raid raid1 1 64 4 /dev/loop8 /dev/loop4 /dev/loop9 /dev/loop5 /dev/loop10 /dev/loop6 /dev/loop11 /dev/loop7',
  },
  {
    target: 'multipath',
    field: 'groups',
    reason: "a selector prints its defaults for a path's arguments",
    example: '0 8 multipath 0 0 1 1 service-time 0 1 1 /dev/loop0 1',
  },
  {
    target: 'multipath',
    field: 'queueMode',
    planned: /^"(rq|mq)"$/,
    said: /^undefined$/,
    reason: 'rq is what it is anyhow',
    example: '0 8 multipath 2 queue_mode mq 0 0 0',
  },
  {
    target: 'multipath',
    field: 'retainAttachedHwHandler',
    planned: /^true$/,
    said: /^undefined$/,
    kernels: ['7.2'],
    reason: 'is always so, and not printed',
    example: '0 8 multipath 1 retain_attached_hw_handler 0 0 0',
  },
  {
    target: 'multipath',
    field: 'retainAttachedHwHandler',
    planned: /^undefined$/,
    said: /^true$/,
    kernels: ['6.1', '6.12'],
    reason: 'queue_mode bio brings it along',
    example: '0 8 multipath 2 queue_mode bio 0 0 0',
  },
  {
    target: 'integrity',
    field: 'recalculate',
    planned: /^undefined$/,
    reason: 'reset_recalculate means it too',
    example: '0 8 integrity /dev/loop4 0 4 J 2 reset_recalculate internal_hash:crc32c',
  },
  {
    target: 'integrity',
    field: 'allowDiscards',
    said: /^undefined$/,
    kernels: ['7.2'],
    reason: 'allow_discards_keyed says it too',
    example:
      '0 8 integrity /dev/loop4 0 32 D 3 allow_discards allow_discards_keyed internal_hash:hmac(sha256):000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  },
  {
    target: 'integrity',
    field: 'fixPadding',
    said: /^undefined$/,
    reason: 'a device with a metadata device of its own needs no padding',
    example: '0 8 integrity /dev/loop4 0 4 D 2 fix_padding meta_device:/dev/loop8',
  },
  ...Object.entries({
    tagSize: '- J 1 internal_hash:crc32c',
    journalSectors: '4 J 1 journal_sectors:1000',
    interleaveSectors: '4 J 1 interleave_sectors:1000',
    bufferSectors: '4 J 1 buffer_sectors:100',
    journalWatermark: '4 J 0',
    commitTime: '4 J 0',
    blockSize: '4 D 1 block_size:512',
    sectorsPerBit: '4 B 2 internal_hash:crc32c sectors_per_bit:1000',
    bitmapFlushInterval: '4 B 1 internal_hash:crc32c',
  }).map(([field, words]) => ({
    target: 'integrity',
    field,
    reason: 'prints what it came to, not what it was told',
    example: `0 8 integrity /dev/loop4 0 ${words}`,
  })),
];

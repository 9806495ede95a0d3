/** What planner and kernel may judge differently, each with its reason. */

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
  kernels?: readonly string[];
  reason: string;
}

/** Tables that a kernel does not survive, so that it is not handed them. */
export interface Harmful {
  target: string;
  kernels: readonly string[];
  /** Of the params; any where there is none. */
  words?: RegExp;
  /** In sectors, or more. */
  length?: bigint;
  reason: string;
}

export const HARMFUL: readonly Harmful[] = [
  {
    target: 'thin-pool',
    kernels: ['6.1', '6.12', '7.2'],
    words: /^\S*(loop|:0*)8(:0)? \S*(loop|:0*)8(:0)? .*read_only/i,
    reason:
      'metadata and data on one device under two paths, read_only: dm_get_device opens it a second time for writing, and pool_ctr keeps the dm_dev that is freed by that (upgrade_mode)',
  },
  {
    target: 'thin',
    kernels: ['6.1', '6.12', '7.2'],
    words: /^(\S*dmplan-pool|254:0) \S+ (?!\1$)(254:0|\S*dmplan-pool)$/,
    reason:
      'the pool as its own external origin under another path: dm_get_device opens it a second time for writing, and thin_ctr keeps the dm_dev that is freed by that (upgrade_mode)',
  },
  {
    target: 'snapshot snapshot-merge',
    kernels: ['6.12', '7.2'],
    words: /^(?!\S+ \S+ \S+ (512|1024) ).*discard_zeroes_cow/i,
    reason:
      'snapshot_io_hints gives the chunk in sectors as the granularity in bytes: below 512 it is 0 sectors, and queue_limit_discard_alignment divides by it',
  },
  {
    target: 'cache',
    kernels: ['7.2'],
    length: 1n << 45n,
    reason:
      'cache_ctr grows the size of discard blocks until 2^14 are enough, past the 32 bits it keeps, and divides by 0',
  },
];

/** What only the kernel can know: the planner plans it, the kernel refuses it. */
export const KERNEL_ALONE: readonly Difference[] = [
  {
    target: 'crypt',
    says: /Bad cipher specification/,
    words: /^(?!.*integrity:\d+:aead)/i,
    reason: 'which ciphers there are: one that is spelled Capi: is none',
  },
  {
    target: 'raid',
    says: /cannot start dirty degraded array/,
    reason: 'whether md holds the set to be in sync: there is nothing to rebuild a new one from',
  },
  {
    target: 'writecache',
    says: /Invalid optional argument/,
    words: /start_sector \d{6,}/,
    reason: 'whether the start is inside the device',
  },
  { target: 'clone', says: /Failed to resize on-disk bitset/, reason: 'how large the metadata device is' },
  {
    target: 'crypt',
    says: /Invalid number of feature args/,
    kernels: ['6.1'],
    reason: 'one option less was taken before integrity_key_size',
  },
  {
    target: '*',
    says: /too small for target|Device size larger than|[Nn]ot enough provided sectors|Component device\(s\) too small|access beyond end of device|integrity: Error reading superblock \(-EIO\)/,
    same: 'linear_past_last_sector',
    reason: 'how large a device is',
  },
  {
    target: 'era clone cache thin-pool',
    says: /superblock validator check failed|sb_check failed|Superblock check failed|changing the data block size|don't match the ones in metadata/,
    reason: 'whether there is metadata on the device, or zeros',
  },
  {
    target: 'snapshot snapshot-merge thin-pool',
    says: /COW device cannot be the same as origin device|Error setting metadata or data device/,
    same: 'snapshot_same_device snapshot_merge_same_device thin_pool_same_device',
    reason: 'whether two paths lead to one device',
  },
  { target: 'thin', says: /Couldn't open thin internal device/, reason: 'which devices are in the pool' },
  {
    target: 'thin',
    says: /Couldn't get pool mapped device|Couldn't open pool/,
    reason: 'whether the device is a pool',
  },
  {
    target: 'writecache verity',
    says: /Invalid block size|Invalid data device block size/,
    reason: 'a block is at most a page: how large that is',
  },
  {
    target: 'integrity',
    says: /Could not initialize superblock/,
    reason: 'how large the device is, for so large a run of data',
  },
  { target: '*', says: /errno 12:/, reason: 'how much memory there is' },
  {
    target: 'raid',
    says: /New device injected into existing raid set|unsupported raid10 layout/,
    reason: 'what md finds on the devices, and its own checks of a layout',
  },
  { target: 'mirror', says: /log device \d+:\d+ too small/, reason: 'how large the log is' },
  {
    target: 'writecache',
    says: /Persistent memory or DAX not supported/,
    reason: 'whether the device is persistent memory',
  },
  { target: 'writecache', says: /Invalid device size|errno 27/, reason: 'how large the cache is' },
  {
    target: 'thin-pool',
    says: /Error creating metadata object \(-EPERM\)/,
    reason: 'read_only needs metadata that is there',
  },
  {
    target: 'crypt',
    says: /Error allocating crypto tfm|Invalid IV mode|Error decoding and setting key|Error creating IV|IV mechanism required/,
    reason: 'which ciphers and keys there are, and which fit each other',
  },
  {
    target: 'integrity',
    says: /Invalid (internal hash|journal cipher|journal mac|journal hash) \((-ENOENT|-EINVAL|-EEXIST)\)/,
    reason: 'which algorithms there are',
  },
  {
    target: 'integrity',
    says: /Error setting (internal hash|journal mac|journal encryption) key/,
    reason: 'whether an algorithm takes a key',
  },
  {
    target: 'integrity',
    says: /Invalid mode \(expecting J, B, D, R\)/,
    kernels: ['6.1'],
    reason: 'mode I came with 1.12.0; a version belongs to options alone',
  },
  { target: 'integrity', says: /Integrity profile not supported/, reason: 'mode I needs a device that keeps tags' },
  {
    target: 'flakey',
    says: /Unrecognised flakey feature requested|Invalid number of feature args/,
    kernels: ['6.1'],
    reason: 'error_reads and random_*_corrupt came under the same version 1.5.0, and with them the number of words',
  },
  {
    target: 'verity',
    says: /Invalid number of feature args|Unrecognized verity feature request/,
    words: /fec_/,
    reason: 'whether the kernel was built with error correction (CONFIG_DM_VERITY_FEC)',
  },
  { target: 'verity', says: /Cannot initialize hash function/, reason: 'which algorithms there are' },
  {
    target: 'multipath',
    says: /unknown path selector type/,
    reason: 'which selectors there are: each is a module of its own',
  },
  {
    target: 'multipath',
    says: /ps: incorrect number of arguments|ps: invalid/,
    reason: 'arguments are up to the selector, a module of its own',
  },
  {
    target: 'cache',
    says: /bad config value for/,
    reason: 'keys and values are up to the policy, a module of its own',
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
  },
  {
    target: 'integrity',
    error: 'out_of_range',
    says: /(journalSectors|bufferSectors|sectorsPerBit): 0 is outside/,
    reason: '0 means the default, which leaving it out says',
  },
  {
    target: '*',
    error: 'bad_number',
    says: /"[+-]?\d+" is not/,
    reason: 'a number has one spelling; a minus wraps around',
  },
  { target: '*', error: 'bad_device', reason: 'a relative path depends on who asks, and a number has one spelling' },
  {
    target: '*',
    error: 'number_too_large out_of_range',
    says: /does not fit into 64 bits|(\d{10,}) is outside/,
    reason: WRAPS,
  },
  {
    target: 'error',
    error: 'extra_word missing_word bad_number out_of_range number_too_large bad_device',
    reason: 'the kernel ignores words that it does not understand',
  },
  { target: 'log-writes raid', error: 'extra_word', reason: IGNORED },
  {
    target: 'cache clone crypt flakey integrity snapshot snapshot-merge thin-pool verity writecache',
    error: 'option_count',
    says: /but \d+ follow/,
    reason: IGNORED,
  },
  {
    target: 'cache crypt integrity snapshot snapshot-merge thin-pool writecache clone verity flakey mirror multipath',
    error: 'option_repeated',
    reason: REPEATED,
  },
  { target: 'crypt', error: 'odd_hex', reason: 'the kernel drops half a byte' },
  {
    target: 'flakey',
    error: 'flakey_writes_conflict flakey_reads_conflict',
    says: /cannot be corrupted too/,
    reason: 'a share of 0 conflicts with nothing, but says nothing either',
  },
  { target: 'unstriped', error: 'unstriped_index', reason: 'the kernel lets through what maps to no stripe' },
  {
    target: 'verity',
    error: 'verity_hash_overlaps_data verity_fec_overlaps_data',
    reason: 'veritysetup refuses it: what is verified would be changed by its own hashes',
  },
  {
    target: 'snapshot-merge',
    error: 'snapshot_merge_transient',
    reason: 'taken before 7.2.13, which then has nothing to merge',
  },
  {
    target: 'snapshot snapshot-merge',
    error: 'unknown_choice',
    says: /persistence: "[PpNn]/,
    reason: 'the kernel reads two letters of the word',
  },
  {
    target: 'multipath',
    error: 'multipath_initial_group',
    says: /is none of [1-9]/,
    reason: 'the kernel forgets an initial group that does not exist',
  },
];

/** What a declaration says that the kernel does not: each of these goes when the declaration is corrected. */
export const TO_BE_CORRECTED: readonly Difference[] = [
  {
    target: 'writecache',
    error: 'out_of_range',
    says: /(autocommitBlocks|writebackJobs|autocommitTime): 0 is outside/,
    reason: 'min 0: the kernel takes it as it stands',
  },
  {
    target: 'integrity',
    says: /Recalculate can only be specified with internal_hash/,
    reason: 'rule: recalculate and reset_recalculate need an internal hash',
  },
  {
    target: 'crypt',
    error: 'unknown_choice',
    says: /mode: "(NONE|AEAD|None|Aead)"/,
    reason: "integrity's mode: ignoreCase",
  },
  {
    target: 'writecache',
    says: /len=\d+ not aligned to h\/w logical block size/,
    reason: 'rule: length % (blockSize / 512) == 0',
  },
  {
    target: 'writecache',
    says: /High watermark must be greater/,
    reason: 'rule: without the other one, high is at least 45 and low at most 50',
  },
  { target: 'writecache', error: 'unknown_choice', says: /cacheType: "[SP]"/, reason: 'cacheType: ignoreCase' },
  {
    target: 'crypt',
    says: /Bad cipher specification/,
    words: /integrity:\d+:aead/i,
    reason: 'rule: integrity with mode aead needs a cipher that begins with capi:',
  },
  {
    target: 'integrity',
    says: /Recalculating with HMAC is disabled/,
    reason: 'rule: recalculate with a keyed hash needs legacy_recalculate',
  },
  {
    target: 'integrity',
    says: /Keyed discard can only be used with keyed|Discards not supported in inline mode|Discard can be only used with/,
    reason: 'rules: allow_discards_keyed needs an internal hash with a key, and not mode I',
  },
  {
    target: 'integrity',
    says: /Invalid internal_hash argument|Invalid journal_\w+ argument/,
    reason: 'a key is hex alone: no key of the keyring',
  },
  {
    target: 'integrity',
    says: /internalHash.key: the key is neither.*fields are not/,
    reason: 'a colon in a joined value that is not the last',
  },
  {
    target: 'integrity',
    says: /len=\d+ not aligned to h\/w|start=\d+ not aligned to h\/w/,
    reason: 'rule: length % (blockSize / 512) == 0',
  },
  { target: 'crypt', says: /start=\d+ not aligned to h\/w/, reason: 'rule: offset % (sectorSize / 512) == 0' },
  { target: 'crypt', says: /TABLE differs in key: \S+ :/, reason: "a keyring key's size has one spelling" },
  {
    target: 'integrity',
    says: /(key: the key is neither.*fields are not)|words and fields give other bytes/,
    reason: 'a key that is - or begins with a colon',
  },
];

/** A field that TABLE prints otherwise than it was planned; `*` for all of them. */
export interface Printed {
  target: string;
  field: string;
  /** JSON of the values; `undefined` where there is none. */
  planned?: RegExp;
  said?: RegExp;
  kernels?: readonly string[];
  reason: string;
}

export const PRINTED: readonly Printed[] = [
  {
    target: 'multipath',
    field: 'hardwareHandler',
    said: /^(undefined|\[\])$/,
    reason: 'queue_mode bio has none',
  },
  { target: 'raid', field: 'daemonSleep', planned: /^0$/, reason: '0 means what md takes anyhow' },
  { target: 'raid', field: 'maxWriteBehind', reason: 'md keeps half of it, and some kernels print that' },
  {
    target: 'integrity',
    field: 'fixHmac',
    said: /^undefined$/,
    reason: 'without a journal_mac there is nothing to fix',
  },
  { target: 'error', field: '*', reason: 'prints nothing' },
  {
    target: 'flakey',
    field: 'errorReads',
    planned: /^undefined$/,
    reason: 'failing reads is what it does where nothing is asked for',
  },
  {
    target: 'flakey',
    field: 'writes',
    planned: /^undefined$/,
    said: /^"error"$/,
    reason: 'failing writes is what it does where nothing is asked for',
  },
  { target: 'flakey', field: 'randomReadCorrupt', planned: /^0$/, reason: 'never is left out' },
  { target: 'flakey', field: 'randomWriteCorrupt', planned: /^0$/, reason: 'never is left out' },
  {
    target: 'crypt',
    field: 'sectorSize',
    planned: /^512$/,
    said: /^undefined$/,
    reason: 'the size that sectors have anyhow is left out',
  },
  {
    target: 'snapshot snapshot-merge',
    field: 'chunkSize',
    planned: /^0$/,
    reason: '0 means the default, or what the store says',
  },
  { target: 'verity', field: 'rootDigest', planned: /[A-F]/, reason: 'bytes are printed in small letters' },
  { target: 'verity', field: 'salt', planned: /[A-F]/, reason: 'bytes are printed in small letters' },
  { target: 'raid', field: 'deltaDisks', said: /^0$/, reason: 'prints the larger of what is asked for and what is' },
  { target: 'raid', field: 'chunkSize', said: /^0$/, reason: 'raid1 has no chunks' },
  { target: 'multipath', field: 'groups', reason: "a selector prints its defaults for a path's arguments" },
  {
    target: 'multipath',
    field: 'queueMode',
    planned: /^"(rq|mq)"$/,
    said: /^undefined$/,
    reason: 'rq is what it is anyhow',
  },
  {
    target: 'multipath',
    field: 'retainAttachedHwHandler',
    reason: 'is always so: printed without being asked for, or not at all',
  },
  { target: 'integrity', field: 'recalculate', planned: /^undefined$/, reason: 'reset_recalculate means it too' },
  { target: 'integrity', field: 'allowDiscards', said: /^undefined$/, reason: 'allow_discards_keyed says it too' },
  {
    target: 'integrity',
    field: 'fixPadding',
    said: /^undefined$/,
    reason: 'a device with a metadata device of its own needs no padding',
  },
  ...[
    'tagSize',
    'journalSectors',
    'interleaveSectors',
    'bufferSectors',
    'journalWatermark',
    'commitTime',
    'blockSize',
    'sectorsPerBit',
    'bitmapFlushInterval',
  ].map((field) => ({ target: 'integrity', field, reason: 'prints what it came to, not what it was told' })),
];

import type { Difference } from './difference.ts';

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

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

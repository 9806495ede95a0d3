import type { Difference } from './difference.ts';

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

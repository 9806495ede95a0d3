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

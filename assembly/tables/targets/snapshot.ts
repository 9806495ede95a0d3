import {
  counted,
  device,
  flag,
  type Node,
  number64,
  oneOf,
  optional,
  ratio,
  type Since,
  sectors,
  set,
  state,
  type Target,
} from '../notation.ts';

const CTR = 'drivers/md/dm-snap.c snapshot_ctr';

/** The options' words; their versions are each target's own. */
const params = (since: Since): Node[] => [
  device('originDevice'),
  device('cowDevice'),
  oneOf('persistence', { persistent: 'P', persistentOverflow: 'PO', transient: 'N' }, { ignoreCase: true }),
  sectors('chunkSize', { max: 4194303 }),
  counted([
    set([
      flag('discardZeroesCow', 'discard_zeroes_cow', since),
      flag('discardPassdownOrigin', 'discard_passdown_origin', since),
    ]),
  ]),
];

const STATUS: Node[] = [
  state(['Invalid', 'Merge failed', 'Overflow', 'Unknown']),
  ratio('allocatedSectors', 'totalSectors'),
  optional(number64('metadataSectors')),
];

const rules = (type: string, code: number, discardCode: number): Target['rules'] => [
  {
    code,
    name: `${type}_chunk_size`,
    must: 'chunkSize == 0 || powerOfTwo(chunkSize)',
    at: 'chunkSize',
    message: 'a chunk of {chunkSize} sectors is not a power of two',
    source: 'drivers/md/dm-exception-store.c dm_exception_store_set_chunk_size: "Chunk size is not a power of 2"',
  },
  {
    code: code + 1,
    name: `${type}_chunk_size_unknown`,
    when: 'chunkSize == 0',
    must: '!is(persistence, N)',
    at: 'chunkSize',
    message: 'a chunk size of 0 is read from a persistent store; a transient one needs a size',
    source: CTR,
  },
  {
    code: code + 2,
    name: `${type}_same_device`,
    must: '!same(originDevice, cowDevice)',
    at: 'cowDevice',
    message: 'the origin cannot be its own copy-on-write device',
    source: `${CTR}: "COW device cannot be the same as origin device"`,
  },
  {
    code: code + 3,
    name: `${type}_passdown`,
    when: 'given(discardPassdownOrigin)',
    must: 'given(discardZeroesCow)',
    at: 'discardPassdownOrigin',
    message: 'discard_passdown_origin depends on discard_zeroes_cow; give both',
    source: 'drivers/md/dm-snap.c parse_snapshot_features',
  },
  {
    code: discardCode,
    name: `${type}_discard_chunk`,
    when: 'given(discardZeroesCow)',
    must: 'chunkSize >= 512',
    at: 'chunkSize',
    message: 'discard_zeroes_cow with a chunk of {chunkSize} sectors stops the kernel: give a chunk of 512 at least',
    source:
      'ours: drivers/md/dm-snap.c snapshot_io_hints gives sectors as a granularity in bytes: less than 512 is 0 sectors, and the kernel divides by it',
  },
];

export const snapshot: Target = {
  type: 'snapshot',
  about: "Keeps a device's contents as they were, writing what changes to a copy-on-write device.",
  example: '0 2048 snapshot /dev/loop0 /dev/loop1 P 16',
  source: CTR,
  params: params([1, 16, 0]),
  status: STATUS,
  rules: rules('snapshot', 1151, 1148),
};

export const snapshotMerge: Target = {
  type: 'snapshot-merge',
  about: 'Merges a snapshot back into its origin.',
  example: '0 2048 snapshot-merge /dev/loop0 /dev/loop1 P 16',
  source: CTR,
  params: params([1, 5, 0]),
  status: STATUS,
  rules: [
    ...rules('snapshot_merge', 1155, 1149),
    {
      code: 1159,
      name: 'snapshot_merge_transient',
      must: '!is(persistence, N)',
      at: 'persistence',
      message: 'only a persistent store can be merged',
      source: 'drivers/md/dm-snap.c snapshot_ctr (7.x), snapshot_merge_next_chunks before',
    },
  ],
};

export const snapshotOrigin: Target = {
  type: 'snapshot-origin',
  about: 'Lets the snapshots of a device know what is written to it.',
  example: '0 2048 snapshot-origin /dev/loop0',
  source: 'drivers/md/dm-snap.c origin_ctr',
  params: [device('device')],
  rules: [],
};

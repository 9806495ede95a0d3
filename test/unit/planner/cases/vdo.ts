/** Deduplication, with table lines of every version. */
import { type Accepted, breaks, type Refused, takes } from './case.ts';

const VDO = {
  storageDevice: '7:0',
  physicalBlocks: 524288,
  logicalBlockSize: 4096,
  blockMapCacheBlocks: 32768,
  blockMapEraLength: 16380,
};
const VDO_WORDS = 'V4 7:0 524288 4096 32768 16380';
const OF_V2 = { version: 'V2', mdRaid5Mode: 'on', writePolicy: 'auto', poolName: 'vdo1' };
const OF_V1 = { version: 'V1', readCache: 'disabled', readCacheSize: '0' };
const { physicalBlocks: _, ...VDO_V0 } = { ...VDO, ...OF_V2, ...OF_V1, version: 'V0' };

export const ACCEPTED: readonly Accepted[] = [
  takes('vdo', 8, 'no option', VDO, VDO_WORDS, 'vdo_length_not_blocks'),
  takes('vdo', 2n ** 43n, 'the longest', VDO, VDO_WORDS, 'vdo_too_long'),
  takes(
    'vdo',
    8,
    'sectors of 512 bytes',
    { ...VDO, logicalBlockSize: 512 },
    VDO_WORDS.replace('4096', '512'),
    'vdo_logical_block_size',
  ),
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
  ...[1, 1024].map((indexMemory) =>
    takes(
      'vdo',
      8,
      `an index of ${indexMemory} GiB`,
      { ...VDO, indexMemory },
      `${VDO_WORDS} indexMemory ${indexMemory}`,
    ),
  ),
  ...['0.5', '0.75'].map((indexMemory) =>
    takes(
      'vdo',
      8,
      `an index of ${indexMemory} GiB`,
      { ...VDO, indexMemory },
      `${VDO_WORDS} indexMemory ${indexMemory}`,
    ),
  ),
  takes(
    'vdo',
    8,
    'a line of V3',
    { ...VDO, version: 'V3', writePolicy: 'auto', maxDiscard: 1048575 },
    'V3 7:0 524288 4096 32768 16380 auto maxDiscard 1048575',
  ),
  takes('vdo', 8, 'a line of V2', { ...VDO, ...OF_V2 }, 'V2 7:0 524288 4096 32768 16380 on auto vdo1'),
  takes(
    'vdo',
    8,
    'a line of V2 as lvm2 wrote it',
    { ...VDO, ...OF_V2, maxDiscard: 1500, deduplication: 'on', compression: 'on' },
    'V2 7:0 524288 4096 32768 16380 on auto vdo1 maxDiscard 1500 deduplication on compression on',
  ),
  takes(
    'vdo',
    8,
    'a line of V1',
    { ...VDO, ...OF_V2, ...OF_V1, ackThreads: 1, bioThreads: 4 },
    'V1 7:0 524288 4096 disabled 0 32768 16380 on auto vdo1 ack=1,bio=4',
    'vdo_only_threads',
  ),
  takes(
    'vdo',
    8,
    'a line of V1 without threads',
    { ...VDO, ...OF_V2, ...OF_V1 },
    'V1 7:0 524288 4096 disabled 0 32768 16380 on auto vdo1 .',
  ),
  takes(
    'vdo',
    8,
    'a line of V0',
    { ...VDO_V0, hashZones: 0, logicalZones: 0, physicalZones: 0 },
    '7:0 4096 disabled 0 32768 16380 on auto vdo1 hash=0,logical=0,physical=0',
    'vdo_only_threads',
  ),
];

export const REFUSED: readonly Refused[] = [
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
  breaks(
    'vdo',
    8,
    'sectors of 1024 bytes',
    { ...VDO, logicalBlockSize: 1024 },
    VDO_WORDS.replace('4096', '1024'),
    'vdo_logical_block_size',
    'logicalBlockSize',
  ),
  ...[
    { fields: { maxDiscard: 1 }, words: 'maxDiscard=1' },
    { fields: { deduplication: 'on' }, words: 'deduplication=on' },
    { fields: { compression: 'off' }, words: 'compression=off' },
    { fields: { indexSparse: 'on' }, words: 'indexSparse=on' },
    { fields: { indexMemory: '0.5' }, words: 'indexMemory=0.5' },
    { fields: { slabSize: 8192 }, words: 'slabSize=8192' },
  ].flatMap(({ fields, words }) => [
    breaks(
      'vdo',
      8,
      `${words} of V1`,
      { ...VDO, ...OF_V2, ...OF_V1, ...fields },
      `V1 7:0 524288 4096 disabled 0 32768 16380 on auto vdo1 ${words}`,
      'vdo_only_threads',
      'version',
    ),
    breaks(
      'vdo',
      8,
      `${words} of V0`,
      { ...VDO_V0, ...fields },
      `7:0 4096 disabled 0 32768 16380 on auto vdo1 ${words}`,
      'vdo_only_threads',
      'version',
    ),
  ]),
];

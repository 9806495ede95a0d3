import { device, keyed, number, number64, oneOf, setOrWord, type Target, when, word } from '../notation.ts';

const PARSE = 'drivers/md/dm-vdo/dm-vdo-target.c parse_device_config';

/** The newest first; a line of the oldest does not say so. What was dropped on the way is read and means nothing. */
const VERSIONS = ['V4', 'V3', 'V2', 'V1', 'V0'];

export const vdo: Target = {
  type: 'vdo',
  about: 'Deduplicates and compresses blocks.',
  example: '0 8388608 vdo V4 /dev/loop0 524288 4096 32768 16380',
  source: PARSE,
  singleton: true,
  params: [
    oneOf('version', VERSIONS, { usual: true, silent: true }),
    device('storageDevice'),
    when('version', ['V4', 'V3', 'V2', 'V1'], number64('physicalBlocks', { min: 1 })),
    number('logicalBlockSize', { min: 512, max: 4096, powerOfTwo: true }),
    when('version', ['V1', 'V0'], word('readCache'), word('readCacheSize')),
    number('blockMapCacheBlocks', { min: 128 }),
    number('blockMapEraLength', { min: 1, max: 16380 }),
    when('version', ['V2', 'V1', 'V0'], word('mdRaid5Mode')),
    when('version', ['V3', 'V2', 'V1', 'V0'], word('writePolicy')),
    when('version', ['V2', 'V1', 'V0'], word('poolName')),
    setOrWord(
      'version',
      ['V1', 'V0'],
      [
        keyed('maxDiscard', number('maxDiscard', { min: 1, max: 1048575 })),
        keyed('ack', number('ackThreads', { max: 100 })),
        keyed('bio', number('bioThreads', { min: 1, max: 100 })),
        keyed('bioRotationInterval', number('bioRotationInterval', { min: 1, max: 1024 })),
        keyed('cpu', number('cpuThreads', { min: 1, max: 100 })),
        keyed('hash', number('hashZones', { max: 100 })),
        keyed('logical', number('logicalZones', { max: 60 })),
        keyed('physical', number('physicalZones', { max: 16 })),
        keyed('deduplication', oneOf('deduplication', ['on', 'off'])),
        keyed('compression', oneOf('compression', ['on', 'off'])),
        keyed('indexSparse', oneOf('indexSparse', ['on', 'off']), [9, 2, 0]),
        keyed('indexMemory', number('indexMemory', { min: 1, max: 1024, words: ['0.25', '0.5', '0.75'] }), [9, 2, 0]),
        keyed('slabSize', number('slabSize', { min: 8192, max: 8388608, powerOfTwo: true }), [9, 2, 0]),
      ],
    ),
  ],
  status: [
    device('device'),
    word('mode'),
    word('recovery'),
    word('index'),
    word('compression'),
    number64('usedBlocks'),
    number64('totalBlocks'),
  ],
  rules: [
    {
      code: 1261,
      name: 'vdo_length_not_blocks',
      must: 'length % 8 == 0',
      at: 'length',
      message: 'the length of {length} sectors is not a whole number of blocks of 4096 bytes',
      source: `${PARSE}: logical size`,
    },
    {
      code: 1264,
      name: 'vdo_too_long',
      must: 'length / 8 <= 1099511627776',
      at: 'length',
      message: 'the length of {length} sectors is more than the 2^40 blocks that a vdo volume has at most',
      source: `${PARSE}: logical size`,
    },
    {
      code: 1262,
      name: 'vdo_zones',
      when: 'given(hashZones) || given(logicalZones) || given(physicalZones)',
      must: '((hashZones == 0) == (logicalZones == 0)) && ((hashZones == 0) == (physicalZones == 0))',
      at: 'hashZones',
      message: 'hash, logical and physical zones are all 0 or none of them is',
      source: `${PARSE}: "Logical, physical, and hash zones counts must all be zero or all non-zero"`,
    },
    {
      code: 1263,
      name: 'vdo_cache_too_small',
      when: 'given(logicalZones)',
      must: 'blockMapCacheBlocks >= logicalZones * 4096',
      at: 'blockMapCacheBlocks',
      message:
        'a block map cache of {blockMapCacheBlocks} blocks is less than 4096 for each of {logicalZones} logical zones',
      source: `${PARSE}: block map cache pages per zone`,
    },
    {
      code: 1265,
      name: 'vdo_logical_block_size',
      must: 'logicalBlockSize == 512 || logicalBlockSize == 4096',
      at: 'logicalBlockSize',
      message: 'a logical block has 512 or 4096 bytes, not {logicalBlockSize}',
      source: `${PARSE}: "Invalid logical block size"`,
    },
    {
      code: 1266,
      name: 'vdo_only_threads',
      when: 'is(version, V0) || is(version, V1)',
      must:
        '!given(maxDiscard) && !given(deduplication) && !given(compression) && !given(indexSparse) && ' +
        '!given(indexMemory) && !given(slabSize)',
      at: 'version',
      message:
        'a table line of V0 or V1 has numbers of threads and zones alone; leave out its other options, or the version',
      source:
        'drivers/md/dm-vdo/dm-vdo-target.c process_one_thread_config_spec, which passes over what it does not know',
    },
  ],
};

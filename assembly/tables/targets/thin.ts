import {
  counted,
  device,
  flag,
  number,
  number64,
  oneOf,
  optional,
  ratio,
  sectors,
  set,
  state,
  type Target,
} from '../notation.ts';

const POOL_CTR = 'drivers/md/dm-thin.c pool_ctr';

export const thinPool: Target = {
  type: 'thin-pool',
  about: 'Holds the blocks of thin devices, and allocates them as they are written.',
  example: '0 2048 thin-pool /dev/loop0 /dev/loop1 128 0',
  source: POOL_CTR,
  singleton: true,
  writeable: true,
  params: [
    device('metadataDevice'),
    device('dataDevice'),
    sectors('dataBlockSize', { min: 128, max: 2097152, multipleOf: 128 }),
    number64('lowWaterBlocks'),
    counted([
      set([
        flag('skipBlockZeroing', 'skip_block_zeroing'),
        flag('ignoreDiscard', 'ignore_discard'),
        flag('noDiscardPassdown', 'no_discard_passdown'),
        flag('readOnlyMetadata', 'read_only', [1, 1, 0]),
        flag('errorIfNoSpace', 'error_if_no_space', [1, 10, 0]),
      ]),
    ]),
  ],
  status: [
    state(['Fail', 'Error']),
    number64('transactionId'),
    ratio('usedMetadataBlocks', 'totalMetadataBlocks'),
    ratio('usedDataBlocks', 'totalDataBlocks'),
    number64('heldMetadataRoot', { mayBeEmpty: true }),
    oneOf('mode', ['rw', 'ro', 'out_of_data_space']),
    oneOf('discards', ['discard_passdown', 'no_discard_passdown', 'ignore_discard']),
    oneOf('noSpace', ['queue_if_no_space', 'error_if_no_space']),
    optional(oneOf('needsCheck', { yes: 'needs_check', no: '-' }), optional(number64('metadataLowWaterBlocks'))),
  ],
  rules: [
    {
      code: 1161,
      name: 'thin_pool_same_device',
      must: '!same(metadataDevice, dataDevice)',
      at: 'metadataDevice',
      message: 'metadata and data cannot be on the same device',
      source: `${POOL_CTR}: "Metadata and data devices must be different" (__pool_ctr)`,
    },
    {
      code: 1162,
      name: 'thin_pool_too_many_options',
      must:
        'given(skipBlockZeroing) + given(ignoreDiscard) + given(noDiscardPassdown) + given(readOnlyMetadata) + ' +
        'given(errorIfNoSpace) <= 4',
      at: 'errorIfNoSpace',
      message: 'a pool takes at most 4 of its 5 options; leave out noDiscardPassdown, which ignoreDiscard implies',
      source: 'drivers/md/dm-thin.c parse_pool_features: "Invalid number of pool feature arguments"',
    },
  ],
};

export const thin: Target = {
  type: 'thin',
  about: 'A device whose blocks come from a thin pool.',
  example: '0 2048 thin /dev/mapper/pool 0',
  source: 'drivers/md/dm-thin.c thin_ctr',
  params: [device('poolDevice'), number('deviceId', { max: 16777215 }), optional(device('externalOrigin'))],
  status: [
    state(['Fail', 'Error', '-']),
    number64('mappedSectors'),
    optional(number64('highestMappedSector', { mayBeEmpty: true })),
  ],
  rules: [
    {
      code: 1171,
      name: 'thin_origin_is_pool',
      when: 'given(externalOrigin)',
      must: '!same(poolDevice, externalOrigin)',
      at: 'externalOrigin',
      message: 'the pool cannot be the external origin of its own thin device',
      source: 'drivers/md/dm-thin.c thin_ctr: "Error setting origin device"',
    },
  ],
};

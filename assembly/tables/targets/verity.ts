import {
  choice,
  counted,
  device,
  flag,
  hex,
  keyed,
  number,
  number64,
  oneOf,
  optional,
  set,
  type Target,
  word,
} from '../notation.ts';

const CTR = 'drivers/md/dm-verity-target.c verity_ctr';
const FEC = 'drivers/md/dm-verity-fec.c verity_fec_ctr';

export const verity: Target = {
  type: 'verity',
  about: 'Verifies every block that is read against a tree of hashes.',
  example:
    '0 16384 verity 1 /dev/loop0 /dev/loop1 4096 4096 2048 1 sha256 226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738 -',
  source: CTR,
  singleton: true,
  readOnly: true,
  params: [
    number('hashType', { max: 1 }),
    device('dataDevice'),
    device('hashDevice'),
    number('dataBlockSize', { min: 512, max: 65536, powerOfTwo: true }),
    number('hashBlockSize', { min: 512, max: 1073741824, powerOfTwo: true }),
    number64('dataBlocks', { min: 1 }),
    number64('hashStartBlock'),
    word('algorithm'),
    hex('rootDigest'),
    hex('salt', { mayBeEmpty: true }),
    counted([
      set([
        choice('onCorruption', {
          ignore: 'ignore_corruption',
          restart: 'restart_on_corruption',
          panic: 'panic_on_corruption',
        }),
        choice('onError', { restart: 'restart_on_error', panic: 'panic_on_error' }, [1, 10, 0]),
        flag('ignoreZeroBlocks', 'ignore_zero_blocks', [1, 3, 0]),
        flag('checkAtMostOnce', 'check_at_most_once', [1, 4, 0]),
        flag('tryVerifyInTasklet', 'try_verify_in_tasklet', [1, 9, 0]),
        keyed('use_fec_from_device', device('fecDevice'), [1, 3, 0]),
        keyed('fec_start', number64('fecStartBlock'), [1, 3, 0]),
        keyed('fec_blocks', number64('fecBlocks', { min: 1 }), [1, 3, 0]),
        keyed('fec_roots', number('fecRoots', { min: 2, max: 24 }), [1, 3, 0]),
        keyed('root_hash_sig_key_desc', word('rootHashSignatureKey'), [1, 5, 0]),
      ]),
    ]),
  ],
  status: [oneOf('state', { valid: 'V', corrupt: 'C' }), optional(number64('correctedBlocks', { mayBeEmpty: true }))],
  rules: [
    {
      code: 1021,
      name: 'verity_data_too_large',
      must: 'dataBlocks * (dataBlockSize / 512) <= 18014398509481983',
      at: 'dataBlocks',
      message:
        '{dataBlocks} data blocks of {dataBlockSize} bytes are more than any device holds; give the number of blocks, not of bytes',
      source: `${CTR}: "Invalid data blocks"`,
    },
    {
      code: 1022,
      name: 'verity_length_past_data',
      must: 'length <= dataBlocks * (dataBlockSize / 512)',
      at: 'length',
      message:
        'the length of {length} sectors is more than {dataBlocks} data blocks of {dataBlockSize} bytes; the length is at most data blocks times block size / 512',
      source: `${CTR}: "Data device is too small"`,
    },
    {
      code: 1023,
      name: 'verity_length_not_blocks',
      must: 'length % (dataBlockSize / 512) == 0',
      at: 'length',
      message: 'the length of {length} sectors is not a whole number of data blocks of {dataBlockSize} bytes',
      source: 'drivers/md/dm-verity-target.c verity_io_hints, dm-table.c validate_hardware_logical_block_alignment',
    },
    {
      code: 1024,
      name: 'verity_hash_start_too_large',
      must: 'hashStartBlock * (hashBlockSize / 512) <= 18014398509481983',
      at: 'hashStartBlock',
      message:
        'hash start {hashStartBlock} is past the end of any device; it counts hash blocks of {hashBlockSize} bytes, not bytes or sectors',
      source: `${CTR}: "Invalid hash start"`,
    },
    {
      code: 1025,
      name: 'verity_hash_overlaps_data',
      when: 'same(dataDevice, hashDevice)',
      must: 'hashStartBlock * (hashBlockSize / 512) >= dataBlocks * (dataBlockSize / 512)',
      at: 'hashStartBlock',
      message:
        'the hash tree at block {hashStartBlock} of {hashBlockSize} bytes lies inside the {dataBlocks} data blocks of {dataBlockSize} bytes on the same device; start it behind the data',
      source: 'not checked by the kernel, which then verifies hash blocks as data; veritysetup refuses it',
    },
    {
      code: 1026,
      name: 'verity_digest_length',
      when: 'digest(algorithm) > 0',
      must: 'digits(rootDigest) == digest(algorithm) * 2',
      at: 'rootDigest',
      message: 'the root digest is not as long as a {algorithm} digest; write two hex digits for each of its bytes',
      source: `${CTR}: "Invalid root digest"`,
    },
    {
      code: 1027,
      name: 'verity_digest_exceeds_block',
      must: 'digits(rootDigest) <= hashBlockSize',
      at: 'hashBlockSize',
      message: 'a hash block of {hashBlockSize} bytes does not hold two digests; choose a larger hash block size',
      source: `${CTR}: "Digest size too big"`,
    },
    {
      code: 1028,
      name: 'verity_fec_incomplete',
      when: 'given(fecDevice) || given(fecStartBlock) || given(fecBlocks) || given(fecRoots)',
      must: 'given(fecDevice) && given(fecStartBlock) && given(fecBlocks) && given(fecRoots)',
      at: 'fecDevice',
      message:
        'forward error correction needs all of use_fec_from_device, fec_start, fec_blocks and fec_roots; some are missing',
      source: `${FEC}: parameters checked together`,
    },
    {
      code: 1029,
      name: 'verity_fec_block_sizes',
      when: 'given(fecDevice)',
      must: 'dataBlockSize == hashBlockSize',
      at: 'hashBlockSize',
      message:
        'forward error correction needs equal data and hash block sizes, not {dataBlockSize} and {hashBlockSize}',
      source: `${FEC}: "Block sizes must match to use FEC"`,
    },
    {
      code: 1030,
      name: 'verity_fec_blocks_too_few',
      when: 'given(fecBlocks)',
      must: 'fecBlocks >= dataBlocks',
      at: 'fecBlocks',
      message: 'fec_blocks {fecBlocks} does not cover the {dataBlocks} data blocks and their hash tree',
      source: `${FEC}: "Invalid fec_blocks"`,
    },
    {
      code: 1031,
      name: 'verity_fec_too_large',
      when: 'given(fecStartBlock) && given(fecBlocks)',
      must: 'fecStartBlock * (dataBlockSize / 512) <= 18014398509481983 && fecBlocks * (dataBlockSize / 512) <= 18014398509481983',
      at: 'fecStartBlock',
      message:
        'fec_start {fecStartBlock} or fec_blocks {fecBlocks} is past the end of any device; both count blocks of {dataBlockSize} bytes',
      source: `${FEC}: "Invalid fec_start", "Invalid fec_blocks"`,
    },
    {
      code: 1032,
      name: 'verity_fec_overlaps_data',
      when: 'given(fecDevice) && same(dataDevice, fecDevice)',
      must: 'fecStartBlock >= dataBlocks',
      at: 'fecStartBlock',
      message:
        'the error correction area at block {fecStartBlock} lies inside the {dataBlocks} data blocks; start it behind them',
      source: 'not checked by the kernel; veritysetup refuses it',
    },
  ],
};

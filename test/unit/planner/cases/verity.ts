/** dm-verity by example. */
import { VERITY } from '../bad-requests.ts';
import type { Accepted, Refused } from './case.ts';

const SHA256 = VERITY.rootDigest;

const { type: _type, length: _length, ...base } = VERITY;
const FEC = { fecDevice: '/dev/sdc', fecStartBlock: 0, fecBlocks: 8, fecRoots: 2 };

/** The ten words of verity that come first, in their order. */
function words(fields: Record<string, unknown>): string {
  const { hashType, dataDevice, hashDevice, dataBlockSize, hashBlockSize, dataBlocks, hashStartBlock } = fields;
  const { algorithm, rootDigest, salt } = fields;
  return [hashType, dataDevice, hashDevice, dataBlockSize, hashBlockSize, dataBlocks, hashStartBlock]
    .concat([algorithm, rootDigest, salt || '-'])
    .join(' ');
}

function verity(change: Record<string, unknown>, options = '', length: number | bigint = 64) {
  const fields = { ...base, ...change };
  return { type: 'verity', length, fields, params: words(fields) + options };
}

const FEC_WORDS = ' 8 use_fec_from_device /dev/sdc fec_start 0 fec_blocks 8 fec_roots 2';

export const ACCEPTED: readonly Accepted[] = [
  { what: 'no salt', ...verity({}) },
  { what: 'an empty salt', ...verity({ salt: '' }) },
  { what: 'a salt of -', ...verity({ salt: '-' }) },
  { what: 'a salt', ...verity({ salt: '00ff' }) },
  { what: 'hash type 0', ...verity({ hashType: 0 }) },
  {
    what: 'as much data as a device holds',
    ...verity({ dataBlocks: 2n ** 51n - 1n }),
    rule: 'verity_data_too_large',
  },
  {
    what: 'as much data as is checked once',
    ...verity({ dataBlocks: 2 ** 31 - 1, checkAtMostOnce: true }, ' 1 check_at_most_once'),
    rule: 'verity_too_large_for_once',
  },
  { what: 'a length of all the data', ...verity({ dataBlocks: 8 }), rule: 'verity_length_past_data' },
  { what: 'a length of one block', ...verity({}, '', 8), rule: 'verity_length_not_blocks' },
  {
    what: 'a hash tree at the end of any device',
    ...verity({ hashStartBlock: 2n ** 51n - 1n }),
    rule: 'verity_hash_start_too_large',
  },
  {
    what: 'a hash tree right behind the data',
    ...verity({ hashDevice: base.dataDevice, hashStartBlock: 8 }),
    rule: 'verity_hash_overlaps_data',
  },
  {
    what: 'a digest as long as its algorithm makes them',
    ...verity({ algorithm: 'sha1', rootDigest: 'ab'.repeat(20) }),
    rule: 'verity_digest_length',
  },
  { what: 'an algorithm that the planner does not know', ...verity({ algorithm: 'unheard-of', rootDigest: 'ab' }) },
  {
    what: 'two digests in a hash block',
    ...verity({ algorithm: 'unheard-of', rootDigest: 'ab'.repeat(256), hashBlockSize: 512 }),
    rule: 'verity_digest_exceeds_block',
  },
  { what: 'error correction', ...verity(FEC, FEC_WORDS), rule: 'verity_fec_incomplete' },
  { what: 'error correction over equal blocks', ...verity(FEC, FEC_WORDS), rule: 'verity_fec_block_sizes' },
  {
    what: 'error correction that ends on the last sector',
    ...verity(
      { ...FEC, fecStartBlock: 2n ** 51n - 1n },
      FEC_WORDS.replace('fec_start 0', `fec_start ${2n ** 51n - 1n}`),
    ),
    rule: 'verity_fec_too_large',
  },
  {
    what: 'error correction behind the data of the same device',
    ...verity(
      { ...FEC, fecDevice: '/dev/sda', fecStartBlock: 8 },
      FEC_WORDS.replace('/dev/sdc fec_start 0', '/dev/sda fec_start 8'),
    ),
    rule: 'verity_fec_overlaps_data',
  },
  {
    what: 'error correction of as many blocks as the data',
    ...verity(FEC, FEC_WORDS),
    rule: 'verity_fec_blocks_too_few',
  },
  {
    what: 'every option',
    ...verity(
      {
        salt: 'aa',
        onCorruption: 'panic',
        onError: 'restart',
        ignoreZeroBlocks: true,
        checkAtMostOnce: true,
        tryVerifyInTasklet: true,
        ...FEC,
        rootHashSignatureKey: 'key:desc',
      },
      ' 15 panic_on_corruption restart_on_error ignore_zero_blocks check_at_most_once try_verify_in_tasklet' +
        `${FEC_WORDS.slice(2)} root_hash_sig_key_desc key:desc`,
    ),
  },
  { what: 'corruption ignored', ...verity({ onCorruption: 'ignore' }, ' 1 ignore_corruption') },
  {
    what: 'restarts',
    ...verity({ onCorruption: 'restart', onError: 'panic' }, ' 2 restart_on_corruption panic_on_error'),
  },
  { what: 'options that are false', ...verity({ ignoreZeroBlocks: false, checkAtMostOnce: false }) },
];

export const REFUSED: readonly Refused[] = [
  {
    what: 'one block of data too many',
    ...verity({ dataBlocks: 2n ** 51n }),
    name: 'verity_data_too_large',
    path: 'dataBlocks',
  },
  {
    what: 'data whose sectors pass 2^64',
    ...verity({ dataBlocks: 2n ** 64n - 1n }),
    name: 'verity_data_too_large',
    path: 'dataBlocks',
  },
  {
    what: 'one block too many to be checked once',
    ...verity({ dataBlocks: 2 ** 31, checkAtMostOnce: true }, ' 1 check_at_most_once'),
    name: 'verity_too_large_for_once',
    path: 'dataBlocks',
  },
  { what: 'one block too long', ...verity({}, '', 72), name: 'verity_length_past_data', path: 'length' },
  { what: 'half a block', ...verity({}, '', 60), name: 'verity_length_not_blocks', path: 'length' },
  {
    what: 'a hash tree past any device',
    ...verity({ hashStartBlock: 2n ** 51n }),
    name: 'verity_hash_start_too_large',
    path: 'hashStartBlock',
  },
  {
    what: 'a hash start whose sectors pass 2^64',
    ...verity({ hashStartBlock: 2n ** 64n - 1n }),
    name: 'verity_hash_start_too_large',
    path: 'hashStartBlock',
  },
  {
    what: 'a hash tree in the last block of the data',
    ...verity({ hashDevice: base.dataDevice, hashStartBlock: 7 }),
    name: 'verity_hash_overlaps_data',
    path: 'hashStartBlock',
  },
  {
    what: 'a digest one byte short',
    ...verity({ rootDigest: SHA256.slice(2) }),
    name: 'verity_digest_length',
    path: 'rootDigest',
  },
  {
    what: 'a digest of more than half a hash block',
    ...verity({ algorithm: 'unheard-of', rootDigest: 'ab'.repeat(257), hashBlockSize: 512 }),
    name: 'verity_digest_exceeds_block',
    path: 'hashBlockSize',
  },
  {
    what: 'error correction without its blocks',
    ...verity({ ...FEC, fecBlocks: undefined }, ' 6 use_fec_from_device /dev/sdc fec_start 0 fec_roots 2'),
    name: 'verity_fec_incomplete',
    path: 'fecDevice',
  },
  {
    what: 'error correction without its device',
    ...verity({ fecRoots: 2 }, ' 2 fec_roots 2'),
    name: 'verity_fec_incomplete',
    path: 'fecDevice',
  },
  {
    what: 'error correction over unequal blocks',
    ...verity({ ...FEC, hashBlockSize: 8192 }, FEC_WORDS),
    name: 'verity_fec_block_sizes',
    path: 'hashBlockSize',
  },
  {
    what: 'error correction behind the last sector',
    ...verity({ ...FEC, fecStartBlock: 2n ** 51n }, FEC_WORDS.replace('fec_start 0', `fec_start ${2n ** 51n}`)),
    name: 'verity_fec_too_large',
    path: 'fecStartBlock',
  },
  {
    what: 'error correction in the last data block',
    ...verity(
      { ...FEC, fecDevice: '/dev/sda', fecStartBlock: 7 },
      FEC_WORDS.replace('/dev/sdc fec_start 0', '/dev/sda fec_start 7'),
    ),
    name: 'verity_fec_overlaps_data',
    path: 'fecStartBlock',
  },
  {
    what: 'error correction of one block less than the data',
    ...verity({ ...FEC, fecBlocks: 7 }, FEC_WORDS.replace('fec_blocks 8', 'fec_blocks 7')),
    name: 'verity_fec_blocks_too_few',
    path: 'fecBlocks',
  },
];

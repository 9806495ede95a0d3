/**
 * Every target's grammar by example. An accepted case is given by its fields and by its params in the kernel's form; a
 * refused one by its fields, with the error's name and the path inside the target. `rule`: the case stands at the
 * edge of that rule, on the side where it holds.
 */
import { VERITY } from './bad-requests.ts';

export interface Accepted {
  what: string;
  type: string;
  length: number | bigint;
  fields: Record<string, unknown>;
  /** The kernel's form, with its quoting. */
  params: string;
  /** dmsetup's form, where it differs: no quoting. */
  text?: string;
  rule?: string;
}

export interface Refused {
  what: string;
  type: string;
  length: number | bigint;
  fields: Record<string, unknown>;
  params: string;
  name: string;
  path: string;
}

const LAST = 2n ** 54n - 1n;
const SHA256 = VERITY.rootDigest;
const stripes = (count: number) => Array.from({ length: count }, (_, i) => ({ device: `7:${i}`, offset: i }));
const stripeWords = (count: number) =>
  stripes(count)
    .map(({ device, offset }) => ` ${device} ${offset}`)
    .join('');

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
  { what: 'a path', type: 'linear', length: 8, fields: { device: '/dev/sda', offset: 0 }, params: '/dev/sda 0' },
  { what: 'a device number', type: 'linear', length: 8, fields: { device: '7:0', offset: 1 }, params: '7:0 1' },
  {
    what: 'the last device number',
    type: 'linear',
    length: 8,
    fields: { device: '4095:1048575', offset: '4KiB' },
    params: '4095:1048575 8',
  },
  {
    what: 'a path with a backslash',
    type: 'linear',
    length: 8,
    fields: { device: '/dev/a\\b', offset: 0 },
    params: '/dev/a\\\\b 0',
    text: '/dev/a\\b 0',
  },
  {
    what: 'a path of 4095 bytes',
    type: 'linear',
    length: 8,
    fields: { device: `/${'a'.repeat(4094)}`, offset: 0 },
    params: `/${'a'.repeat(4094)} 0`,
  },
  {
    what: 'an area that ends at the last sector',
    type: 'linear',
    length: 8,
    fields: { device: '/dev/sda', offset: LAST - 8n },
    params: `/dev/sda ${LAST - 8n}`,
    rule: 'linear_past_last_sector',
  },
  { what: 'nothing', type: 'zero', length: 8, fields: {}, params: '' },
  { what: 'nothing', type: 'error', length: 8, fields: {}, params: '' },
  { what: 'a device', type: 'error', length: 8, fields: { device: '/dev/sda', offset: 9 }, params: '/dev/sda 9' },
  {
    what: 'one stripe',
    type: 'striped',
    length: 1,
    fields: { chunkSize: 1, stripes: stripes(1) },
    params: `1 1${stripeWords(1)}`,
  },
  {
    what: 'a length that three stripes divide',
    type: 'striped',
    length: 3,
    fields: { chunkSize: 1, stripes: stripes(3) },
    params: `3 1${stripeWords(3)}`,
    rule: 'striped_length_not_divisible',
  },
  {
    what: 'a chunk that is no power of two',
    type: 'striped',
    length: 42,
    fields: { chunkSize: 7, stripes: stripes(2) },
    params: `2 7${stripeWords(2)}`,
    rule: 'striped_length_not_chunks',
  },
  {
    what: 'the largest chunk',
    type: 'striped',
    length: 2 ** 32 - 1,
    fields: { chunkSize: 2 ** 32 - 1, stripes: stripes(1) },
    params: `1 4294967295${stripeWords(1)}`,
  },
  {
    what: 'three hundred stripes',
    type: 'striped',
    length: 300 * 8,
    fields: { chunkSize: 8, stripes: stripes(300) },
    params: `300 8${stripeWords(300)}`,
  },
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
  { what: 'options that are false', ...verity({ ignoreZeroBlocks: false, checkAtMostOnce: false }) },
];

export const REFUSED: readonly Refused[] = [
  {
    what: 'an area that ends one sector late',
    type: 'linear',
    length: 8,
    fields: { device: '/dev/sda', offset: LAST - 7n },
    params: `/dev/sda ${LAST - 7n}`,
    name: 'linear_past_last_sector',
    path: 'offset',
  },
  {
    what: 'a length that three stripes do not divide',
    type: 'striped',
    length: 4,
    fields: { chunkSize: 1, stripes: stripes(3) },
    params: `3 1${stripeWords(3)}`,
    name: 'striped_length_not_divisible',
    path: 'length',
  },
  {
    what: 'a length of one chunk and a half',
    type: 'striped',
    length: 24,
    fields: { chunkSize: 8, stripes: stripes(2) },
    params: `2 8${stripeWords(2)}`,
    name: 'striped_length_not_chunks',
    path: 'length',
  },
  {
    what: 'a chunk larger than the length',
    type: 'striped',
    length: 8,
    fields: { chunkSize: 16, stripes: stripes(1) },
    params: `1 16${stripeWords(1)}`,
    name: 'striped_length_not_chunks',
    path: 'length',
  },
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

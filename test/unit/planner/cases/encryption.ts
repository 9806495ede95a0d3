/** Targets that encrypt and those that check integrity. */
import { type Accepted, breaks, type Refused, takes } from './case.ts';

const KEY = '00ff'.repeat(16);
const RING = ':32:logon:dmplan:key';
const CRYPT = { cipher: 'aes-xts-plain64', key: RING, ivOffset: 0, device: '7:0', offset: 1 };
const CRYPT_WORDS = `aes-xts-plain64 ${RING} 0 7:0 1`;
const CRYPT_NINE = {
  allowDiscards: true,
  sameCpuCrypt: true,
  submitFromCryptCpus: true,
  highPriority: true,
  noReadWorkqueue: true,
  noWriteWorkqueue: true,
  integrity: { tagSize: 28, mode: 'aead' },
  integrityKeySize: 16,
  sectorSize: 4096,
};
const CRYPT_NINE_WORDS =
  'allow_discards same_cpu_crypt submit_from_crypt_cpus high_priority no_read_workqueue no_write_workqueue ' +
  'integrity:28:aead integrity_key_size:16 sector_size:4096';

const INTEGRITY = { device: '7:0', offset: 0, tagSize: 4, mode: 'journal' };
const HASHED = { ...INTEGRITY, internalHash: { algorithm: 'crc32c' } };
const INTEGRITY_18 = {
  journalSectors: 88,
  interleaveSectors: 32768,
  bufferSectors: 128,
  journalWatermark: 50,
  commitTime: 10000,
  metadataDevice: '7:1',
  blockSize: 4096,
  sectorsPerBit: 8,
  bitmapFlushInterval: 1000,
  internalHash: { algorithm: 'hmac(sha256)', key: KEY },
  journalCrypt: { algorithm: 'ctr(aes)', key: KEY },
  journalMac: { algorithm: 'hmac(sha1)', key: KEY },
  recalculate: true,
  resetRecalculate: true,
  allowDiscards: true,
  allowDiscardsKeyed: true,
  fixPadding: true,
  fixHmac: true,
};
const INTEGRITY_18_WORDS =
  'journal_sectors:88 interleave_sectors:32768 buffer_sectors:128 journal_watermark:50 commit_time:10000 ' +
  'meta_device:7:1 block_size:4096 sectors_per_bit:8 bitmap_flush_interval:1000 ' +
  `internal_hash:hmac(sha256):${KEY} journal_crypt:ctr(aes):${KEY} journal_mac:hmac(sha1):${KEY} ` +
  'recalculate reset_recalculate allow_discards allow_discards_keyed fix_padding fix_hmac';

const INLINE = { cipher: 'aes-xts-plain64', key: RING, ivOffset: 0, device: '7:0', offset: 0 };
const INLINE_WORDS = `aes-xts-plain64 ${RING} 0 7:0 0`;

export const ACCEPTED: readonly Accepted[] = [
  takes('crypt', 8, 'a key of the keyring', CRYPT, CRYPT_WORDS),
  takes('crypt', 8, 'a key in the clear', { ...CRYPT, key: KEY }, `aes-xts-plain64 ${KEY} 0 7:0 1`),
  takes('crypt', 8, 'no key', { ...CRYPT, key: undefined }, 'aes-xts-plain64 - 0 7:0 1'),
  takes('crypt', 8, 'an empty key', { ...CRYPT, key: '' }, 'aes-xts-plain64 - 0 7:0 1'),
  takes('crypt', 8, 'a key of -', { ...CRYPT, key: '-' }, 'aes-xts-plain64 - 0 7:0 1'),
  takes(
    'crypt',
    8,
    'a cipher of the kernel',
    { ...CRYPT, cipher: 'capi:xts(aes)-plain64' },
    `capi:xts(aes)-plain64 ${RING} 0 7:0 1`,
  ),
  takes(
    'crypt',
    8,
    'nine options',
    { ...CRYPT, ...CRYPT_NINE },
    `${CRYPT_WORDS} 9 ${CRYPT_NINE_WORDS}`,
    'crypt_too_many_options',
  ),
  takes(
    'crypt',
    8,
    'large sectors',
    { ...CRYPT, sectorSize: 4096, ivLargeSectors: true },
    `${CRYPT_WORDS} 2 sector_size:4096 iv_large_sectors`,
    'crypt_length_not_sectors',
  ),
  takes(
    'crypt',
    8,
    'an IV offset of one sector',
    { ...CRYPT, ivOffset: 8, sectorSize: 4096 },
    `aes-xts-plain64 ${RING} 8 7:0 1 1 sector_size:4096`,
    'crypt_iv_offset_unaligned',
  ),
  takes(
    'crypt',
    8,
    'tags alone',
    { ...CRYPT, integrity: { tagSize: 1, mode: 'none' } },
    `${CRYPT_WORDS} 1 integrity:1:none`,
  ),
  takes('integrity', 8, 'a tag size alone', INTEGRITY, '7:0 0 4 J 0'),
  takes('integrity', 8, 'direct writes', { ...INTEGRITY, mode: 'direct' }, '7:0 0 4 D 0'),
  takes('integrity', 8, 'recovery', { ...INTEGRITY, mode: 'recovery' }, '7:0 0 4 R 0'),
  takes(
    'integrity',
    8,
    'a tag as long as the hash',
    { ...HASHED, tagSize: undefined, mode: 'bitmap' },
    '7:0 0 - B 1 internal_hash:crc32c',
    'integrity_needs_hash',
  ),
  takes('integrity', 8, 'a tag size of -', { ...HASHED, tagSize: '-' }, '7:0 0 - J 1 internal_hash:crc32c'),
  takes(
    'integrity',
    8,
    'inline tags',
    { ...HASHED, mode: 'inline' },
    '7:0 0 4 I 1 internal_hash:crc32c',
    'integrity_inline_conflict',
  ),
  takes(
    'integrity',
    8,
    'a keyed hash',
    { ...INTEGRITY, internalHash: { algorithm: 'hmac(sha256)', key: KEY } },
    `7:0 0 4 J 1 internal_hash:hmac(sha256):${KEY}`,
  ),
  takes(
    'integrity',
    8,
    'discards',
    { ...HASHED, allowDiscards: true },
    '7:0 0 4 J 2 internal_hash:crc32c allow_discards',
    'integrity_discard_needs_hash',
  ),
  takes(
    'integrity',
    8,
    'eighteen options',
    { ...INTEGRITY, ...INTEGRITY_18 },
    `7:0 0 4 J 18 ${INTEGRITY_18_WORDS}`,
    'integrity_too_many_options',
  ),
  takes(
    'integrity',
    8,
    'the recalculation of old',
    { ...INTEGRITY, legacyRecalculate: true },
    '7:0 0 4 J 1 legacy_recalculate',
  ),
  takes('inlinecrypt', 8, 'a key of the keyring', INLINE, INLINE_WORDS),
  takes('inlinecrypt', 8, 'a key in the clear', { ...INLINE, key: KEY }, `aes-xts-plain64 ${KEY} 0 7:0 0`),
  takes(
    'inlinecrypt',
    8,
    'every option',
    { ...INLINE, keyType: 'hw-wrapped', allowDiscards: true, sectorSize: 4096, ivLargeSectors: true },
    `${INLINE_WORDS} 4 keytype:hw-wrapped allow_discards sector_size:4096 iv_large_sectors`,
    'inlinecrypt_length_not_sectors',
  ),
  takes(
    'inlinecrypt',
    8,
    'sectors of 512 bytes',
    { ...INLINE, keyType: 'raw', sectorSize: 512 },
    `${INLINE_WORDS} 2 keytype:raw sector_size:512`,
    'inlinecrypt_large_sectors',
  ),
];

export const REFUSED: readonly Refused[] = [
  breaks(
    'crypt',
    12,
    'a sector and a half',
    { ...CRYPT, sectorSize: 4096 },
    `${CRYPT_WORDS} 1 sector_size:4096`,
    'crypt_length_not_sectors',
    'length',
  ),
  breaks(
    'crypt',
    8,
    'an IV offset of half a sector',
    { ...CRYPT, ivOffset: 4, sectorSize: 4096 },
    `aes-xts-plain64 ${RING} 4 7:0 1 1 sector_size:4096`,
    'crypt_iv_offset_unaligned',
    'ivOffset',
  ),
  breaks(
    'crypt',
    8,
    'all ten options',
    { ...CRYPT, ...CRYPT_NINE, ivLargeSectors: true },
    `${CRYPT_WORDS} 10 ${CRYPT_NINE_WORDS} iv_large_sectors`,
    'crypt_too_many_options',
    'sectorSize',
  ),
  breaks(
    'integrity',
    8,
    'a bitmap without a hash',
    { ...INTEGRITY, mode: 'bitmap' },
    '7:0 0 4 B 0',
    'integrity_needs_hash',
    'internalHash',
  ),
  breaks(
    'integrity',
    8,
    'inline tags without a hash',
    { ...INTEGRITY, mode: 'inline' },
    '7:0 0 4 I 0',
    'integrity_needs_hash',
    'internalHash',
  ),
  breaks(
    'integrity',
    8,
    'neither a tag size nor a hash',
    { ...INTEGRITY, tagSize: undefined },
    '7:0 0 - J 0',
    'integrity_needs_hash',
    'internalHash',
  ),
  breaks(
    'integrity',
    8,
    'inline tags and discards',
    { ...HASHED, mode: 'inline', allowDiscards: true },
    '7:0 0 4 I 2 internal_hash:crc32c allow_discards',
    'integrity_inline_conflict',
    'mode',
  ),
  breaks(
    'integrity',
    8,
    'inline tags on another device',
    { ...HASHED, mode: 'inline', metadataDevice: '7:1' },
    '7:0 0 4 I 2 meta_device:7:1 internal_hash:crc32c',
    'integrity_inline_conflict',
    'mode',
  ),
  breaks(
    'integrity',
    8,
    'discards without a hash',
    { ...INTEGRITY, allowDiscards: true },
    '7:0 0 4 J 1 allow_discards',
    'integrity_discard_needs_hash',
    'allowDiscards',
  ),
  breaks(
    'integrity',
    8,
    'all nineteen options',
    { ...INTEGRITY, ...INTEGRITY_18, legacyRecalculate: true },
    `7:0 0 4 J 19 ${INTEGRITY_18_WORDS} legacy_recalculate`,
    'integrity_too_many_options',
    'mode',
  ),
  breaks(
    'inlinecrypt',
    8,
    'large sectors that are not called so',
    { ...INLINE, sectorSize: 1024 },
    `${INLINE_WORDS} 1 sector_size:1024`,
    'inlinecrypt_large_sectors',
    'sectorSize',
  ),
  breaks(
    'inlinecrypt',
    12,
    'a sector and a half',
    { ...INLINE, sectorSize: 4096, ivLargeSectors: true },
    `${INLINE_WORDS} 2 sector_size:4096 iv_large_sectors`,
    'inlinecrypt_length_not_sectors',
    'length',
  ),
  breaks(
    'inlinecrypt',
    8,
    'an IV offset of half a sector',
    { ...INLINE, ivOffset: 4, sectorSize: 4096, ivLargeSectors: true },
    `aes-xts-plain64 ${RING} 4 7:0 0 2 sector_size:4096 iv_large_sectors`,
    'inlinecrypt_length_not_sectors',
    'length',
  ),
];

import type { Difference } from '../../../assembly/tables/differences.ts';

/** It goes with its reason: an example would prove what is to be no more. */
export type Correction = Omit<Difference, 'example'>;

/** What a declaration says that the kernel does not: each of these goes when the declaration is corrected. */
export const TO_BE_CORRECTED: readonly Correction[] = [
  {
    target: 'writecache',
    error: 'out_of_range',
    says: /(autocommitBlocks|writebackJobs|autocommitTime): 0 is outside/,
    reason: 'min 0: the kernel takes it as it stands',
  },
  {
    target: 'integrity',
    says: /Recalculate can only be specified with internal_hash/,
    reason: 'rule: recalculate and reset_recalculate need an internal hash',
  },
  {
    target: 'crypt',
    error: 'unknown_choice',
    says: /mode: "(NONE|AEAD|None|Aead)"/,
    reason: "integrity's mode: ignoreCase",
  },
  {
    target: 'writecache',
    says: /len=\d+ not aligned to h\/w logical block size/,
    reason: 'rule: length % (blockSize / 512) == 0',
  },
  {
    target: 'writecache',
    says: /High watermark must be greater/,
    reason: 'rule: without the other one, high is at least 45 and low at most 50',
  },
  { target: 'writecache', error: 'unknown_choice', says: /cacheType: "[SP]"/, reason: 'cacheType: ignoreCase' },
  {
    target: 'crypt',
    says: /Bad cipher specification/,
    words: /integrity:\d+:aead/i,
    reason: 'rule: integrity with mode aead needs a cipher that begins with capi:',
  },
  {
    target: 'integrity',
    says: /Recalculating with HMAC is disabled/,
    reason: 'rule: recalculate with a keyed hash needs legacy_recalculate',
  },
  {
    target: 'integrity',
    says: /Keyed discard can only be used with keyed|Discards not supported in inline mode|Discard can be only used with/,
    reason: 'rules: allow_discards_keyed needs an internal hash with a key, and not mode I',
  },
  {
    target: 'integrity',
    says: /Invalid internal_hash argument|Invalid journal_\w+ argument/,
    reason: 'a key is hex alone: no key of the keyring',
  },
  {
    target: 'integrity',
    says: /internalHash.key: the key is neither.*fields are not/,
    reason: 'a colon in a joined value that is not the last',
  },
  {
    target: 'integrity',
    says: /len=\d+ not aligned to h\/w|start=\d+ not aligned to h\/w/,
    reason: 'rule: length % (blockSize / 512) == 0',
  },
  { target: 'crypt', says: /start=\d+ not aligned to h\/w/, reason: 'rule: offset % (sectorSize / 512) == 0' },
  { target: 'crypt', says: /TABLE differs in key: \S+ :/, reason: "a keyring key's size has one spelling" },
  {
    target: 'integrity',
    says: /(key: the key is neither.*fields are not)|words and fields give other bytes/,
    reason: 'a key that is - or begins with a colon',
  },
];

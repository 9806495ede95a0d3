/** Key material that a table carries. It is never shown: not in an error, an annotation or an answer. */
import { endOf, hexEnd, startOf, Text } from '../text';

/** Whether the table at hand carries a key in the clear. */
export let hasSecret: bool = false;

/** Where the last few keys of the row at hand stand, to be hidden where its words are shown. */
const ROOM: u32 = 4;
const PLACES: usize = memory.data(32, 8);
let count: u32 = 0;

/** Where nothing says what is a key, hex digits from this many on are taken for one. */
const SUSPECT: usize = 16;
/** The same in the words of a target that has keys: a part of one that went astray. */
const SUSPECT_THERE: usize = 8;
let isThere: bool = false;

export function isSuspect(hexDigits: usize): bool {
  return hexDigits >= SUSPECT;
}

/** Whether an error may not show the text, because of hex digits that could be a key or a part of one. */
export function mayBeSecret(text: Text): bool {
  const least = isThere ? SUSPECT_THERE : SUSPECT;
  let at = startOf(text);
  while (at < endOf(text)) {
    const run = hexEnd(at, endOf(text));
    if (run - at >= least) return true;
    at = run + 1;
  }
  return false;
}

/** Begins a row of a target that has keys, or of one that has none. Where one that is not declared has its key nobody knows. */
export function enterSecretRow(hasKeys: bool, isDeclared: bool): void {
  nextSecretRow();
  isThere = hasKeys;
  if (hasKeys && !isDeclared) hasSecret = true;
}

export function forgetSecrets(): void {
  hasSecret = false;
  isThere = false;
  count = 0;
}

/** Forgets where the keys stand, not that there are some. */
export function nextSecretRow(): void {
  count = 0;
}

export function noteSecret(text: Text): void {
  hasSecret = true;
  if (count < ROOM) store<u64>(PLACES + (count++ << 3), text);
}

/** Whether the byte belongs to a key. */
export function isSecret(at: usize): bool {
  for (let i: u32 = 0; i < count; i++) {
    const text = load<u64>(PLACES + (i << 3));
    if (at >= startOf(text) && at < endOf(text)) return true;
  }
  return false;
}

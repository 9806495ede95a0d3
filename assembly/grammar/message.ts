/** Messages that carry a key: `key set <key>` (dm-crypt.c crypt_message). */
import { TEXT_KEY, TEXT_SET } from '../generated/tables';
import { named, startOf, Text } from '../text';
import { nextSecretRow, noteSecret } from './secrets';
import { equalIgnoringCase } from './values';
import { nextWord, startWords } from './words';

const COLON: u32 = 0x3a;

/** Notes where the key of a message stands; false where it has none in the clear. */
export function noteKeyOf(message: Text): bool {
  nextSecretRow();
  startWords(message, true);
  if (!equalIgnoringCase(nextWord(), named(TEXT_KEY)) || !equalIgnoringCase(nextWord(), named(TEXT_SET))) return false;
  const key = nextWord();
  if (key == 0 || load<u8>(startOf(key)) == COLON) return false;
  noteSecret(key);
  return true;
}

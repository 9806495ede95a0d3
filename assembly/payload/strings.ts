/** Payloads that are one text: a new name or uuid, a geometry. */
import { SPEC_ALIGNMENT } from '../abi';
import { fail } from '../failure';
import * as E from '../generated/errors';
import { top } from '../memory';
import { extend, overflowed, writeBytes } from '../msgpack/write';
import { Text } from '../text';
import { putData } from './header';

/** The text behind the header, terminated. */
export function putString(payload: usize, text: Text): bool {
  writeBytes(text);
  return endString(payload);
}

/** Terminates what was written behind the header and fills it up to 8 bytes. */
export function endString(payload: usize): bool {
  const unaligned = top - payload + 1;
  const size = (unaligned + SPEC_ALIGNMENT - 1) & ~(<usize>(SPEC_ALIGNMENT - 1));
  extend(size - unaligned + 1);
  putData(payload, size, 0);
  return !overflowed || fail(E.REQUEST_TOO_LARGE, 0);
}

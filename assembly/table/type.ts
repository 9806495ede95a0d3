/** A target's type. */
import { SPEC_TYPE_SIZE } from '../abi';
import { byteAt, enterField, fail, failNumber, failText } from '../failure';
import * as E from '../generated/errors';
import { TEXT_TYPE } from '../generated/tables';
import { endOf, isDigit, lengthOf, named, startOf, Text } from '../text';

/** Whether the type fits its field with its terminator and is a name that a target can have. */
export function checkType(type: Text): bool {
  enterField(named(TEXT_TYPE));
  if (lengthOf(type) == 0) return fail(E.EMPTY_TYPE, startOf(type));
  if (lengthOf(type) >= <usize>SPEC_TYPE_SIZE) return failNumber(E.TYPE_TOO_LONG, startOf(type), lengthOf(type));
  for (let at = startOf(type); at < endOf(type); at++) {
    const byte = <u32>load<u8>(at);
    if (byte - 0x61 < 26 || isDigit(byte) || byte == 0x2d || byte == 0x5f) continue;
    return failText(E.TYPE_CHARACTER, at, byteAt(at));
  }
  return true;
}

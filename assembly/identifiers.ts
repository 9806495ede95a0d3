/** The names and uuids of devices: which the kernel takes, and udev and libdm leave as they are. */
import { NAME_SIZE, UUID_SIZE } from './abi';
import { byteAt, fail, failText, failTexts, setNumber, setText } from './failure';
import * as E from './generated/errors';
import { TEXT_CONTROL, TEXT_DOT, TEXT_DOT_DOT, TEXT_NAME, TEXT_UUID } from './generated/tables';
import { endOf, equal, isDigit, isHexDigit, lengthOf, named, startOf, Text } from './text';

export function checkName(text: Text): bool {
  return checkIdentifier(text, TEXT_NAME, NAME_SIZE - 1) && checkReserved(text);
}

export function checkUuid(text: Text): bool {
  return checkIdentifier(text, TEXT_UUID, UUID_SIZE - 1);
}

function checkIdentifier(text: Text, kind: u32, longest: usize): bool {
  const place = startOf(text);
  if (lengthOf(text) == 0) return failText(E.EMPTY_NAME, place, named(kind));
  if (lengthOf(text) > longest) {
    setText(0, named(kind));
    setNumber(1, longest);
    setNumber(2, lengthOf(text));
    return fail(E.NAME_TOO_LONG, place);
  }
  for (let byte = place; byte < endOf(text); byte++) {
    if (isNameByte(load<u8>(byte))) continue;
    if (!isMangled(byte, endOf(text))) return failTexts(E.NAME_CHARACTER, byte, named(kind), byteAt(byte));
    byte += 3;
  }
  return true;
}

/** `\\x20`: how libdm writes any other byte into a name (libdm/libdm-common.c mangle_string). */
function isMangled(at: usize, end: usize): bool {
  if (at + 4 > end || load<u8>(at) != 0x5c || load<u8>(at, 1) != 0x78) return false;
  return isHexDigit(load<u8>(at, 2)) && isHexDigit(load<u8>(at, 3));
}

/** What udev and libdm leave as it is: `0-9 A-Z a-z # + - . : = @ _` (libdm/libdm-common.c). */
function isNameByte(byte: u32): bool {
  if ((byte | 0x20) - 0x61 < 26 || isDigit(byte)) return true;
  return (
    byte == 0x23 ||
    byte == 0x2b ||
    byte == 0x2d ||
    byte == 0x2e ||
    byte == 0x3a ||
    byte == 0x3d ||
    byte == 0x40 ||
    byte == 0x5f
  );
}

/** dm-ioctl.c check_name, which kernels before 6.5 do not do. */
function checkReserved(text: Text): bool {
  if (equal(text, named(TEXT_CONTROL)) || equal(text, named(TEXT_DOT)) || equal(text, named(TEXT_DOT_DOT))) {
    return failText(E.RESERVED_NAME, startOf(text), text);
  }
  return true;
}

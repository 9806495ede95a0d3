/**
 * A table given as dmsetup's text: one target a line, `start length type params`; blank lines and lines whose first
 * word begins with `#` are skipped (libdm/dm-tools/dmsetup.c _parse_line). Every byte of the params is what it looks like.
 */
import { enterField, failNumber, failText, ROOT_TABLE } from '../failure';
import * as E from '../generated/errors';
import { TEXT_LENGTH, TEXT_PARAMS, TEXT_START, TEXT_TYPE } from '../generated/tables';
import { putWords } from '../grammar/from-words';
import { mayHoldKey } from '../grammar/keys';
import { findTarget } from '../grammar/nodes';
import { enterSecretRow } from '../grammar/secrets';
import { setTargetVersion } from '../grammar/since';
import { putLiteralParams, startParams } from '../grammar/sink';
import { nextWord, startWords, takeTo, wordPlace, wordsEnd } from '../grammar/words';
import { number, parseDecimal, takeDecimal } from '../numbers';
import { controlFrom, endOf, named, slice, startOf, Text } from '../text';
import { versionOf } from '../versions';
import { NEWLINE, putPlainRow, readPlainRow } from './plain';
import { checkStart, closeSpec, nextRow, openSpec, startTable } from './specs';
import { checkType } from './type';

const RETURN: u32 = 0x0d;
const TAB: u32 = 0x09;
const BLANK: u32 = 0x20;
const HASH: u32 = 0x23;

/** Writes the specs of the lines of `text`. */
export function putLines(text: Text, readOnly: bool): bool {
  startTable(ROOT_TABLE, readOnly);
  let at = startOf(text);
  const end = endOf(text);
  while (at < end) {
    const plainEnd = readPlainRow(at, end);
    const stop = plainEnd != 0 ? plainEnd : lineEnd(at, end);
    const isPut = plainEnd != 0 ? putPlainRow(at, stop) : putLine(slice(at, stop - at));
    if (!isPut) return false;
    at = stop + 1;
  }
  return true;
}

function lineEnd(start: usize, end: usize): usize {
  let at = controlFrom(start, end);
  while (at < end && load<u8>(at) != NEWLINE) at = controlFrom(at + 1, end);
  return at;
}

function putLine(line: Text): bool {
  const row = trim(line);
  const place = startOf(row);
  if (place == endOf(row) || load<u8>(place) == HASH) return true;
  if (!nextRow(place) || !checkCharacters(row)) return false;
  startWords(row, false);
  if (!takeNumber(TEXT_START) || !checkStart(number, place)) return false;
  const lengthPlace = wordPlace();
  if (!takeNumber(TEXT_LENGTH)) return false;
  const length = number;
  const type = take(TEXT_TYPE);
  if (type == 0) return false;
  const target = findTarget(type);
  if ((target == 0 && !checkType(type)) || !openSpec(type, length, lengthPlace)) return false;
  enterSecretRow(mayHoldKey(target, type), target != 0);
  setTargetVersion(versionOf(type));
  if (target != 0) {
    startParams();
    if (!putWords(target)) return false;
  } else {
    putLiteralParams(slice(wordPlace(), endOf(row) - wordPlace()));
  }
  return closeSpec(target, place);
}

function take(reference: u32): Text {
  enterField(named(reference));
  const found = nextWord();
  if (found == 0) failText(E.SHORT_LINE, wordPlace(), named(reference));
  return found;
}

function takeNumber(reference: u32): bool {
  const behind = takeDecimal(wordPlace(), wordsEnd());
  if (behind != wordPlace() && takeTo(behind)) return true;
  const word = take(reference);
  return word != 0 && parseDecimal(word);
}

function trim(line: Text): Text {
  let start = startOf(line);
  let end = endOf(line);
  while (start < end && isMargin(load<u8>(start))) start++;
  while (end > start && isMargin(load<u8>(end - 1))) end--;
  return slice(start, end - start);
}

function isMargin(byte: u32): bool {
  return byte == BLANK || byte == TAB || byte == RETURN;
}

function checkCharacters(row: Text): bool {
  const end = endOf(row);
  let at = controlFrom(startOf(row), end);
  while (at < end && load<u8>(at) == TAB) at = controlFrom(at + 1, end);
  if (at == end) return true;
  enterField(named(TEXT_PARAMS));
  return failNumber(E.PARAMS_CHARACTER, at, load<u8>(at));
}

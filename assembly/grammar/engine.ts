/** Writes the params of one target by its declaration, from typed fields or from words, in one canonical form. */
import { enterElement, enterField, fail, failText, failTexts, leaveElement, setNumber, setText } from '../failure';
import * as E from '../generated/errors';
import {
  KIND_COUNT,
  KIND_EACH,
  KIND_OPTIONAL,
  KIND_OPTIONS,
  NODE_MAY_BE_EMPTY,
  TEXT_A_MAP,
  TEXT_AN_ARRAY,
  TEXT_LENGTH,
  TEXT_PARAMS,
  TEXT_START,
  TEXT_TYPE,
} from '../generated/tables';
import { ARRAY, bodyOf, bytesOf, find, MAP, sizeOf, skip, kindOf as valueKind } from '../msgpack/read';
import { writeDecimal } from '../msgpack/write';
import { number, parseDecimal } from '../numbers';
import { equal, named, startOf, Text } from '../text';
import {
  child,
  childCount,
  has,
  kindOf,
  knownFields,
  minOf,
  nameOf,
  param,
  paramCount,
  slotCount,
  slotOf,
  typeOf,
  wordOf,
} from './nodes';
import { collectFieldOptions, collectWordOptions, putOptions } from './options';
import * as slots from './slots';
import { putEmpty, putField, putFromWord } from './values';
import { moreWords, nextWord, putByte, wordPlace } from './words';

const BLANK: u32 = 0x20;

let target: usize = 0;
let first: bool = true;

function start(record: usize): void {
  target = record;
  first = true;
  slots.clearSlots(slotCount(record));
}

function separate(): void {
  if (!first) putByte(BLANK);
  first = false;
}

/** Writes the params from the fields of the map at `at`. */
export function putFields(record: usize, at: usize): bool {
  start(record);
  if (!checkFieldNames(at)) return false;
  const count = paramCount(record);
  for (let i: u32 = 0; i < count; i++) {
    const node = param(record, i);
    if (!putFieldNode(node, at)) return false;
  }
  return true;
}

function putFieldNode(node: usize, at: usize): bool {
  const kind = kindOf(node);
  if (kind == KIND_COUNT) return putListSize(node, at);
  if (kind == KIND_EACH) return putElements(node, at);
  if (kind == KIND_OPTIONAL) return hasAny(node, at) ? putGroup(node, at) : true;
  if (kind == KIND_OPTIONS) return collectFieldOptions(node, at) && putOptions(node, first);
  return putRequired(node, at);
}

function putRequired(node: usize, at: usize): bool {
  const value = find(at, nameOf(node));
  if (value != 0) {
    separate();
    return putField(node, value);
  }
  if (!has(node, NODE_MAY_BE_EMPTY)) {
    enterField(nameOf(node));
    return failText(E.MISSING_FIELD, at, nameOf(node));
  }
  separate();
  putEmpty(node);
  return true;
}

function putGroup(node: usize, at: usize): bool {
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    if (!putRequired(child(node, i), at)) return false;
  }
  return true;
}

function hasAny(node: usize, at: usize): bool {
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    if (find(at, nameOf(child(node, i))) != 0) return true;
  }
  return false;
}

function listAt(node: usize, at: usize): usize {
  enterField(nameOf(node));
  const list = find(at, nameOf(node));
  if (list == 0) {
    failText(E.MISSING_FIELD, at, nameOf(node));
    return 0;
  }
  if (valueKind(list) == ARRAY) return list;
  failText(E.WRONG_TYPE, list, named(TEXT_AN_ARRAY));
  return 0;
}

function putListSize(node: usize, at: usize): bool {
  const list = listAt(node, at);
  return list != 0 && putCount(node, sizeOf(list), list);
}

function putCount(node: usize, count: u64, place: usize): bool {
  if (count < minOf(node)) {
    setText(0, nameOf(node));
    setNumber(1, count);
    setNumber(2, minOf(node));
    return fail(E.LIST_TOO_SHORT, place);
  }
  slots.fill(slotOf(node), slots.NUMBER, count, place);
  separate();
  writeDecimal(count);
  return true;
}

function putElements(node: usize, at: usize): bool {
  const list = listAt(node, at);
  if (list == 0) return false;
  let element = bodyOf(list);
  const count = sizeOf(list);
  for (let i: u32 = 0; i < count; i++) {
    enterElement(nameOf(node), i);
    enterField(0);
    if (valueKind(element) != MAP) return failText(E.WRONG_TYPE, element, named(TEXT_A_MAP));
    if (!checkElementNames(node, element) || !putGroup(node, element)) return false;
    element = skip(element);
  }
  leaveElement();
  return true;
}

/** Writes the params from the words that `startWords` was given. */
export function putWords(record: usize): bool {
  start(record);
  const count = paramCount(record);
  for (let i: u32 = 0; i < count; i++) {
    if (!putWordNode(param(record, i))) return false;
  }
  if (!moreWords()) return true;
  const place = wordPlace();
  enterField(named(TEXT_PARAMS));
  return failTexts(E.EXTRA_WORD, place, typeOf(record), nextWord());
}

function putWordNode(node: usize): bool {
  const kind = kindOf(node);
  if (kind == KIND_COUNT) return putCountWord(node);
  if (kind == KIND_EACH) return putRepeatedWords(node);
  if (kind == KIND_OPTIONAL) return moreWords() ? putWordGroup(node) : true;
  if (kind == KIND_OPTIONS) return collectWordOptions(target, node) && putOptions(node, first);
  return putOneWord(node);
}

function requiredWord(name: Text): Text {
  const word = nextWord();
  if (word != 0) return word;
  enterField(name);
  failTexts(E.MISSING_WORD, wordPlace(), typeOf(target), name);
  return 0;
}

function putOneWord(node: usize): bool {
  const word = requiredWord(nameOf(node));
  if (word == 0) return false;
  separate();
  return putFromWord(node, word);
}

function putWordGroup(node: usize): bool {
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    if (!putOneWord(child(node, i))) return false;
  }
  return true;
}

function putCountWord(node: usize): bool {
  const word = requiredWord(nameOf(node));
  if (word == 0) return false;
  enterField(nameOf(node));
  return parseDecimal(word) && putCount(node, number, startOf(word));
}

function putRepeatedWords(node: usize): bool {
  const count = slots.valueIn(slotOf(node));
  for (let i: u64 = 0; i < count; i++) {
    enterElement(nameOf(node), <u32>i);
    if (!putWordGroup(node)) return false;
  }
  leaveElement();
  return true;
}

function checkFieldNames(at: usize): bool {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const name = bytesOf(key);
    if (!isCommonField(name) && !isField(name)) {
      enterField(name);
      return failTexts(E.UNKNOWN_FIELD, key, name, named(knownFields(target)));
    }
    key = skip(skip(key));
  }
  return true;
}

function isCommonField(name: Text): bool {
  return equal(name, named(TEXT_TYPE)) || equal(name, named(TEXT_LENGTH)) || equal(name, named(TEXT_START));
}

function isField(name: Text): bool {
  const count = paramCount(target);
  for (let i: u32 = 0; i < count; i++) {
    const node = param(target, i);
    const kind = kindOf(node);
    if (kind == KIND_OPTIONAL || kind == KIND_OPTIONS) {
      if (isChild(node, name)) return true;
    } else if (equal(nameOf(node), name)) {
      return true;
    }
  }
  return false;
}

function isChild(node: usize, name: Text): bool {
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    if (equal(nameOf(child(node, i)), name)) return true;
  }
  return false;
}

function checkElementNames(node: usize, at: usize): bool {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    if (!isChild(node, bytesOf(key))) {
      enterField(bytesOf(key));
      return failTexts(E.UNKNOWN_FIELD, key, bytesOf(key), wordOf(node));
    }
    key = skip(skip(key));
  }
  return true;
}

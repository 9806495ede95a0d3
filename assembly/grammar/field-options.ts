/** Options that typed fields give, in the order of their declaration. */
import { byteAt, enterElement, enterField, enterGroup, failText, failTexts, leaveElement } from '../failure';
import * as E from '../generated/errors';
import {
  KIND_CHOICE,
  KIND_FLAG,
  NODE_JOINED,
  NODE_MAY_BE_EMPTY,
  NODE_REPEATED,
  TEXT_A_MAP,
  TEXT_AN_ARRAY,
  TEXT_SOME_TEXT,
} from '../generated/tables';
import { boolOf, expectBool } from '../msgpack/fields';
import * as msgpack from '../msgpack/read';
import { endOf, equal, named, startOf } from '../text';
import { checkNames } from './field-names';
import {
  alternative,
  alternativeCount,
  alternativeName,
  alternativeWord,
  childrenOf,
  countOf,
  has,
  kindOf,
  nameOf,
  nodeAt,
  slotOf,
  wordOf,
} from './nodes';
import { checkSince } from './since';
import * as sink from './sink';
import * as slots from './slots';
import { nextColon, putField } from './values';

/** Hands every option of the set that the map at `at` gives to the sink. */
export function putFieldOptions(node: usize, at: usize): bool {
  const options = childrenOf(node);
  const count = countOf(options);
  for (let i: u32 = 0; i < count; i++) {
    const option = nodeAt(options, i);
    const value = msgpack.find(at, nameOf(option));
    if (value == 0) continue;
    enterField(nameOf(option));
    if (!checkSince(option, value) || !putOption(option, value)) return false;
  }
  return true;
}

function putOption(option: usize, value: usize): bool {
  const kind = kindOf(option);
  if (kind == KIND_FLAG) return putFlag(option, value);
  if (kind == KIND_CHOICE) return putChoice(option, value);
  return has(option, NODE_REPEATED) ? putRepeated(option, value) : putKeyed(option, value);
}

function putFlag(option: usize, value: usize): bool {
  if (!expectBool(value)) return false;
  if (!boolOf(value)) return true;
  slots.fill(slotOf(option), slots.TEXT, wordOf(option), value);
  sink.putWord(wordOf(option));
  return true;
}

function putChoice(option: usize, value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  const chosen = msgpack.bytesOf(value);
  const count = alternativeCount(option);
  for (let i: u32 = 0; i < count; i++) {
    const each = alternative(option, i);
    if (!equal(alternativeName(each), chosen)) continue;
    slots.fill(slotOf(option), slots.TEXT, alternativeWord(each), value);
    sink.putWord(alternativeWord(each));
    return true;
  }
  return failTexts(E.UNKNOWN_CHOICE, value, chosen, wordOf(option));
}

function putRepeated(option: usize, value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.ARRAY) return failText(E.WRONG_TYPE, value, named(TEXT_AN_ARRAY));
  let element = msgpack.bodyOf(value);
  const count = msgpack.sizeOf(value);
  for (let i: u32 = 0; i < count; i++) {
    enterElement(nameOf(option), i);
    sink.putWord(wordOf(option));
    const put = putField(nodeAt(childrenOf(option), 0), element);
    enterField(0);
    if (!put) return false;
    leaveElement();
    element = msgpack.skip(element);
  }
  return true;
}

/** An option of one value has it in its field, one of several has a map. */
function putKeyed(option: usize, value: usize): bool {
  sink.putWord(wordOf(option));
  if (has(option, NODE_JOINED)) sink.startJoined();
  const children = childrenOf(option);
  const put = countOf(children) == 1 ? putField(nodeAt(children, 0), value) : putGroup(option, value);
  if (has(option, NODE_JOINED)) sink.endJoined();
  return put;
}

function putGroup(option: usize, value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.MAP) return failText(E.WRONG_TYPE, value, named(TEXT_A_MAP));
  slots.fill(slotOf(option), slots.TEXT, wordOf(option), value);
  const children = childrenOf(option);
  const count = countOf(children);
  enterGroup(nameOf(option));
  if (!checkNames(children, value, 0, nameOf(option))) return false;
  for (let i: u32 = 0; i < count; i++) {
    const child = nodeAt(children, i);
    const field = msgpack.find(value, nameOf(child));
    enterField(nameOf(child));
    if (field == 0 && !has(child, NODE_MAY_BE_EMPTY)) return failText(E.MISSING_FIELD, value, nameOf(child));
    if (field == 0) continue;
    if (has(option, NODE_JOINED) && i + 1 < count && !checkPart(field)) return false;
    if (!putField(child, field)) return false;
  }
  leaveElement();
  return true;
}

/** A part of a joined word ends at the next colon. */
function checkPart(at: usize): bool {
  if (msgpack.kindOf(at) != msgpack.TEXT) return true;
  const text = msgpack.bytesOf(at);
  const colon = nextColon(startOf(text), endOf(text));
  return colon == endOf(text) || failText(E.VALUE_CHARACTER, colon, byteAt(colon));
}

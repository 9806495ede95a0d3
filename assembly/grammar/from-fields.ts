/** Reads a target from typed fields and hands its values to the sink, in the order of its declaration. */
import { enterElement, enterField, fail, failText, failTexts, leaveElement, setNumber, setText } from '../failure';
import * as E from '../generated/errors';
import {
  KIND_COUNT,
  KIND_COUNTED,
  KIND_EACH,
  KIND_LITERAL,
  KIND_OPTIONAL,
  KIND_PAIRS,
  KIND_SET,
  KIND_WHEN,
  NODE_ALWAYS,
  NODE_BARE,
  NODE_BY,
  NODE_MAY_BE_EMPTY,
  NODE_USUAL,
  TEXT_A_MAP,
  TEXT_AN_ARRAY,
  TEXT_MESSAGE_FIELDS,
  TEXT_ROW_FIELDS,
} from '../generated/tables';
import { ARRAY, bodyOf, bytesOf, find, MAP, sizeOf, skip, kindOf as valueKind } from '../msgpack/read';
import { named, Text } from '../text';
import { checkNames, isField } from './field-names';
import { putFieldOptions } from './field-options';
import {
  childrenOf,
  countOf,
  has,
  kindOf,
  knownFields,
  maxOf,
  minOf,
  Nodes,
  nameOf,
  nodeAt,
  otherSlotOf,
  paramsOf,
  slotCount,
  slotOf,
  wordOf,
} from './nodes';
import { putPairsOfFields } from './pairs';
import { checkElement } from './rules';
import * as sink from './sink';
import * as slots from './slots';
import { putAlternativeAt, putField } from './values';
import { holdsWord, isInWord } from './when';

const FALSE: u32 = 0xc2;

/** The record of the target at hand; a message has none. */
let target: usize = 0;

/** Hands the fields of the map at `at` to the sink. */
export function putFields(record: usize, at: usize): bool {
  target = record;
  slots.clearSlots(slotCount(target));
  const list = paramsOf(target);
  return checkNames(list, at, TEXT_ROW_FIELDS, named(knownFields(target))) && putNodes(list, at);
}

/** Hands the fields of a message to the sink. `known` names them all; `target` and `verb` are the message's own. */
export function putMessageFields(list: Nodes, at: usize, slotsUsed: u32, known: Text): bool {
  target = 0;
  slots.clearSlots(slotsUsed);
  return checkNames(list, at, TEXT_MESSAGE_FIELDS, known) && putNodes(list, at);
}

function putNodes(list: Nodes, at: usize): bool {
  const count = countOf(list);
  for (let i: u32 = 0; i < count; i++) {
    if (!putNode(nodeAt(list, i), at)) return false;
  }
  return true;
}

function putNode(node: usize, at: usize): bool {
  const kind = kindOf(node);
  if (kind < KIND_LITERAL) return putValue(node, at);
  if (kind == KIND_COUNT) return putCount(node, at);
  if (kind == KIND_EACH) return putElements(node, at);
  if (kind == KIND_OPTIONAL) return !hasAny(childrenOf(node), at) || putNodes(childrenOf(node), at);
  if (kind == KIND_COUNTED) return putCounted(node, at);
  if (kind == KIND_SET) return putSet(node, at);
  if (kind == KIND_PAIRS) return putPairsOfFields(node, at);
  if (kind == KIND_WHEN) return putWhen(node, at);
  sink.putWord(wordOf(node));
  return true;
}

function putValue(node: usize, at: usize): bool {
  const value = find(at, nameOf(node));
  if (value != 0) return putField(node, value);
  if (has(node, NODE_MAY_BE_EMPTY)) {
    sink.putEmpty();
    return true;
  }
  if (has(node, NODE_USUAL)) {
    putAlternativeAt(node, 0, at);
    return true;
  }
  enterField(nameOf(node));
  return failText(E.MISSING_FIELD, at, nameOf(node));
}

function putSet(node: usize, at: usize): bool {
  if (!isInWord(node)) return putFieldOptions(node, at);
  sink.startWord();
  const put = putFieldOptions(node, at);
  sink.endWord();
  return put;
}

/** Fields of what is not the case are refused: they would be left out in silence. */
function putWhen(node: usize, at: usize): bool {
  const children = childrenOf(node);
  if (holdsWord(node)) return putNodes(children, at);
  const count = countOf(children);
  for (let i: u32 = 0; i < count; i++) {
    const name = nameOf(nodeAt(children, i));
    const value = find(at, name);
    if (value == 0) continue;
    enterField(name);
    return failTexts(E.FIELD_WITHOUT, value, name, wordOf(node));
  }
  return true;
}

function putCounted(node: usize, at: usize): bool {
  const opened = sink.openCounted();
  if (!putNodes(childrenOf(node), at)) return false;
  sink.closeCounted(opened, has(node, NODE_ALWAYS));
  return true;
}

/** Whether the map has a field of any of these words and groups. An option that is false is one that is not there. */
function hasAny(list: Nodes, at: usize): bool {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const value = skip(key);
    if (load<u8>(value) != FALSE && isField(list, bytesOf(key))) return true;
    key = skip(value);
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

function putCount(node: usize, at: usize): bool {
  const list = find(at, nameOf(node));
  if (list == 0 && minOf(node) == 0) return countList(node, 0, at);
  return listAt(node, at) != 0 && countList(node, sizeOf(list), list);
}

/** Checks and writes the number of a list's elements. */
export function countList(node: usize, count: u64, place: usize): bool {
  if (count < minOf(node) || count > maxOf(node)) {
    setText(0, nameOf(node));
    setNumber(1, count);
    setNumber(2, count < minOf(node) ? minOf(node) : maxOf(node));
    return fail(count < minOf(node) ? E.LIST_TOO_SHORT : E.LIST_TOO_LONG, place);
  }
  slots.fill(slotOf(node), slots.NUMBER, count, place);
  sink.putCount(count);
  return true;
}

function putElements(node: usize, at: usize): bool {
  let list = find(at, nameOf(node));
  if (list == 0 && mayBeMissing(node)) return true;
  list = listAt(node, at);
  if (list == 0) return false;
  const count = sizeOf(list);
  if (has(node, NODE_BY) && count != slots.valueIn(otherSlotOf(node))) {
    setText(0, nameOf(node));
    setNumber(1, count);
    setNumber(2, slots.valueIn(otherSlotOf(node)));
    return fail(E.LIST_SIZE, list);
  }
  if (count != 0) slots.fill(slotOf(node), slots.NUMBER, count, list);
  let element = bodyOf(list);
  for (let i: u32 = 0; i < count; i++) {
    enterElement(nameOf(node), i);
    if (!putElement(node, element)) return false;
    leaveElement();
    element = skip(element);
  }
  return true;
}

/** A list that nothing says the size of, or that has none, need not be there. */
function mayBeMissing(node: usize): bool {
  if (has(node, NODE_BY)) return slots.valueIn(otherSlotOf(node)) == 0;
  return has(node, NODE_BARE) || slots.valueIn(slotOf(node)) == 0;
}

function putElement(node: usize, element: usize): bool {
  enterField(0);
  const children = childrenOf(node);
  if (has(node, NODE_BARE)) {
    const put = putField(nodeAt(children, 0), element);
    enterField(0);
    return put;
  }
  if (valueKind(element) != MAP) return failText(E.WRONG_TYPE, element, named(TEXT_A_MAP));
  return checkNames(children, element, 0, wordOf(node)) && putNodes(children, element) && checkElement(target, node);
}

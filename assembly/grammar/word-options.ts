/** Options that words give, in any order; handed on in the order of their declaration. */
import { enterElement, enterField, enterGroup, failText, failTexts, leaveElement, setText } from '../failure';
import * as E from '../generated/errors';
import {
  KIND_CHOICE,
  KIND_KEYED,
  NODE_JOINED,
  NODE_MAY_BE_EMPTY,
  NODE_REPEATED,
  TEXT_PARAMS,
} from '../generated/tables';
import { closeArray, openHead } from '../msgpack/write';
import { endOf, equal, lengthOf, named, slice, startOf, Text } from '../text';
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
  typeOf,
  wordOf,
} from './nodes';
import { checkSince } from './since';
import * as sink from './sink';
import * as slots from './slots';
import { equalIgnoringCase, nextColon, putFromWord } from './values';
import { backTo, mark, moreWords, nextWord, wordPlace } from './words';

const COLON: u32 = 0x3a;

/** Hands the options up to the end of the words, or of their fence, to the sink. */
export function putWordOptions(target: usize, node: usize): bool {
  const start = mark();
  if (!checkWords(target, node)) return false;
  const end = mark();
  const options = childrenOf(node);
  const count = countOf(options);
  for (let i: u32 = 0; i < count; i++) {
    const option = nodeAt(options, i);
    if (slots.kindIn(slotOf(option)) == slots.EMPTY) continue;
    backTo(start);
    if (!putAllOf(node, option)) return false;
  }
  backTo(end);
  return true;
}

/** Whether every word is an option or belongs to one, and none contradicts another. */
function checkWords(target: usize, node: usize): bool {
  enterField(named(TEXT_PARAMS));
  while (moreWords()) {
    const word = nextWord();
    const option = optionOf(node, word);
    if (option == 0) {
      setText(2, wordOf(node));
      return failTexts(E.UNKNOWN_OPTION, startOf(word), typeOf(target), withoutValues(word));
    }
    if (!checkSince(option, startOf(word))) return false;
    if (slots.kindIn(slotOf(option)) != slots.EMPTY && !has(option, NODE_REPEATED)) {
      return failText(E.OPTION_REPEATED, startOf(word), withoutValues(word));
    }
    slots.mark(slotOf(option), slots.TEXT, canonical(option, word), startOf(word));
    if (!skipValues(target, option)) return false;
  }
  return true;
}

/** The option that the word is, or begins. */
function optionOf(node: usize, word: Text): usize {
  const options = childrenOf(node);
  const count = countOf(options);
  for (let i: u32 = 0; i < count; i++) {
    const option = nodeAt(options, i);
    if (canonical(option, word) != 0) return option;
  }
  return 0;
}

/** The option's own spelling of the word (constructors compare with strcasecmp), or 0 when it is not its word. */
function canonical(option: usize, word: Text): Text {
  if (kindOf(option) != KIND_CHOICE) return equalIgnoringCase(wordOf(option), head(option, word)) ? wordOf(option) : 0;
  const count = alternativeCount(option);
  for (let i: u32 = 0; i < count; i++) {
    const spelling = alternativeWord(alternative(option, i));
    if (equalIgnoringCase(spelling, word)) return spelling;
  }
  return 0;
}

/** What stands behind the colon may be a key: an error does not show it. */
function withoutValues(word: Text): Text {
  return slice(startOf(word), nextColon(startOf(word), endOf(word)) - startOf(word));
}

/** A joined option's word ends at its first colon. */
function head(option: usize, word: Text): Text {
  if (kindOf(option) != KIND_KEYED || !has(option, NODE_JOINED)) return word;
  const colon = nextColon(startOf(word), endOf(word));
  return colon == endOf(word) ? 0 : slice(startOf(word), colon - startOf(word));
}

function skipValues(target: usize, option: usize): bool {
  if (kindOf(option) != KIND_KEYED || has(option, NODE_JOINED)) return true;
  const count = countOf(childrenOf(option));
  for (let i: u32 = 0; i < count; i++) {
    const place = wordPlace();
    if (nextWord() == 0) return failTexts(E.MISSING_WORD, place, typeOf(target), nameOf(nodeAt(childrenOf(option), i)));
  }
  return true;
}

/** Hands on every appearance of one option among the words. */
function putAllOf(node: usize, option: usize): bool {
  const list: usize = has(option, NODE_REPEATED) && sink.intoFields ? openList(option) : 0;
  let found: u32 = 0;
  while (moreWords()) {
    const word = nextWord();
    const each = optionOf(node, word);
    if (each != option) {
      skipValues(0, each);
      continue;
    }
    if (has(option, NODE_REPEATED) ? !putElement(option, word, found) : !putOne(option, word)) return false;
    found++;
  }
  if (list != 0) closeList(list, found);
  return true;
}

function putElement(option: usize, word: Text, index: u32): bool {
  enterElement(nameOf(option), index);
  const put = putOne(option, word);
  enterField(0);
  if (put) leaveElement();
  return put;
}

let before: bool = false;

function openList(option: usize): usize {
  sink.putKey(nameOf(option));
  before = sink.startBare();
  return openHead();
}

function closeList(list: usize, size: u32): void {
  closeArray(list, size);
  sink.endBare(before);
}

function putOne(option: usize, word: Text): bool {
  enterField(nameOf(option));
  if (kindOf(option) == KIND_KEYED) return putKeyed(option, word);
  if (sink.intoFields) putAsField(option, word);
  else sink.putWord(canonical(option, word));
  return true;
}

function putAsField(option: usize, word: Text): void {
  if (kindOf(option) != KIND_CHOICE) {
    sink.putBool(option, true);
    return;
  }
  const spelling = canonical(option, word);
  const count = alternativeCount(option);
  for (let i: u32 = 0; i < count; i++) {
    const each = alternative(option, i);
    if (equal(alternativeWord(each), spelling)) sink.putOneOf(option, alternativeName(each), spelling);
  }
}

function putKeyed(option: usize, word: Text): bool {
  sink.putWord(wordOf(option));
  const children = childrenOf(option);
  const isGroup = countOf(children) > 1;
  let opened: u64 = 0;
  if (isGroup) enterGroup(nameOf(option));
  if (isGroup && sink.intoFields) {
    sink.putKey(nameOf(option));
    opened = sink.openFields();
  }
  if (!has(option, NODE_JOINED)) {
    if (!putFollowing(option)) return false;
  } else {
    sink.startJoined();
    const put = putParts(
      option,
      slice(startOf(word) + lengthOf(wordOf(option)), lengthOf(word) - lengthOf(wordOf(option))),
    );
    sink.endJoined();
    if (!put) return false;
  }
  if (isGroup && sink.intoFields) sink.closeFields(opened);
  if (isGroup) leaveElement();
  return true;
}

function putFollowing(option: usize): bool {
  const children = childrenOf(option);
  const count = countOf(children);
  for (let i: u32 = 0; i < count; i++) {
    if (!putFromWord(nodeAt(children, i), nextWord())) return false;
  }
  return true;
}

/** The parts of a joined word, each behind a colon; the last takes what is left, colons and all. */
function putParts(option: usize, parts: Text): bool {
  const children = childrenOf(option);
  const count = countOf(children);
  let at = startOf(parts);
  for (let i: u32 = 0; i < count; i++) {
    const child = nodeAt(children, i);
    if (at >= endOf(parts) || load<u8>(at) != COLON) {
      if (has(child, NODE_MAY_BE_EMPTY)) continue;
      enterField(nameOf(child));
      return failText(E.MISSING_FIELD, at, nameOf(child));
    }
    const end = i + 1 == count ? endOf(parts) : nextColon(at + 1, endOf(parts));
    if (!putFromWord(child, slice(at + 1, end - at - 1))) return false;
    at = end;
  }
  return at == endOf(parts) || failText(E.VALUE_CHARACTER, at, slice(at, 1));
}

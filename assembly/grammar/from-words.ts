/** Reads a target from words and hands its values to the sink, in the order of its declaration. */
import { enterElement, enterField, failNumbers, failText, failTexts, leaveElement } from '../failure';
import * as E from '../generated/errors';
import {
  KIND_COUNT,
  KIND_COUNTED,
  KIND_EACH,
  KIND_LITERAL,
  KIND_OPTIONAL,
  KIND_PAIRS,
  KIND_SET,
  KIND_STATE,
  KIND_WHEN,
  NODE_ALWAYS,
  NODE_BARE,
  NODE_BY,
  NODE_REST,
  NODE_SILENT,
  TEXT_PARAMS,
} from '../generated/tables';
import { closeArray, openHead } from '../msgpack/write';
import { number, parseDecimal } from '../numbers';
import { equal, lengthOf, named, startOf, Text } from '../text';
import { countList } from './from-fields';
import {
  alternative,
  alternativeCount,
  alternativeName,
  behind,
  childrenOf,
  countOf,
  has,
  isPlain,
  kindOf,
  Nodes,
  nameOf,
  nodeAt,
  otherSlotOf,
  paramsOf,
  slotCount,
  slotOf,
  typeOf,
  wordOf,
} from './nodes';
import { putPairsOfWords } from './pairs';
import { putPlainWord } from './plain';
import { checkElement } from './rules';
import * as sink from './sink';
import * as slots from './slots';
import { isWordOf, putAlternativeAt, putFromWord } from './values';
import { holdsWord, isInWord } from './when';
import { putWordOptions } from './word-options';
import {
  aheadWord,
  countWords,
  enterFence,
  enterWord,
  leaveFence,
  leaveWord,
  moreWords,
  nextWord,
  restOfWords,
  wordPlace,
} from './words';

const DOT: u32 = 0x2e;

let target: usize = 0;

/** Set by a status that is one of its fixed texts: nothing else follows. */
let complete: bool = false;

/** The count of the group of words that was read last, while nothing was read behind it; 0 for none. */
let lastCount: usize = 0;
let countedWords: u64 = 0;
let followingWords: u32 = 0;

/** Hands the constructor's words, which `startWords` was given, to the sink. */
export function putWords(record: usize): bool {
  return putAll(record, paramsOf(record)) && checkEnd(record);
}

/** Hands the words of a declaration to the sink; what a newer kernel wrote behind them is passed over. */
export function putKnownWords(record: usize, list: Nodes): bool {
  return putAll(record, list);
}

function putAll(record: usize, list: Nodes): bool {
  target = record;
  complete = false;
  lastCount = 0;
  slots.clearSlots(slotCount(record));
  return putNodes(list);
}

function checkEnd(record: usize): bool {
  if (!moreWords()) return true;
  const place = wordPlace();
  enterField(named(TEXT_PARAMS));
  if (lastCount != 0) return failNumbers(E.OPTION_COUNT, lastCount, countedWords, followingWords);
  return failTexts(E.EXTRA_WORD, place, typeOf(record), nextWord());
}

function putNodes(list: Nodes): bool {
  let node = nodeAt(list, 0);
  for (let left = countOf(list); left > 0 && !complete; left--) {
    if (isPlain(node) && !sink.intoFields && putPlainWord(node)) lastCount = 0;
    else if (!putNode(node)) return false;
    node = behind(node);
  }
  return true;
}

function putNode(node: usize): bool {
  const kind = kindOf(node);
  if (kind == KIND_STATE) return putState(node);
  if (kind < KIND_LITERAL) return putValue(node);
  if (kind == KIND_LITERAL) return putLiteral(node);
  if (kind == KIND_COUNT) return putCount(node);
  if (kind == KIND_EACH) return putElements(node);
  if (kind == KIND_OPTIONAL) return !moreWords() || putOptional(node);
  if (kind == KIND_COUNTED) return putCounted(node);
  if (kind == KIND_SET) return isInWord(node) ? putInWord(node) : putWordOptions(target, node);
  if (kind == KIND_PAIRS) return putPairsOfWords(node);
  return kind != KIND_WHEN || !holdsWord(node) || putNodes(childrenOf(node));
}

function required(name: Text): Text {
  const word = nextWord();
  lastCount = 0;
  if (word != 0) return word;
  enterField(name);
  failTexts(E.MISSING_WORD, wordPlace(), typeOf(target), name);
  return 0;
}

function putValue(node: usize): bool {
  if (has(node, NODE_SILENT) && !isWordOf(node, aheadWord())) {
    putAlternativeAt(node, alternativeCount(node) - 1, wordPlace());
    return true;
  }
  const word = required(nameOf(node));
  return word != 0 && putFromWord(node, word);
}

/** A status may be one of some texts and nothing else. */
function putState(node: usize): bool {
  const rest = restOfWords();
  const count = alternativeCount(node);
  for (let i: u32 = 0; i < count; i++) {
    const text = alternativeName(alternative(node, i));
    if (!equal(text, rest)) continue;
    sink.putText(node, text);
    complete = true;
    return true;
  }
  return true;
}

function putLiteral(node: usize): bool {
  const word = required(wordOf(node));
  if (word == 0) return false;
  enterField(named(TEXT_PARAMS));
  if (!equal(word, wordOf(node))) return failTexts(E.UNKNOWN_CHOICE, startOf(word), word, wordOf(node));
  sink.putWord(word);
  return true;
}

function putCount(node: usize): bool {
  const word = required(nameOf(node));
  if (word == 0) return false;
  enterField(nameOf(node));
  return parseDecimal(word) && countList(node, number, startOf(word));
}

/** What could be left out and counts nothing is left out, as fields leave it out. */
function putOptional(node: usize): bool {
  const opened = sink.openOptional();
  if (!putNodes(childrenOf(node))) return false;
  if (kindOf(nodeAt(childrenOf(node), 0)) == KIND_COUNTED) sink.closeOptional(opened);
  return true;
}

function putCounted(node: usize): bool {
  if (!moreWords() && !has(node, NODE_ALWAYS)) return true;
  const opened = sink.openCounted();
  const counted = required(named(TEXT_PARAMS));
  enterField(named(TEXT_PARAMS));
  if (counted == 0 || !parseDecimal(counted)) return false;
  const follow = countWords();
  if (number > follow) return failNumbers(E.OPTION_COUNT, startOf(counted), number, follow);
  const count = number;
  const behind = enterFence(<u32>count);
  if (!putNodes(childrenOf(node)) || !checkEnd(target)) return false;
  leaveFence(behind);
  lastCount = startOf(counted);
  countedWords = count;
  followingWords = follow;
  sink.closeCounted(opened, has(node, NODE_ALWAYS));
  return true;
}

/** A set that is one word: a dot, or names and values. */
function putInWord(node: usize): bool {
  const word = required(named(TEXT_PARAMS));
  if (word == 0) return false;
  sink.startWord();
  if (lengthOf(word) != 1 || load<u8>(startOf(word)) != DOT) {
    enterField(named(TEXT_PARAMS));
    const behind = enterWord(word);
    if (behind == 0) return failText(E.PAIR_WITHOUT_VALUE, startOf(word), word);
    if (!putWordOptions(target, node)) return false;
    leaveWord(behind);
  }
  sink.endWord();
  return true;
}

function putElements(node: usize): bool {
  let list: usize = 0;
  if (sink.intoFields) {
    sink.putKey(nameOf(node));
    list = openHead();
  }
  const byCount = !has(node, NODE_REST);
  const wanted = byCount ? slots.valueIn(has(node, NODE_BY) ? otherSlotOf(node) : slotOf(node)) : u64.MAX_VALUE;
  let count: u32 = 0;
  while (count < wanted && (byCount || moreWords())) {
    enterElement(nameOf(node), count);
    if (!putElement(node)) return false;
    leaveElement();
    count++;
  }
  if (!byCount) slots.fill(slotOf(node), slots.NUMBER, count, wordPlace());
  if (sink.intoFields) closeArray(list, count);
  return true;
}

function putElement(node: usize): bool {
  if (!has(node, NODE_BARE)) {
    const opened = sink.openFields();
    if (!putNodes(childrenOf(node))) return false;
    sink.closeFields(opened);
    return checkElement(sink.intoFields ? 0 : target, node);
  }
  const before = sink.startBare();
  const put = putValue(nodeAt(childrenOf(node), 0));
  sink.endBare(before);
  enterField(0);
  return put;
}

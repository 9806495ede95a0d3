/** The counted options at the end of a target's params: collected in any order, written in the declared one. */
import { enterField, failNumbers, failText, failTexts, setText } from '../failure';
import * as E from '../generated/errors';
import { KIND_CHOICE, KIND_FLAG, TEXT_PARAMS, TEXT_SOME_TEXT, TEXT_TRUE_OR_FALSE } from '../generated/tables';
import * as msgpack from '../msgpack/read';
import { writeDecimal } from '../msgpack/write';
import { number, parseDecimal } from '../numbers';
import { equal, lengthOf, named, startOf, Text } from '../text';
import { child, childCount, kindOf, nameOf, slotOf, typeOf, wordOf } from './nodes';
import * as slots from './slots';
import { putField, putFromWord } from './values';
import { countWords, moreWords, nextWord, putByte, putVerbatim, wordPlace } from './words';

const BLANK: u32 = 0x20;
const TRUE: u32 = 0xc3;

/** Puts every option that the map at `at` gives into its slot. */
export function collectFieldOptions(node: usize, at: usize): bool {
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    const option = child(node, i);
    const value = msgpack.find(at, nameOf(option));
    if (value == 0) continue;
    enterField(nameOf(option));
    const kind = kindOf(option);
    if (kind == KIND_FLAG) {
      if (msgpack.kindOf(value) != msgpack.BOOL) return failText(E.WRONG_TYPE, value, named(TEXT_TRUE_OR_FALSE));
      if (load<u8>(value) == TRUE) slots.fill(slotOf(option), slots.TEXT, wordOf(option), value);
    } else if (kind == KIND_CHOICE) {
      if (!collectChoice(option, value)) return false;
    } else {
      slots.fill(slotOf(option), slots.FIELD, value, value);
    }
  }
  return true;
}

function collectChoice(option: usize, value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  const chosen = msgpack.bytesOf(value);
  const count = childCount(option);
  for (let i: u32 = 0; i < count; i++) {
    const alternative = child(option, i);
    if (!equal(nameOf(alternative), chosen)) continue;
    slots.fill(slotOf(option), slots.TEXT, wordOf(alternative), value);
    return true;
  }
  return failTexts(E.UNKNOWN_CHOICE, value, chosen, wordOf(option));
}

/** Puts the options that the words give, led by their count, into their slots. */
export function collectWordOptions(target: usize, node: usize): bool {
  if (!moreWords()) return true;
  enterField(named(TEXT_PARAMS));
  const counted = nextWord();
  if (!parseDecimal(counted)) return false;
  const follow = countWords();
  if (number != follow) return failNumbers(E.OPTION_COUNT, startOf(counted), number, follow);
  while (moreWords()) {
    if (!collectWord(target, node, nextWord())) return false;
  }
  return true;
}

function collectWord(target: usize, node: usize, word: Text): bool {
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    const option = child(node, i);
    const canonical = matching(option, word);
    if (canonical == 0) continue;
    if (slots.kindIn(slotOf(option)) != slots.EMPTY) return failText(E.OPTION_REPEATED, startOf(word), word);
    return keep(target, option, canonical, word);
  }
  setText(2, wordOf(node));
  return failTexts(E.UNKNOWN_OPTION, startOf(word), typeOf(target), word);
}

function keep(target: usize, option: usize, canonical: Text, word: Text): bool {
  if (kindOf(option) == KIND_FLAG || kindOf(option) == KIND_CHOICE) {
    slots.fill(slotOf(option), slots.TEXT, canonical, startOf(word));
    return true;
  }
  const place = wordPlace();
  const value = nextWord();
  if (value == 0) return failTexts(E.MISSING_WORD, place, typeOf(target), nameOf(option));
  slots.fill(slotOf(option), slots.WORD, value, startOf(value));
  return true;
}

/** The option's own spelling of the word, or 0 when it is not its word. */
function matching(option: usize, word: Text): Text {
  if (kindOf(option) != KIND_CHOICE) return equalIgnoringCase(wordOf(option), word) ? wordOf(option) : 0;
  const count = childCount(option);
  for (let i: u32 = 0; i < count; i++) {
    const spelling = wordOf(child(option, i));
    if (equalIgnoringCase(spelling, word)) return spelling;
  }
  return 0;
}

/** Options are compared with strcasecmp (dm-verity-target.c verity_parse_opt_args). */
function equalIgnoringCase(lower: Text, word: Text): bool {
  const length = lengthOf(lower);
  if (length != lengthOf(word)) return false;
  for (let i: usize = 0; i < length; i++) {
    let byte = <u32>load<u8>(startOf(word) + i);
    if (byte - 0x41 < 26) byte |= 0x20;
    if (byte != load<u8>(startOf(lower) + i)) return false;
  }
  return true;
}

/** Writes the collected options behind their count; nothing when there are none. */
export function putOptions(node: usize, first: bool): bool {
  const words = countCollected(node);
  if (words == 0) return true;
  if (!first) putByte(BLANK);
  writeDecimal(words);
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    const option = child(node, i);
    const kind = slots.kindIn(slotOf(option));
    if (kind == slots.EMPTY) continue;
    putByte(BLANK);
    const value = slots.valueIn(slotOf(option));
    if (kind == slots.TEXT) {
      putVerbatim(value);
      continue;
    }
    putVerbatim(wordOf(option));
    putByte(BLANK);
    const put = kind == slots.FIELD ? putField(child(option, 0), <usize>value) : putFromWord(child(option, 0), value);
    if (!put) return false;
  }
  return true;
}

function countCollected(node: usize): u32 {
  let words: u32 = 0;
  const count = childCount(node);
  for (let i: u32 = 0; i < count; i++) {
    const kind = slots.kindIn(slotOf(child(node, i)));
    if (kind == slots.TEXT) words += 1;
    else if (kind != slots.EMPTY) words += 2;
  }
  return words;
}

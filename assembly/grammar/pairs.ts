/** Keys of any name, each with its value. */
import { enterField, fail, failText, setNumber, setText } from '../failure';
import * as E from '../generated/errors';
import { TEXT_A_MAP, TEXT_SOME_TEXT } from '../generated/tables';
import * as msgpack from '../msgpack/read';
import { writeText } from '../msgpack/write';
import { number, readNumber } from '../numbers';
import { equal, firstNotUtf8, lengthOf, named, startOf, Text } from '../text';
import { nameOf, slotOf } from './nodes';
import * as sink from './sink';
import * as slots from './slots';
import { checkPlain } from './values';
import { backTo, mark, moreWords, nextWord, wordPlace } from './words';

/** Hands the map in the field to the sink; no field is no pairs. */
export function putPairsOfFields(node: usize, at: usize): bool {
  enterField(nameOf(node));
  const map = msgpack.find(at, nameOf(node));
  if (map == 0) return true;
  if (msgpack.kindOf(map) != msgpack.MAP) return failText(E.WRONG_TYPE, map, named(TEXT_A_MAP));
  slots.fill(slotOf(node), slots.NUMBER, msgpack.sizeOf(map), map);
  let key = msgpack.bodyOf(map);
  for (let left = msgpack.sizeOf(map); left > 0; left--) {
    const value = msgpack.skip(key);
    if (!putWord(msgpack.bytesOf(key)) || !putPairValue(value)) return false;
    key = msgpack.skip(value);
  }
  return true;
}

function putPairValue(value: usize): bool {
  if (msgpack.kindOf(value) == msgpack.TEXT) return putWord(msgpack.bytesOf(value));
  if (msgpack.kindOf(value) != msgpack.NUMBER) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  if (!readNumber(value)) return false;
  sink.putCount(number);
  return true;
}

function putWord(text: Text): bool {
  if (lengthOf(text) == 0) return fail(E.EMPTY_VALUE, startOf(text));
  if (!checkPlain(text)) return false;
  sink.putWord(text);
  return true;
}

/** As many words as a constructor takes for them (dm-cache-target.c parse_policy_args). */
const MAX_WORDS: u32 = 1024;

/** A map has every key once, and as text. */
function checkKey(node: usize, start: u64, key: Text): bool {
  if (firstNotUtf8(key) != 0) return failText(E.VALUE_CHARACTER, startOf(key), key);
  const behind = mark();
  backTo(start);
  let words: u32 = 0;
  let other = nextWord();
  while (startOf(other) != startOf(key)) {
    if (equal(other, key)) return failText(E.OPTION_REPEATED, startOf(key), key);
    nextWord();
    words += 2;
    other = nextWord();
  }
  backTo(behind);
  if (words < MAX_WORDS) return true;
  setText(0, nameOf(node));
  setNumber(1, words / 2 + 1);
  setNumber(2, MAX_WORDS / 2);
  return fail(E.LIST_TOO_LONG, startOf(key));
}

/** Hands the words up to the end, or to their fence, to the sink. */
export function putPairsOfWords(node: usize): bool {
  enterField(nameOf(node));
  let opened: u64 = 0;
  if (sink.intoFields) {
    sink.putKey(nameOf(node));
    opened = sink.openFields();
  }
  const start = mark();
  while (moreWords()) {
    const key = nextWord();
    const place = wordPlace();
    const value = nextWord();
    if (value == 0) return failText(E.PAIR_WITHOUT_VALUE, place, key);
    if (!checkKey(node, start, key)) return false;
    if (sink.intoFields) {
      sink.putKey(key);
      writeText(value);
    } else if (!putWord(key) || !putWord(value)) {
      return false;
    }
  }
  if (sink.intoFields) sink.closeFields(opened);
  return true;
}

/**
 * Words that stand for themselves: numbers of which nothing is said but their bounds, and devices that need no quoting.
 * Most words of large tables are such. Every other word, and every error, is left to `values.ts`.
 */
import { enterField } from '../failure';
import { KIND_NUMBER } from '../generated/tables';
import { number, takeDecimal } from '../numbers';
import { printableEnd, slice } from '../text';
import { behind, countOf, kindOf, nameOf, nodeAt, paramsOf, slotCount, slotOf } from './nodes';
import { putWord } from './sink';
import * as slots from './slots';
import { deviceNumberEnd, isInRange, MAX_PATH } from './values';
import { BLANK, SLASH, takeTo, wordPlace, wordsEnd } from './words';

/** Takes the next word over when it is plain; otherwise it is still to be taken. */
export function putPlainWord(node: usize): bool {
  const start = wordPlace();
  const stop = start == wordsEnd() ? start : readPlainWord(node, start, wordsEnd());
  if (stop == start || !takeTo(stop)) return false;
  enterField(nameOf(node));
  fillSlot(node, start, stop);
  putWord(slice(start, stop - start));
  return true;
}

/** Reads the words of a target that has no others, each behind one blank: the place behind them, or 0. */
export function readPlainWords(target: usize, start: usize, end: usize): usize {
  slots.clearSlots(slotCount(target));
  const list = paramsOf(target);
  let node = nodeAt(list, 0);
  let at = start;
  for (let left = countOf(list); left > 0; left--) {
    if (at + 1 >= end || load<u8>(at) != BLANK) return 0;
    const word = at + 1;
    at = readPlainWord(node, word, end);
    if (at == word) return 0;
    fillSlot(node, word, at);
    node = behind(node);
  }
  return at;
}

/** The place behind the word, or its own when it is not plain. */
function readPlainWord(node: usize, start: usize, end: usize): usize {
  if (kindOf(node) == KIND_NUMBER) {
    const stop = takeDecimal(start, end);
    return isInRange(node, number) ? stop : start;
  }
  if (load<u8>(start) != SLASH) return deviceNumberEnd(start, end);
  const stop = printableEnd(start, end);
  return stop - start <= MAX_PATH ? stop : start;
}

function fillSlot(node: usize, start: usize, stop: usize): void {
  if (kindOf(node) == KIND_NUMBER) slots.fillNumber(slotOf(node), number, false, start);
  else slots.fill(slotOf(node), slots.TEXT, slice(start, stop - start), start);
}

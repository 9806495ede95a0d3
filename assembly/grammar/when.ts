/** Words that are there in one case only. */
import { NODE_IN_WORD } from '../generated/tables';
import { isListed, Text } from '../text';
import { has, nameOf, slotOf, wordOf } from './nodes';
import * as slots from './slots';

/** Whether the field that the node asks about holds one of its words. */
export function holdsWord(node: usize): bool {
  return holds(node, wordOf(node));
}

/** Whether the options of a set are one word here. */
export function isInWord(node: usize): bool {
  return has(node, NODE_IN_WORD) && holds(node, nameOf(node));
}

function holds(node: usize, words: Text): bool {
  return slots.kindIn(slotOf(node)) == slots.TEXT && isListed(slots.valueIn(slotOf(node)), words);
}

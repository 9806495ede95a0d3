/** Words that are there in one case only. */
import { equal } from '../text';
import { slotOf, wordOf } from './nodes';
import * as slots from './slots';

/** Whether the field that the node asks about holds its word. */
export function holdsWord(node: usize): bool {
  return slots.kindIn(slotOf(node)) == slots.TEXT && equal(slots.valueIn(slotOf(node)), wordOf(node));
}

/** Which targets have keys. */
import { TARGET_KEYED, TEXT_KEYED_TYPES } from '../generated/tables';
import { isListed, named, Text } from '../text';
import { isTarget } from './nodes';

/** Whether a table of the type can carry a key. `target`: the type's record, or 0. */
export function mayHoldKey(target: usize, type: Text): bool {
  return target == 0 ? isListed(type, named(TEXT_KEYED_TYPES)) : isTarget(target, TARGET_KEYED);
}

/** Which targets have keys. */
import {
  KIND_COUNTED,
  KIND_EACH,
  KIND_KEY,
  KIND_KEYED,
  KIND_OPTIONAL,
  KIND_SET,
  TEXT_KEYED_TYPES,
} from '../generated/tables';
import { isListed, named, Text } from '../text';
import { childrenOf, countOf, findTarget, kindOf, Nodes, nodeAt, tableOf } from './nodes';

/** Whether a table of the type can carry a key. */
export function mayHoldKey(type: Text): bool {
  const target = findTarget(type);
  return target == 0 ? isListed(type, named(TEXT_KEYED_TYPES)) : holdsKey(tableOf(target));
}

/** The children of a choice are alternatives, not nodes. */
function hasNodes(kind: u32): bool {
  return kind == KIND_OPTIONAL || kind == KIND_COUNTED || kind == KIND_SET || kind == KIND_KEYED || kind == KIND_EACH;
}

function holdsKey(list: Nodes): bool {
  const count = countOf(list);
  for (let i: u32 = 0; i < count; i++) {
    const node = nodeAt(list, i);
    const kind = kindOf(node);
    if (kind == KIND_KEY) return true;
    if (hasNodes(kind) && holdsKey(childrenOf(node))) return true;
  }
  return false;
}

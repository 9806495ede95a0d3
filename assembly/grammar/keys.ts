/** Which targets have keys. */
import { KIND_COUNTED, KIND_EACH, KIND_KEY, KIND_KEYED, KIND_OPTIONAL, KIND_SET } from '../generated/tables';
import { childrenOf, countOf, kindOf, Nodes, nodeAt, tableOf } from './nodes';

/** Whether the target's table can carry a key; 0 is a target that nobody knows. */
export function mayHoldKey(target: usize): bool {
  return target != 0 && holdsKey(tableOf(target));
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

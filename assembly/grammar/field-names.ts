/** Names of fields: which a declaration has, and whether a map has others. */
import { enterField, failTexts } from '../failure';
import * as E from '../generated/errors';
import { KIND_COUNTED, KIND_LITERAL, KIND_OPTIONAL, KIND_SET, KIND_WHEN } from '../generated/tables';
import { bodyOf, keyAt, sizeOf, skip } from '../msgpack/read';
import { endOf, equal, isListed, named, Text } from '../text';
import { childrenOf, countOf, kindOf, Nodes, nameOf, nodeAt } from './nodes';

/** Whether one of these words and groups has the field. */
export function isField(list: Nodes, name: Text): bool {
  const count = countOf(list);
  for (let i: u32 = 0; i < count; i++) {
    const node = nodeAt(list, i);
    const kind = kindOf(node);
    const isGroup = kind == KIND_OPTIONAL || kind == KIND_COUNTED || kind == KIND_SET || kind == KIND_WHEN;
    if (isGroup ? isField(childrenOf(node), name) : kind != KIND_LITERAL && equal(nameOf(node), name)) return true;
  }
  return false;
}

/** Whether the map at `at` has these fields alone, and those that `others` lists (0: none). `known`: for the message. */
export function checkNames(list: Nodes, at: usize, others: u32, known: Text): bool {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const name = keyAt(key);
    if (!isField(list, name) && (others == 0 || !isListed(name, named(others)))) {
      enterField(name);
      return failTexts(E.UNKNOWN_FIELD, key, name, known);
    }
    key = skip(endOf(name));
  }
  return true;
}

/** The pieces of a layout's answer. */
import { writeBool, writeMap, writeNamed, writeNumber } from '../msgpack/write';

/** The map behind `layout`, of so many fields. */
export function openLayout(fields: u32): bool {
  writeMap(fields);
  return true;
}

export function put(reference: u32, value: u64): bool {
  writeNamed(reference);
  writeNumber(value);
  return true;
}

export function putBool(reference: u32, value: bool): bool {
  writeNamed(reference);
  writeBool(value);
  return true;
}

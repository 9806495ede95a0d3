/** Evaluates the rules between a target's fields (see `Rule` in `tables/notation.ts`). */
import { element, enterField, fail } from '../failure';
import {
  DIGESTS,
  DIGESTS_COUNT,
  LENGTH_SLOT,
  OP_ADD,
  OP_AND,
  OP_AT_LEAST,
  OP_AT_MOST,
  OP_BEGINS,
  OP_DIGEST,
  OP_DIGITS,
  OP_DIVIDE,
  OP_END,
  OP_EQUAL,
  OP_FIELD,
  OP_GIVEN,
  OP_GREATER,
  OP_IS,
  OP_LENGTH,
  OP_LESS,
  OP_LISTED,
  OP_MULTIPLY,
  OP_NEGATIVE,
  OP_NOT,
  OP_NOT_EQUAL,
  OP_NUMBER,
  OP_OR,
  OP_POWER_OF_TWO,
  OP_REMAINDER,
  OP_SAME,
  OP_SUBTRACT,
  OP_TIMES,
  SIZE_DIGEST,
  TABLES,
} from '../generated/tables';
import { add, clearOverflow, multiply, overflow, subtract } from '../numbers';
import { equal, lengthOf, named, slice, startOf, Text } from '../text';
import { childrenOf, countOf, nodeAt, rule, ruleCount, slotOf } from './nodes';
import * as slots from './slots';
import { samePath } from './words';

/** As deep as `tables/expression.ts` lets an expression be. */
const STACK: usize = memory.data(128, 8);

/** The length in sectors of the target at hand. */
export let targetLength: u64 = 0;

/** Whether every rule of the target holds for the fields in the slots. */
export function checkRules(target: usize, length: u64, lengthPlace: usize): bool {
  targetLength = length;
  return checkRulesOf(target, 0, lengthPlace);
}

/** Whether the element of a list that is complete keeps its rules (`target` 0: it has none). Its fields are free then. */
export function checkElement(target: usize, list: usize): bool {
  if (target != 0 && !checkRulesOf(target, slotOf(list) + 1, 0)) return false;
  const children = childrenOf(list);
  const count = countOf(children);
  for (let i: u32 = 0; i < count; i++) slots.empty(slotOf(nodeAt(children, i)));
  return true;
}

/** `list`: the slot of the list whose elements have to keep them, and one; 0 for the target. */
function checkRulesOf(target: usize, list: u32, lengthPlace: usize): bool {
  const count = ruleCount(target);
  for (let i: u32 = 0; i < count; i++) {
    const each = rule(target, i);
    if (load<u8>(each, 7) != list) continue;
    const when = load<u16>(each, 2);
    clearOverflow();
    if (when != 0 && evaluate(TABLES + when) == 0) continue;
    const holds = evaluate(TABLES + load<u16>(each, 4)) != 0;
    if (!holds || overflow) return failRule(each, lengthPlace);
  }
  return true;
}

function failRule(each: usize, lengthPlace: usize): bool {
  const slot = <u32>load<u8>(each, 6);
  const place: usize = slot == LENGTH_SLOT ? 0 : slots.placeOf(slot);
  enterField(named(load<u32>(each, 8)));
  return fail(load<u16>(each), place == 0 ? lengthPlace : place);
}

function evaluate(code: usize): u64 {
  let behind = STACK;
  while (true) {
    const op = <u32>load<u8>(code++);
    if (op == OP_END) return load<u64>(STACK);
    if (op < OP_NOT) {
      store<u64>(behind, operand(op, code));
      behind += 8;
      code += operandSize(op, code);
    } else if (op == OP_NOT) {
      store<u64>(behind - 8, load<u64>(behind - 8) == 0 ? 1 : 0);
    } else {
      behind -= 8;
      store<u64>(behind - 8, combine(op, load<u64>(behind - 8), load<u64>(behind)));
    }
  }
}

function operandSize(op: u32, code: usize): usize {
  if (op == OP_FIELD) return 1;
  if (op == OP_LENGTH) return 0;
  if (op == OP_NUMBER) return 1 + <usize>load<u8>(code);
  if (op == OP_SAME) return 2;
  return op == OP_IS || op == OP_BEGINS ? 5 : 1;
}

/** A number of as many bytes as the first of them says. */
function numberAt(code: usize): u64 {
  const unused = (<u64>(8 - load<u8>(code))) << 3;
  return unused == 64 ? 0 : (load<u64>(code, 1) << unused) >> unused;
}

function operand(op: u32, code: usize): u64 {
  if (op == OP_LENGTH) return targetLength;
  if (op == OP_NUMBER) return numberAt(code);
  const slot = <u32>load<u8>(code);
  const value = slots.valueIn(slot);
  if (op == OP_FIELD) return value;
  const kind = slots.kindIn(slot);
  if (op == OP_GIVEN) return kind == slots.EMPTY ? 0 : 1;
  if (op == OP_TIMES) return slots.timesIn(slot);
  if (op == OP_LISTED) return slots.holds(slot, element()) ? 1 : 0;
  if (op == OP_NEGATIVE) return kind == slots.NEGATIVE ? 1 : 0;
  if (op == OP_POWER_OF_TWO) return value != 0 && (value & (value - 1)) == 0 ? 1 : 0;
  if (op == OP_DIGITS) return lengthOf(value);
  if (op == OP_DIGEST) return digestSize(value);
  if (kind < slots.TEXT) return 0;
  if (op == OP_SAME) return isSame(slot, load<u8>(code, 1)) ? 1 : 0;
  const word = named(load<u32>(code, 1));
  if (op == OP_IS) return equal(value, word) ? 1 : 0;
  return begins(value, word) ? 1 : 0;
}

function isSame(a: u32, b: u32): bool {
  const kind = slots.kindIn(b);
  if (kind < slots.TEXT) return false;
  return samePath(slots.valueIn(a), slots.kindIn(a) == slots.QUOTED, slots.valueIn(b), kind == slots.QUOTED);
}

function begins(text: Text, word: Text): bool {
  return lengthOf(text) >= lengthOf(word) && equal(slice(startOf(text), lengthOf(word)), word);
}

/** Bytes of a digest, or 0 where the algorithm is not known. */
export function digestSize(algorithm: Text): u64 {
  for (let i: usize = 0; i < DIGESTS_COUNT; i++) {
    const digest = TABLES + DIGESTS + i * SIZE_DIGEST;
    if (equal(named(load<u32>(digest)), algorithm)) return load<u32>(digest, 4);
  }
  return 0;
}

function combine(op: u32, a: u64, b: u64): u64 {
  if (op == OP_ADD) return add(a, b);
  if (op == OP_SUBTRACT) return subtract(a, b);
  if (op == OP_MULTIPLY) return multiply(a, b);
  if (op == OP_DIVIDE) return b == 0 ? 0 : a / b;
  if (op == OP_REMAINDER) return b == 0 ? 0 : a % b;
  return compare(op, a, b) ? 1 : 0;
}

function compare(op: u32, a: u64, b: u64): bool {
  if (op == OP_EQUAL) return a == b;
  if (op == OP_NOT_EQUAL) return a != b;
  if (op == OP_LESS) return a < b;
  if (op == OP_AT_MOST) return a <= b;
  if (op == OP_GREATER) return a > b;
  if (op == OP_AT_LEAST) return a >= b;
  if (op == OP_AND) return a != 0 && b != 0;
  return op == OP_OR ? a != 0 || b != 0 : false;
}

/** The packed records of targets and their words, as `tables/nodes.ts` and `tables/compile.ts` lay them out. */
import {
  PLAIN,
  SIZE_ALTERNATIVE,
  SIZE_NODE,
  SIZE_RULE,
  SIZE_TARGET,
  TABLES,
  TARGETS,
  TARGETS_COUNT,
} from '../generated/tables';
import { equal, named, Text } from '../text';

/** Rows mostly follow others of their type. A record of the tables says nothing about a request. */
let lastTarget: usize = 0;

/** The record of a target type, or 0 when its words are not known. */
export function findTarget(type: Text): usize {
  if (lastTarget != 0 && equal(typeOf(lastTarget), type)) return lastTarget;
  for (let i: usize = 0; i < TARGETS_COUNT; i++) {
    const target = TABLES + TARGETS + i * SIZE_TARGET;
    if (!equal(typeOf(target), type)) continue;
    lastTarget = target;
    return target;
  }
  return 0;
}

export function typeOf(target: usize): Text {
  return named(load<u32>(target));
}

/** Whether the target is what a flag says: the table's only one, for read-only tables alone. */
export function isTarget(target: usize, flag: u32): bool {
  return (load<u8>(target, 4) & flag) != 0;
}

export function ruleCount(target: usize): u32 {
  return load<u8>(target, 6);
}

export function rule(target: usize, index: u32): usize {
  return TABLES + load<u16>(target, 10) + index * SIZE_RULE;
}

export function slotCount(target: usize): u32 {
  return load<u8>(target, 7);
}

/** The names of all fields, for a message. */
export function knownFields(target: usize): u32 {
  return load<u32>(target, 12);
}

/** A list of nodes: its address in the high and its length in the low 32 bits. */
export type Nodes = u64;

/** The nodes at an offset of the tables. */
export function nodes(at: u32, count: u32): Nodes {
  return ((<u64>(TABLES + at)) << 32) | count;
}

/** The words of the constructor. */
export function paramsOf(target: usize): Nodes {
  return nodes(load<u16>(target, 8), load<u8>(target, 5));
}

/** The words that TABLE prints. */
export function tableOf(target: usize): Nodes {
  return nodes(load<u16>(target, 16), load<u8>(target, 20));
}

/** The words that INFO prints. */
export function statusOf(target: usize): Nodes {
  return nodes(load<u16>(target, 18), load<u8>(target, 21));
}

export function countOf(list: Nodes): u32 {
  return <u32>list;
}

export function nodeAt(list: Nodes, index: u32): usize {
  return <usize>(list >> 32) + index * SIZE_NODE;
}

/** The next node of its list. */
export function behind(node: usize): usize {
  return node + SIZE_NODE;
}

export function kindOf(node: usize): u32 {
  return load<u8>(node) & ~PLAIN;
}

/** Whether it is a number or a device of which nothing is said but its bounds. */
export function isPlain(node: usize): bool {
  return (load<u8>(node) & PLAIN) != 0;
}

export function slotOf(node: usize): u32 {
  return load<u8>(node, 1);
}

export function has(node: usize, flag: u32): bool {
  return (load<u16>(node, 2) & flag) != 0;
}

/** The slot of the field that counts a list. */
export function otherSlotOf(node: usize): u32 {
  return load<u8>(node, 5);
}

export function childrenOf(node: usize): Nodes {
  return nodes(load<u16>(node, 6), load<u8>(node, 4));
}

/** One of the words that a choice has: `alternativeName` is what the field holds, `alternativeWord` the kernel's. */
export function alternative(node: usize, index: u32): usize {
  return TABLES + load<u16>(node, 6) + index * SIZE_ALTERNATIVE;
}

export function alternativeCount(node: usize): u32 {
  return load<u8>(node, 4);
}

export function alternativeName(at: usize): Text {
  return named(load<u32>(at));
}

export function alternativeWord(at: usize): Text {
  return named(load<u32>(at, 4));
}

/** The name of the field. */
export function nameOf(node: usize): Text {
  return named(load<u32>(node, 8));
}

/** The kernel's word for an option, or the names of what a group holds. */
export function wordOf(node: usize): Text {
  return named(load<u32>(node, 12));
}

export function minOf(node: usize): u64 {
  return load<u64>(TABLES + load<u16>(node, 16));
}

export function maxOf(node: usize): u64 {
  return load<u64>(TABLES + load<u16>(node, 18));
}

export function multipleOf(node: usize): u32 {
  return load<u8>(node, 20);
}

/** The version since which it is taken, as `major << 16 | minor << 8 | patch`; 0 for always. */
export function sinceOf(node: usize): u32 {
  return load<u32>(node, 20) >>> 8;
}

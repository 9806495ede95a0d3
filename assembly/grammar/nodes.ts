/** The packed records of targets and their words, as `tables/compile.ts` lays them out. */
import {
  SIZE_NODE,
  SIZE_RULE,
  SIZE_TARGET,
  TABLES,
  TARGET_READ_ONLY,
  TARGET_SINGLETON,
  TARGETS,
  TARGETS_COUNT,
} from '../generated/tables';
import { equal, named, Text } from '../text';

/** The record of a target type, or 0 when its words are not known. */
export function findTarget(type: Text): usize {
  for (let i: usize = 0; i < TARGETS_COUNT; i++) {
    const target = TABLES + TARGETS + i * SIZE_TARGET;
    if (equal(typeOf(target), type)) return target;
  }
  return 0;
}

export function typeOf(target: usize): Text {
  return named(load<u32>(target));
}

export function isSingleton(target: usize): bool {
  return (load<u8>(target, 4) & TARGET_SINGLETON) != 0;
}

export function needsReadOnly(target: usize): bool {
  return (load<u8>(target, 4) & TARGET_READ_ONLY) != 0;
}

export function paramCount(target: usize): u32 {
  return load<u8>(target, 5);
}

export function param(target: usize, index: u32): usize {
  return TABLES + load<u16>(target, 8) + index * SIZE_NODE;
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

export function kindOf(node: usize): u32 {
  return load<u8>(node);
}

export function slotOf(node: usize): u32 {
  return load<u8>(node, 1);
}

export function has(node: usize, flag: u32): bool {
  return (load<u8>(node, 2) & flag) != 0;
}

export function childCount(node: usize): u32 {
  return load<u8>(node, 3);
}

export function child(node: usize, index: u32): usize {
  return TABLES + load<u16>(node, 4) + index * SIZE_NODE;
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
  return load<u64>(node, 16);
}

export function maxOf(node: usize): u64 {
  return load<u64>(node, 24);
}

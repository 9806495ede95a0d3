/**
 * The notation in which targets, actions and errors are declared. The declarations are data: `compile.ts` packs them
 * into the bytes that the planner's engine reads, and tests, documentation and the library read them as they stand.
 */

/** One word of a target's params, or a group of them. The order of declaration is the order in the kernel's table. */
export type Node = NumberNode | DeviceNode | WordNode | HexNode | CountNode | EachNode | OptionalNode | OptionsNode;

/** Everything that is one word of the params. */
export type Value = NumberNode | DeviceNode | WordNode | HexNode;

export interface NumberNode {
  kind: 'number';
  field: string;
  /** Inclusive bounds; `max` is 2^64 - 1 unless given. */
  min: bigint;
  max: bigint;
  /** The number counts sectors, so that a typed value may carry a unit (`1MiB`). */
  sectors: boolean;
  powerOfTwo: boolean;
}

export interface DeviceNode {
  kind: 'device';
  field: string;
}

export interface WordNode {
  kind: 'word';
  field: string;
}

export interface HexNode {
  kind: 'hex';
  field: string;
  /** The field may be left out or empty, which the kernel writes as `-`. */
  mayBeEmpty: boolean;
}

/** The number of elements of a list whose words follow later (see EachNode). */
export interface CountNode {
  kind: 'count';
  list: string;
  min: bigint;
}

/** For every element of the list, these words. */
export interface EachNode {
  kind: 'each';
  field: string;
  of: Value[];
}

/** All of these words or none, at the end of the params. */
export interface OptionalNode {
  kind: 'optional';
  of: Value[];
}

/** The counted options at the end of the params, in canonical order: `<number of words> <word>…`. */
export interface OptionsNode {
  kind: 'options';
  of: Option[];
}

export type Option = FlagOption | ChoiceOption | KeyedOption;

export interface FlagOption {
  kind: 'flag';
  field: string;
  word: string;
}

/** At most one of several words; the field holds the short name on the left. */
export interface ChoiceOption {
  kind: 'choice';
  field: string;
  words: Record<string, string>;
}

/** A word followed by its value. */
export interface KeyedOption {
  kind: 'keyed';
  word: string;
  value: Value;
}

/**
 * A relation between fields. `must` and `when` are expressions over integers: field names, `length` (of the target, in
 * sectors), decimal numbers, `+ - * / %`, comparisons, `&& ||`, `count(list)`, `digits(hex)`, `digest(algorithm)` (bytes;
 * 0 when unknown), `same(device, device)` and `given(field)`. Arithmetic that passes 2^64 breaks the rule.
 */
export interface Rule {
  code: number;
  name: string;
  when?: string;
  must: string;
  /** The field the error points at. */
  at: string;
  /** What was wrong and what to do; `{field}` and `{length}` stand for values. */
  message: string;
  /** Where the kernel has the rule, or why it is ours. */
  source: string;
}

export interface Target {
  type: string;
  /** The constructor in the kernel's source. */
  source: string;
  /** The only target of its table (DM_TARGET_SINGLETON). */
  singleton?: boolean;
  /** Its table has to be loaded read-only. */
  readOnly?: boolean;
  params: Node[];
  rules: Rule[];
}

const U64_MAX = (1n << 64n) - 1n;
/** No device reaches past it (dm-table.c dm_table_add_target: LLONG_MAX >> SECTOR_SHIFT). */
const LAST_SECTOR = (1n << 54n) - 1n;

type Bounds = { min?: bigint | number; max?: bigint | number; powerOfTwo?: boolean };

export function number(field: string, { min = 0, max = U64_MAX, powerOfTwo = false }: Bounds = {}): NumberNode {
  return { kind: 'number', field, min: BigInt(min), max: BigInt(max), sectors: false, powerOfTwo };
}

export function sectors(field: string, bounds: Bounds = {}): NumberNode {
  return { ...number(field, { max: LAST_SECTOR, ...bounds }), sectors: true };
}

export function device(field: string): DeviceNode {
  return { kind: 'device', field };
}

export function word(field: string): WordNode {
  return { kind: 'word', field };
}

export function hex(field: string, { mayBeEmpty = false } = {}): HexNode {
  return { kind: 'hex', field, mayBeEmpty };
}

export function count(list: string, { min = 1 } = {}): CountNode {
  return { kind: 'count', list, min: BigInt(min) };
}

export function each(field: string, of: Value[]): EachNode {
  return { kind: 'each', field, of };
}

export function optional(of: Value[]): OptionalNode {
  return { kind: 'optional', of };
}

export function options(of: Option[]): OptionsNode {
  return { kind: 'options', of };
}

export function flag(field: string, word: string): FlagOption {
  return { kind: 'flag', field, word };
}

export function choice(field: string, words: Record<string, string>): ChoiceOption {
  return { kind: 'choice', field, words };
}

export function keyed(word: string, value: Value): KeyedOption {
  return { kind: 'keyed', word, value };
}

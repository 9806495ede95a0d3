/**
 * The notation in which targets, actions and errors are declared. The declarations are data: `compile.ts` packs them
 * into the bytes that the planner's engine reads, and tests, documentation and the library read them as they stand.
 */

/** One word of a target's params, or a group of them. The order of declaration is the order in the kernel's table. */
export type Node = Value | State | Literal | Count | Each | Optional | Counted | OptionSet | Pairs | When;

/** What is exactly one word. */
export type Value = NumberValue | DeviceValue | WordValue | HexValue | KeyValue | OneOf | BooleanValue | Ratio;

interface Named {
  /** The name of the typed field. */
  field: string;
  /** The first version of the target's module that takes it, where it is not as old as the target. */
  since?: Since;
}

/** A version of a target's module, as LIST_VERSIONS gives it. */
export type Since = [major: number, minor: number, patch: number];

export interface NumberValue extends Named {
  kind: 'number';
  /** Inclusive bounds. */
  min: bigint;
  max: bigint;
  /** The number counts sectors, so that a typed value may carry a unit (`1MiB`). */
  sectors: boolean;
  powerOfTwo: boolean;
  /** 1 where any number will do. */
  multipleOf: number;
  /** A minus sign may stand in front; the bounds are those of the digits. */
  signed: boolean;
  /** The field may be left out, which the kernel writes as `-`. */
  mayBeEmpty: boolean;
  /** A list holds the number once at most; it is below 256. */
  distinct?: boolean;
  /** What may stand there instead of a number. */
  words: string[];
}

export interface DeviceValue extends Named {
  kind: 'device';
  mayBeEmpty: boolean;
}

export interface WordValue extends Named {
  kind: 'word';
}

export interface HexValue extends Named {
  kind: 'hex';
  mayBeEmpty: boolean;
}

/** Key material: hex, `-` for none, or `:bytes:type:description` of a key in the kernel's keyring. Never shown. */
export interface KeyValue extends Named {
  kind: 'key';
  mayBeEmpty: boolean;
  /** The key may be named by its place in the kernel's keyring. */
  keyring: boolean;
}

/** One of several words; the field holds the name on the left. */
export interface OneOf extends Named {
  kind: 'oneOf';
  words: Record<string, string>;
  ignoreCase: boolean;
  /** The first is meant where the field is left out, and is left out of answers. */
  usual: boolean;
  /** The last has no word: it is meant where what follows is none of the others. */
  silent: boolean;
}

/** One of two words; the field is true or false. */
export interface BooleanValue extends Named {
  kind: 'boolean';
  words: [yes: string, no: string];
}

/** Two numbers as one word, `used/total`. Only kernels write it. */
export interface Ratio extends Named {
  kind: 'ratio';
  /** The field of the second number. */
  over: string;
}

/** Texts that stand for the whole status when a target has nothing else to say; the field is `state`. */
export interface State extends Named {
  kind: 'state';
  texts: string[];
}

/** A word that is always the same and has no field. */
export interface Literal {
  kind: 'literal';
  word: string;
}

/** The number of elements of a list whose words follow later. */
export interface Count {
  kind: 'count';
  list: string;
  min: bigint;
  max: bigint;
}

/** For every element of a list, these words. */
export interface Each extends Named {
  kind: 'each';
  of: Node[];
  /** The list's elements are single values, not maps. */
  bare: boolean;
  /** Where the number of elements is: a Count of the same list, another field, or as many as there are words. */
  counted: 'list' | 'rest' | { by: string };
}

/** All of these or none, at the end of what they stand in. */
export interface Optional {
  kind: 'optional';
  of: Node[];
}

/** The number of words that follow, and these words. */
export interface Counted {
  kind: 'counted';
  of: Node[];
  /** Written as 0 when there is nothing to count; otherwise then left out, and then the last there is. */
  always: boolean;
}

/** Options in any order, up to the end of what they stand in; written in the order of declaration. */
export interface OptionSet {
  kind: 'set';
  of: Option[];
  /** Where a OneOf holds one of these words, they are one word: `name=value` parted by commas, `.` for none. */
  inWord?: { field: string; is: string[] };
}

/** Any keys, each with its value, up to the end of what they stand in; the field is a map. */
export interface Pairs extends Named {
  kind: 'pairs';
}

/** These words where a OneOf holds one of those words. */
export interface When {
  kind: 'when';
  field: string;
  is: string[];
  of: Node[];
}

export type Option = Flag | Choice | Keyed;

/** A word that is there or not; the field is true or absent. */
export interface Flag extends Named {
  kind: 'flag';
  word: string;
}

/** At most one of several words; the field holds the name on the left. */
export interface Choice extends Named {
  kind: 'choice';
  words: Record<string, string>;
}

/**
 * A word and what belongs to it. One value: the field is that value's. Several: the field is a map of them. `joined`: the
 * values follow the word in the same word, each behind a colon; the last may be left out when it may be empty.
 */
export interface Keyed extends Named {
  kind: 'keyed';
  word: string;
  of: Value[];
  joined: boolean;
  /** May be given several times; the field is a list. */
  repeated: boolean;
}

/**
 * A relation between fields. `must` and `when` are expressions over integers: field names (`option.field` in an option's
 * map; 0 for one that is not given), `length` (of the target, in sectors), decimal numbers, `+ - * / %`, comparisons,
 * `! && ||`, `count(list)`, `digits(hex)`, `digest(algorithm)` (bytes; 0 when unknown), `same(device, device)`,
 * `given(field)`, `times(field)` (how many elements of a list have it), `negative(field)`, `listed(numbers)` (whether a list
 * of distinct numbers has that of the element at hand), `powerOfTwo(field)`, `is(field, word)` and `begins(field, word)`.
 * A field that a list has several times is the largest of its numbers. Arithmetic that leaves 0 to 2^64 - 1 breaks the rule.
 */
export interface Rule {
  code: number;
  name: string;
  /** The list whose elements have to keep it, each by itself. */
  each?: string;
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
  /** What it is for, in a sentence. */
  about: string;
  /** A table line that the kernel takes. */
  example: string;
  /** The constructor in the kernel's source. */
  source: string;
  /** The only target of its table (DM_TARGET_SINGLETON, or DM_TARGET_IMMUTABLE, which may not be mixed either). */
  singleton?: boolean;
  /** Its table has to be loaded read-only. */
  readOnly?: boolean;
  /** Its table may not be loaded read-only (DM_TARGET_ALWAYS_WRITEABLE). */
  writeable?: boolean;
  params: Node[];
  /** What TABLE prints, where that is not what the constructor takes. */
  table?: Node[];
  /** What INFO prints; absent for a target that prints nothing. */
  status?: Node[];
  rules: Rule[];
}

const U32_MAX = (1n << 32n) - 1n;
const U64_MAX = (1n << 64n) - 1n;
/** No device reaches past it (dm-table.c dm_table_add_target: LLONG_MAX >> SECTOR_SHIFT). */
const LAST_SECTOR = (1n << 54n) - 1n;

type Bounds = {
  min?: bigint | number;
  max?: bigint | number;
  powerOfTwo?: boolean;
  multipleOf?: number;
  signed?: boolean;
  mayBeEmpty?: boolean;
  distinct?: boolean;
  words?: string[];
};

/** A number of 64 bits. */
export function number64(field: string, bounds: Bounds = {}): NumberValue {
  const { min = 0, max = U64_MAX, ...rest } = bounds;
  return {
    kind: 'number',
    field,
    min: BigInt(min),
    max: BigInt(max),
    sectors: false,
    powerOfTwo: false,
    multipleOf: 1,
    signed: false,
    mayBeEmpty: false,
    words: [],
    ...rest,
  };
}

/** A number of 32 bits, as most constructors read it. */
export function number(field: string, bounds: Bounds = {}): NumberValue {
  return number64(field, { max: U32_MAX, ...bounds });
}

/** A number of sectors. */
export function sectors(field: string, bounds: Bounds = {}): NumberValue {
  return { ...number64(field, { max: LAST_SECTOR, ...bounds }), sectors: true };
}

/** A number of sectors of 32 bits. */
export function sectors32(field: string, bounds: Bounds = {}): NumberValue {
  return sectors(field, { max: U32_MAX, ...bounds });
}

/** A number of sectors of 64 bits, which no device limits. */
export function sectors64(field: string, bounds: Bounds = {}): NumberValue {
  return sectors(field, { max: U64_MAX, ...bounds });
}

export function device(field: string, { mayBeEmpty = false }: { mayBeEmpty?: boolean } = {}): DeviceValue {
  return { kind: 'device', field, mayBeEmpty };
}

export function word(field: string): WordValue {
  return { kind: 'word', field };
}

export function hex(field: string, { mayBeEmpty = false }: { mayBeEmpty?: boolean } = {}): HexValue {
  return { kind: 'hex', field, mayBeEmpty };
}

export function key(
  field: string,
  { mayBeEmpty = true, keyring = true }: { mayBeEmpty?: boolean; keyring?: boolean } = {},
): KeyValue {
  return { kind: 'key', field, mayBeEmpty, keyring };
}

/** `words`: names and the words they stand for, or words that are their own names. */
export function oneOf(
  field: string,
  words: Record<string, string> | string[],
  { ignoreCase = false, usual = false, silent = false }: Partial<Pick<OneOf, 'ignoreCase' | 'usual' | 'silent'>> = {},
): OneOf {
  return { kind: 'oneOf', field, words: namesOf(words), ignoreCase, usual, silent };
}

export function boolean(field: string, yes: string, no: string): BooleanValue {
  return { kind: 'boolean', field, words: [yes, no] };
}

function namesOf(words: Record<string, string> | string[]): Record<string, string> {
  return Array.isArray(words) ? Object.fromEntries(words.map((word) => [word, word])) : words;
}

export function ratio(field: string, over: string): Ratio {
  return { kind: 'ratio', field, over };
}

export function state(texts: string[]): State {
  return { kind: 'state', field: 'state', texts };
}

export function literal(word: string): Literal {
  return { kind: 'literal', word };
}

export function count(list: string, { min = 1, max = U32_MAX }: Bounds = {}): Count {
  return { kind: 'count', list, min: BigInt(min), max: BigInt(max) };
}

export function each(field: string, of: Node[]): Each {
  return { kind: 'each', field, of, bare: false, counted: 'list' };
}

/** As many elements as there are words for. */
export function elements(field: string, of: Node[]): Each {
  return { ...each(field, of), counted: 'rest' };
}

/** A list of single values: as many as there are words, or as a count or a field says. */
export function values(field: string, of: Value, counted: Each['counted'] = 'rest'): Each {
  return { kind: 'each', field, of: [of], bare: true, counted };
}

export function optional(...of: Node[]): Optional {
  return { kind: 'optional', of };
}

export function counted(of: Node[], { always = false }: { always?: boolean } = {}): Counted {
  return { kind: 'counted', of, always };
}

export function set(of: Option[]): OptionSet {
  return { kind: 'set', of };
}

/** Options that are one word where the field holds one of these words. */
export function setOrWord(field: string, is: string[], of: Option[]): OptionSet {
  return { kind: 'set', of, inWord: { field, is } };
}

export function pairs(field: string): Pairs {
  return { kind: 'pairs', field };
}

export function when(field: string, is: string | string[], ...of: Node[]): When {
  return { kind: 'when', field, is: [is].flat(), of };
}

const newerThan = (version: Since | undefined): { since?: Since } => (version ? { since: version } : {});

export function flag(field: string, word: string, version?: Since): Flag {
  return { kind: 'flag', field, word, ...newerThan(version) };
}

export function choice(field: string, words: Record<string, string> | string[], version?: Since): Choice {
  return { kind: 'choice', field, words: namesOf(words), ...newerThan(version) };
}

/** `word value value …`: the field is a map of the values. */
export function keyedGroup(field: string, word: string, of: Value[], version?: Since): Keyed {
  return { kind: 'keyed', field, word, of, joined: false, repeated: false, ...newerThan(version) };
}

/** `word value`. */
export function keyed(word: string, value: Value, version?: Since): Keyed {
  return keyedGroup(value.field, word, [value], version);
}

/** `word value`, any number of times. */
export function repeated(word: string, value: Value, version?: Since): Keyed {
  return { ...keyed(word, value, version), repeated: true };
}

/** `word:value`. */
export function joined(word: string, value: Value, version?: Since): Keyed {
  return { ...keyed(word, value, version), joined: true };
}

/** `word:value:value`. */
export function joinedGroup(field: string, word: string, of: Value[], version?: Since): Keyed {
  return { ...keyedGroup(field, word, of, version), joined: true };
}

/** A second reading of the declarations, without a line of the engine: what they make of typed fields. */
import type { Node, NumberValue, OneOf, Option, Target, Value } from '../../../assembly/tables/notation.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';

export type Fields = Record<string, unknown>;

/** How options are written where they may be written in several ways. */
export interface Writing {
  /** Their order; the declared one otherwise. */
  order?: (options: string[][]) => string[][];
  /** The spelling of their own words. */
  spelled?: (word: string) => string;
  /** What is said of the number of words in a group. */
  counted?: (words: number) => number;
}

/** The words of typed fields, each number a plain one. */
export function wordsOf(nodes: readonly Node[], fields: Fields, writing: Writing = {}): string[] {
  return nodes.flatMap((node): string[] => {
    switch (node.kind) {
      case 'literal':
        return [node.word];
      case 'count':
        return [String(listIn(fields, node.list).length)];
      case 'each':
        return listIn(fields, node.field).flatMap((element) =>
          wordsOf(node.of, node.bare ? { [fieldOf(node.of[0]!)]: element } : (element as Fields), writing),
        );
      case 'optional':
        return isGiven(node.of, fields) ? wordsOf(node.of, fields, writing) : [];
      case 'counted': {
        const words = wordsOf(node.of, fields, writing);
        if (words.length === 0 && !node.always) return [];
        return [String(writing.counted?.(words.length) ?? words.length), ...words];
      }
      case 'set': {
        const options = node.of
          .map((option) => optionWords(option, fields, writing))
          .filter(({ length }) => length > 0);
        const ordered = writing.order?.(options) ?? options;
        return isOneOf(node.inWord, fields)
          ? [ordered.map((words) => words.join('=')).join(',') || '.']
          : ordered.flat();
      }
      case 'pairs':
        return Object.entries((fields[node.field] ?? {}) as Fields).flatMap(([key, value]) => [key, String(value)]);
      case 'when':
        return isOneOf(node, fields) ? wordsOf(node.of, fields, writing) : [];
      case 'oneOf':
        return isUnspoken(node, fields) ? [] : [valueWord(node, fields[node.field] ?? usualOf(node))];
      default:
        return [valueWord(node, fields[fieldOf(node)])];
    }
  });
}

function listIn(fields: Fields, field: string): unknown[] {
  return (fields[field] ?? []) as unknown[];
}

function fieldOf(node: Node): string {
  if (!('field' in node)) throw new Error(`a ${node.kind} has no field`);
  return node.field;
}

/** Whether the field, or what it is when left out, is one of the words. */
export function isOneOf(where: { field: string; is: string[] } | undefined, fields: Fields): boolean {
  return where?.is.includes((fields[where.field] ?? USUAL.get(where.field)) as string) === true;
}

/** What a field is where it is left out. */
const USUAL = new Map(
  TARGETS.flatMap(({ params }) => params)
    .filter((node) => node.kind === 'oneOf' && node.usual)
    .map((node) => [(node as OneOf).field, usualOf(node as OneOf)]),
);

export function usualOf({ usual, words }: OneOf): string | undefined {
  return usual ? Object.keys(words)[0] : undefined;
}

function isUnspoken({ silent, field, words }: OneOf, fields: Fields): boolean {
  return silent && fields[field] === Object.keys(words).at(-1);
}

function valueWord(node: Node, value: unknown): string {
  if (value === undefined || value === '') return '-';
  if (node.kind === 'oneOf') return node.words[value as string] ?? (value as string);
  return String(value as string | number | bigint);
}

function optionWords(option: Option, fields: Fields, { spelled = (word: string) => word }: Writing): string[] {
  const value = fields[option.field];
  if (!isSaid(option, value)) return [];
  if (option.kind === 'flag') return [spelled(option.word)];
  if (option.kind === 'choice') return [spelled(option.words[value as string]!)];
  return (option.repeated ? (value as unknown[]) : [value]).flatMap((each) => {
    const parts = option.of.map((node) =>
      option.of.length === 1 ? valueWord(node, each) : valueWord(node, (each as Fields)[node.field]),
    );
    if (!option.joined) return [spelled(option.word), ...parts];
    const given = parts.at(-1) === '-' ? parts.slice(0, -1) : parts;
    return [[spelled(option.word), ...given].join(':')];
  });
}

/** A flag that is false is one that is not there. */
function isSaid({ kind }: Option, value: unknown): boolean {
  return value !== undefined && !(kind === 'flag' && value === false);
}

/** Whether any field of these nodes is there. */
export function isGiven(nodes: readonly Node[], fields: Fields): boolean {
  return nodes.some((node) => {
    if (node.kind === 'optional' || node.kind === 'counted' || node.kind === 'when') return isGiven(node.of, fields);
    if (node.kind === 'set') return node.of.some((option) => isSaid(option, fields[option.field]));
    return 'field' in node && fields[node.field] !== undefined;
  });
}

/**
 * What a target's fields can be made of: `field` and `list[].field` for every field, `field=name` for every alternative,
 * `word option` for every option.
 */
export function partsOf(nodes: readonly Node[], prefix = ''): string[] {
  return nodes.flatMap((node): string[] => {
    switch (node.kind) {
      case 'literal':
      case 'count':
        return [];
      case 'each':
        return [`${prefix}${node.field}`, ...(node.bare ? [] : partsOf(node.of, `${prefix}${node.field}[].`))];
      case 'optional':
      case 'counted':
      case 'when':
        return partsOf(node.of, prefix);
      case 'set':
        return node.of.flatMap((option) => optionParts(option, prefix));
      case 'boolean':
        return [`${prefix}${node.field}=true`, `${prefix}${node.field}=false`];
      case 'oneOf':
        return Object.keys(node.words)
          .filter((name) => name !== usualOf(node))
          .map((name) => `${prefix}${node.field}=${name}`);
      default:
        return 'field' in node ? [`${prefix}${node.field}`] : [];
    }
  });
}

function optionParts(option: Option, prefix: string): string[] {
  if (option.kind === 'flag') return [`${prefix}${option.field}`];
  if (option.kind === 'choice') return Object.keys(option.words).map((name) => `${prefix}${option.field}=${name}`);
  return option.of.length === 1
    ? partsOf(option.of, prefix)
    : [`${prefix}${option.field}`, ...partsOf(option.of, `${prefix}${option.field}.`)];
}

/** The same of one target's typed fields. */
export function partsIn(fields: Fields, prefix = ''): string[] {
  return Object.entries(fields).flatMap(([name, value]): string[] => {
    if (value === undefined) return [];
    const path = `${prefix}${name}`;
    if (value === false) return [`${path}=false`];
    if (Array.isArray(value)) {
      return [path, ...value.flatMap((each) => (isFields(each) ? partsIn(each, `${path}[].`) : []))];
    }
    if (isFields(value)) return [path, ...partsIn(value, `${path}.`)];
    return [path, `${path}=${String(value as string)}`];
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a value stands in typed fields. */
export type Place = (string | number)[];

export interface ValuePlace<V extends Value = Value> {
  type: string;
  node: V;
  /** Its path with the first element of every list. */
  place: Place;
}

export type NumberPlace = ValuePlace<NumberValue>;

/** Every value that a target has, those in lists and groups too. */
export function valuesOf(target: Target): ValuePlace[] {
  const of = (nodes: readonly Node[], prefix: Place): ValuePlace[] =>
    nodes.flatMap((node): ValuePlace[] => {
      switch (node.kind) {
        case 'number':
        case 'device':
        case 'word':
        case 'hex':
        case 'key':
        case 'oneOf':
        case 'boolean':
          return [{ type: target.type, node, place: [...prefix, node.field] }];
        case 'each': {
          const place = [...prefix, node.field, 0];
          return of(node.of, place).map((each) => (node.bare ? { ...each, place } : each));
        }
        case 'optional':
        case 'counted':
        case 'when':
          return of(node.of, prefix);
        case 'set':
          return node.of.flatMap((option) => {
            if (option.kind !== 'keyed') return [];
            if (option.of.length > 1) return of(option.of, [...prefix, option.field]);
            const values = of(option.of, prefix);
            return option.repeated ? values.map((each) => ({ ...each, place: [...each.place, 0] })) : values;
          });
        default:
          return [];
      }
    });
  return of(target.params, []);
}

export function numbersOf(target: Target): NumberPlace[] {
  return valuesOf(target).filter((each): each is NumberPlace => each.node.kind === 'number');
}

export function pathOf(place: Place): string {
  return place.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}

export function valueAt(fields: unknown, place: Place): unknown {
  return place.reduce((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], fields);
}

/** The fields with another value in that place. */
export function withValue<T>(fields: T, place: Place, value: unknown): T {
  const [step, ...rest] = place;
  if (step === undefined) return value as T;
  const copy = (Array.isArray(fields) ? [...fields] : { ...fields }) as Record<string | number, unknown>;
  copy[step] = withValue(copy[step], rest, value);
  return copy as T;
}

/** The option sets of a target's own params. */
export function optionsOf(nodes: readonly Node[]): Option[] {
  return nodes.flatMap((node): Option[] => {
    if (node.kind === 'set') return node.of;
    return node.kind === 'optional' || node.kind === 'counted' || node.kind === 'when' ? optionsOf(node.of) : [];
  });
}

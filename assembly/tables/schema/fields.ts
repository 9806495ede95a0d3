/** The typed fields of targets, statuses and messages as JSON Schema. */
import type { Node, NumberValue, Option, Since, Value } from '../notation.ts';

export type Schema = { [keyword: string]: unknown };

/** The fields of a map. `exactly` and `some`: groups of which one has to be there, without the others or perhaps with. */
export interface Fields {
  properties: Record<string, Schema>;
  required: string[];
  exactly?: string[][];
  some?: string[][];
  /** Groups that are there together or not at all. */
  together?: string[][];
}

/** Requests may write numbers as text, and may leave out what answers have. */
type Side = 'request' | 'answer';

export const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
export const text: Schema = { type: 'string' };
export const array = (items: Schema): Schema => ({ type: 'array', items });

/** A map of these fields and no others. */
export function object({ properties, required, exactly = [], some = [], together = [] }: Fields): Schema {
  const each = (names: string[]): Schema[] => names.map((name) => ({ required: [name] }));
  const groups = [
    ...exactly.map((names) => ({ oneOf: each(names) })),
    ...some.map((names) => ({ anyOf: each(names) })),
  ];
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(together.length > 0 && { dependentRequired: dependencies(together) }),
    ...(groups.length > 0 && { allOf: groups }),
  };
}

function dependencies(groups: string[][]): Schema {
  return Object.fromEntries(
    groups.flatMap((names) => names.map((name) => [name, names.filter((other) => other !== name)])),
  );
}

export function numberFrom(minimum: number | bigint, maximum: number | bigint, more: Schema = {}): Schema {
  return { anyOf: [{ type: 'integer', minimum, maximum, ...more }, ref('decimal')] };
}

/** The fields that these words are read from, or, in an answer, become. */
export function fieldsOf(nodes: readonly Node[], side: Side): Fields {
  return nodes.map((node) => nodeFields(node, side, nodes)).reduce(merged, { properties: {}, required: [] });
}

function merged(a: Fields, b: Fields): Fields {
  return {
    properties: { ...a.properties, ...b.properties },
    required: [...a.required, ...b.required],
    together: [...(a.together ?? []), ...(b.together ?? [])],
  };
}

function named(name: string, schema: Schema, required: boolean): Fields {
  return { properties: { [name]: schema }, required: required ? [name] : [] };
}

/** A list that may have no elements need not be there. */
function isNeeded(list: string, siblings: readonly Node[]): boolean {
  return siblings.some((node) => node.kind === 'count' && node.list === list && node.min > 0n);
}

function nodeFields(node: Node, side: Side, siblings: readonly Node[]): Fields {
  switch (node.kind) {
    case 'literal':
    case 'count':
      return { properties: {}, required: [] };
    case 'optional': {
      const { required, together = [], ...fields } = fieldsOf(node.of, side);
      return { ...fields, required: [], together: required.length > 1 ? [...together, required] : together };
    }
    case 'when':
      return { ...fieldsOf(node.of, side), required: [] };
    case 'counted': {
      const fields = fieldsOf(node.of, side);
      return node.always ? fields : { ...fields, required: [] };
    }
    case 'set':
      return node.of.map((option) => optionFields(option, side)).reduce(merged, { properties: {}, required: [] });
    case 'each': {
      const items = node.bare ? valueSchema(node.of[0] as Value, side) : object(fieldsOf(node.of, side));
      return named(node.field, array(items), isNeeded(node.field, siblings));
    }
    case 'pairs':
      return named(node.field, { type: 'object', additionalProperties: { type: ['string', 'integer'] } }, false);
    case 'state':
      return named(node.field, { enum: node.texts }, false);
    case 'ratio':
      return merged(named(node.field, { type: 'integer' }, false), named(node.over, { type: 'integer' }, false));
    default:
      return named(node.field, valueSchema(node, side), !mayBeEmpty(node) && !(node.kind === 'oneOf' && node.usual));
  }
}

function optionFields(option: Option, side: Side): Fields {
  const schema = { ...optionSchema(option, side), ...sinceOf(option.since) };
  return named(option.field, schema, false);
}

function optionSchema(option: Option, side: Side): Schema {
  if (option.kind === 'flag') return { type: 'boolean' };
  if (option.kind === 'choice') return { enum: Object.keys(option.words) };
  const [only, ...more] = option.of;
  const value = more.length > 0 ? object(fieldsOf(option.of, side)) : valueSchema(only!, side);
  return option.repeated ? array(value) : value;
}

function sinceOf(since: Since | undefined): Schema {
  return since ? { $comment: `since version ${since.join('.')} of the target's module` } : {};
}

function mayBeEmpty(node: Value): boolean {
  return 'mayBeEmpty' in node && node.mayBeEmpty;
}

/** What may be left out may also be written as the kernel writes it. */
function valueSchema(node: Value, side: Side): Schema {
  const schema = wholeSchema(node, side);
  return mayBeEmpty(node) && side === 'request' ? { anyOf: [schema, { enum: ['', '-'] }] } : schema;
}

function wholeSchema(node: Value, side: Side): Schema {
  switch (node.kind) {
    case 'number':
      return numberSchema(node, side);
    case 'oneOf':
      return { enum: Object.keys(node.words) };
    case 'boolean':
      return { type: 'boolean' };
    case 'device':
      return side === 'request' ? ref('device') : text;
    case 'hex':
      return ref('hex');
    default:
      return text;
  }
}

function numberSchema(node: NumberValue, side: Side): Schema {
  const { min, max, signed, multipleOf, powerOfTwo, sectors, words = [] } = node;
  const named = words.length > 0 ? [{ enum: words }] : [];
  if (side === 'answer') return named.length > 0 ? { anyOf: [{ type: 'integer' }, ...named] } : { type: 'integer' };
  const bounds = { type: 'integer', minimum: signed ? -max : min, maximum: max };
  const form = {
    ...(multipleOf > 1 && { multipleOf }),
    ...(powerOfTwo && { $comment: 'a power of two' }),
  };
  return { anyOf: [{ ...bounds, ...form }, ref(sectors ? 'sectors' : 'decimal'), ...named] };
}

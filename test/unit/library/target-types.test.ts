import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MESSAGES } from '../../../assembly/tables/messages.ts';
import type { Node, Option, Value } from '../../../assembly/tables/notation.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { loadPlanner, type TypedMessage } from '../../../src/index.ts';

const planner = await loadPlanner();

const FOLDER = new URL('../../../src/targets/', import.meta.url);
const SOURCE = readdirSync(FOLDER)
  .map((file) => readFileSync(new URL(file, FOLDER), 'utf8'))
  .join('\n');

/** A field of a type as it is written: its name, with a question mark where it may be left out, and its type. */
type Fields = Record<string, string>;

/** The fields that an interface of `src/targets` writes down. */
function written(name: string): Fields {
  const body = new RegExp(`export interface ${name}(?: extends \\w+)? \\{\\n(.*?)\\n\\}`, 's').exec(SOURCE)?.[1];
  if (body === undefined) {
    expect(SOURCE, `${name} is declared`).toMatch(new RegExp(`export type ${name} = Row;`));
    return {};
  }
  return Object.fromEntries(
    [...body.matchAll(/^ {2}'?([\w-]+)'?(\??): (.+);$/gm)].map(([, field, mark, type]) => [`${field}${mark}`, type!]),
  );
}

/** Which type belongs to a target: a row of one of the maps in `kinds.ts`. */
function typeOf(map: 'FieldsByType' | 'StatusByType', target: string): string | undefined {
  return written(map)[target];
}

/** A row that is asked for, or what the kernel tells, which has every list, if an empty one. */
type Side = 'asked' | 'told';

/** The fields that a declaration has, each with the type it should be written with. */
function declared(nodes: readonly Node[], side: Side, required = true): Fields {
  return Object.assign({}, ...nodes.map((node) => fieldsOf(node, side, required))) as Fields;
}

function fieldsOf(node: Node, side: Side, required: boolean): Fields {
  switch (node.kind) {
    case 'literal':
    case 'count':
    case 'state':
      return {};
    case 'optional':
    case 'when':
      return declared(node.of, side, false);
    case 'counted':
      return declared(node.of, side, required && node.always);
    case 'set':
      return Object.assign({}, ...node.of.map(optionOf)) as Fields;
    case 'each': {
      const isRequired = required && (side === 'told' || node.counted === 'list' || DEMANDED.includes(node.field));
      const element = node.bare ? valueType(node.of[0] as Value) : node.of;
      return named(node.field, isRequired, Array.isArray(element) ? [element] : `${element}[]`);
    }
    case 'pairs':
      return named(node.field, false, 'Record<string, string>');
    case 'ratio':
      return { ...named(node.field, required, 'Count64'), ...named(node.over, required, 'Count64') };
    default:
      return named(node.field, required && !mayBeMissing(node), valueType(node));
  }
}

function mayBeMissing(node: Value): boolean {
  return ('mayBeEmpty' in node && node.mayBeEmpty) || (node.kind === 'oneOf' && node.usual);
}

/** Lists of which a rule asks for an element. */
const DEMANDED = TARGETS.flatMap(({ rules }) =>
  rules.flatMap(({ must }) => /^count\((\w+)\) >= 1$/.exec(must)?.[1] ?? []),
);

function optionOf(option: Option): Fields {
  if (option.kind === 'flag') return named(option.field, false, 'boolean');
  if (option.kind === 'choice') return named(option.field, false, union(Object.keys(option.words)));
  if (option.of.length > 1) return named(option.field, false, option.of);
  const type = valueType(option.of[0]!);
  return named(option.field, false, option.repeated ? `${type}[]` : type);
}

/** Maps are written as interfaces of their own, which are looked up when the two sides are compared. */
function named(field: string, required: boolean, type: string | readonly Node[] | [readonly Node[]]): Fields {
  return { [required ? field : `${field}?`]: type as string };
}

function valueType(node: Value): string {
  if (node.kind === 'oneOf') return union(Object.keys(node.words));
  if (node.kind === 'boolean') return 'boolean';
  if (node.kind !== 'number') return 'string';
  if (node.words.length > 0) return `number | ${union(node.words)}`;
  if (node.sectors) return 'SectorCount';
  return node.max > BigInt(Number.MAX_SAFE_INTEGER) ? 'Count64' : 'number';
}

const union = (words: string[]): string => words.map((word) => `'${word}'`).join(' | ');

/** Aliases by what they stand for, narrower numbers by `number`. */
function resolved(type: string): string {
  const alias = new RegExp(`export type ${type.replace('[]', '')} =\\s*\\|?([^;]+);`).exec(SOURCE)?.[1];
  if (type === 'Count64' || type === 'SectorCount') return type;
  if (alias !== undefined) return alias.replaceAll(/\s+/g, ' ').trim();
  return /^\d+( \| \d+)*$/.test(type) ? 'number' : type;
}

/** Holds what is written against what is declared, into the interfaces that are named. */
function expectSame(actual: Fields, expected: Fields, side: Side, where: string): void {
  expect(Object.keys(actual).sort(), where).toEqual(Object.keys(expected).sort());
  for (const [field, type] of Object.entries(expected) as [string, string | Node[] | [Node[]]][]) {
    const name = actual[field]!;
    if (typeof type === 'string') expect(resolved(name), `${where}.${field}`).toBe(type);
    else if (Array.isArray(type[0])) {
      expect(name, `${where}.${field}`).toMatch(/^\w+\[\]$/);
      expectSame(written(name.slice(0, -2)), declared(type[0] as Node[], side), side, `${where}.${field}`);
    } else expectSame(written(name), declared(type as Node[], side), side, `${where}.${field}`);
  }
}

describe('the TypeScript types', () => {
  it('are of exactly the targets that are declared', () => {
    const types = TARGETS.map(({ type }) => type).sort();
    expect(Object.keys(written('FieldsByType')).sort()).toEqual(types);
    const telling = TARGETS.filter(({ status }) => status).map(({ type }) => type);
    expect(Object.keys(written('StatusByType')).sort()).toEqual(telling.sort());
  });

  it.each(TARGETS)('of $type have every declared field with its type, and no other', ({ type, params }) => {
    expectSame(written(typeOf('FieldsByType', type)!), declared(params, 'asked'), 'asked', type);
  });

  it.each(TARGETS.filter(({ status }) => status))('of the status of $type have every declared field', (target) => {
    const { type, status = [] } = target;
    const name = typeOf('StatusByType', type)!;
    const alias = new RegExp(`export type ${name} = State<(.+)> \\| (\\w+);`).exec(SOURCE);
    const states = status.flatMap((node) => (node.kind === 'state' ? node.texts : []));
    expect(alias?.[1] ?? '').toBe(union(states));
    expectSame(written(alias?.[2] ?? name), declared(status, 'told'), 'told', type);
  });

  it('of what TABLE prints differ from what a constructor takes in what is known of', () => {
    const more = TARGETS.flatMap(({ type, params, table }) => {
      const known = Object.keys(declared(params, 'asked'));
      return Object.keys(declared(table ?? [], 'told'))
        .filter((field) => !known.includes(field))
        .map((field) => `${type}.${field}`);
    });
    expect(more).toEqual(['inlinecrypt.keyTypeNumber']);
  });
});

describe('the TypeScript types of messages', () => {
  const source = readFileSync(new URL('../../../src/messages.ts', import.meta.url), 'utf8');
  const blocks = [...source.matchAll(/^ {2}(\S+): \{\n(.*?)\n {2}\};/gms)].map(([, target, body]) => [
    bare(target!),
    Object.fromEntries([...body!.matchAll(/^ {4}(\S+|'.*?'): (.+);$/gm)].map(([, verb, type]) => [bare(verb!), type])),
  ]);

  it('have every verb that is declared with its fields, and no other', () => {
    const expected = Object.entries(MESSAGES).map(([target, messages]) => [
      target,
      Object.fromEntries(messages.map(({ verb, words = [] }) => [verb, mapType(declared(words, 'asked'))])),
    ]);
    expect(Object.fromEntries(blocks)).toEqual(Object.fromEntries(expected));
  });

  it('take what is right, and nothing else', () => {
    const right: TypedMessage[] = [
      { target: 'thin-pool', verb: 'create_thin', deviceId: 0 },
      { target: 'dust', verb: 'addbadblock', block: 7n, writeFailures: 1 },
      { target: '@', verb: '@stats_create', area: '-', step: '/1' },
      { target: 'crypt', verb: 'key wipe' },
    ];
    for (const message of right) expect(planner.plan({ action: 'message', name: 'x', message }).steps).toHaveLength(1);
    const wrong: TypedMessage[] = [
      // @ts-expect-error: no target has this verb
      { target: 'dust', verb: 'explode' },
      // @ts-expect-error: another target's verb
      { target: 'dust', verb: 'create_thin', deviceId: 0 },
      // @ts-expect-error: its field is missing
      { target: 'thin-pool', verb: 'create_thin' },
      // @ts-expect-error: it has no such field
      { target: 'era', verb: 'checkpoint', block: 1 },
    ];
    for (const message of wrong) expect(() => planner.plan({ action: 'message', name: 'x', message })).toThrow();
  });
});

function bare(key: string): string {
  return key.replaceAll("'", '');
}

function mapType(fields: Fields): string {
  const list = Object.entries(fields).map(([field, type]) => `${field}: ${type}`);
  return list.length === 0 ? 'object' : `{ ${list.join('; ')} }`;
}

/** What the fields of a target's table are, read from its declaration. */
import type { Node, Value } from '../../assembly/tables/notation.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';

/** A field of one value, of a map, or of a list of either. */
export type Kind = { is: Value['kind'] | 'flag' | 'pairs' } | { is: 'map'; of: Kinds } | { is: 'list'; of: Kind };

export type Kinds = ReadonlyMap<string, Kind>;

const KINDS: ReadonlyMap<string, Kinds> = new Map(
  TARGETS.map(({ type, params, table }) => [type, kindsOf([...params, ...(table ?? [])])]),
);

/** The kinds of a target's fields; undefined for a type that is not declared. */
export function kindsOfTarget(type: string): Kinds | undefined {
  return KINDS.get(type);
}

/** Whether a table of this type can carry a key in the clear. */
export function holdsKey(kinds: Kinds): boolean {
  return [...kinds.values()].some((kind) => (kind.is === 'map' ? holdsKey(kind.of) : kind.is === 'key'));
}

function kindsOf(nodes: readonly Node[]): Kinds {
  return new Map(nodes.flatMap(fieldsOf));
}

function fieldsOf(node: Node): [string, Kind][] {
  switch (node.kind) {
    case 'literal':
    case 'count':
      return [];
    case 'optional':
    case 'counted':
    case 'when':
      return node.of.flatMap(fieldsOf);
    case 'set':
      return node.of.map((option): [string, Kind] => {
        if (option.kind === 'flag') return [option.field, { is: 'flag' }];
        if (option.kind === 'choice') return [option.field, { is: 'oneOf' }];
        const kind: Kind = option.of.length === 1 ? { is: option.of[0]!.kind } : { is: 'map', of: kindsOf(option.of) };
        return [option.field, option.repeated ? { is: 'list', of: kind } : kind];
      });
    case 'each': {
      const [only] = node.of;
      const of: Kind = node.bare ? { is: (only as Value).kind } : { is: 'map', of: kindsOf(node.of) };
      return [[node.field, { is: 'list', of }]];
    }
    case 'ratio':
      return [
        [node.field, { is: 'number' }],
        [node.over, { is: 'number' }],
      ];
    case 'state':
      return [[node.field, { is: 'word' }]];
    case 'pairs':
      return [[node.field, { is: 'pairs' }]];
    default:
      return [[node.field, { is: node.kind }]];
  }
}

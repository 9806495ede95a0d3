/** JSON Schema, as far as docs/schema.json uses it; any other keyword is an error. Numbers may be bigint. */
type Schema = Record<string, unknown>;

const SILENT = new Set(['$schema', '$comment', '$defs', 'title', 'description', 'abiVersion', 'calls', 'then']);

/** Where the value does not fit the schema; undefined where it does. */
export function misfit(root: Schema, schema: Schema, value: unknown, path = ''): string | undefined {
  for (const [keyword, expected] of Object.entries(schema)) {
    if (SILENT.has(keyword)) continue;
    const check = KEYWORDS[keyword];
    if (!check) throw new Error(`no keyword ${keyword} in ${JSON.stringify(schema).slice(0, 200)}`);
    const found = check(expected as never, value, { root, schema, path });
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Place {
  root: Schema;
  schema: Schema;
  path: string;
}

type Keyword = (expected: never, value: unknown, place: Place) => string | undefined;

const isMap = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const isInteger = (value: unknown): value is number | bigint => typeof value === 'bigint' || Number.isInteger(value);

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: isMap,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  integer: isInteger,
};

const told = (holds: boolean, { path }: Place, what: string): string | undefined =>
  holds ? undefined : `${path}: ${what}`;

const fits = (schema: Schema, value: unknown, { root, path }: Place): boolean =>
  misfit(root, schema, value, path) === undefined;

const KEYWORDS: Record<string, Keyword> = {
  $ref: (expected: string, value, { root, path }) => {
    const name = expected.replace('#/$defs/', '');
    const target = (root.$defs as Record<string, Schema>)[name];
    if (!target) throw new Error(`no definition ${name}`);
    return misfit(root, target, value, path);
  },
  type: (expected: string | string[], value, place) =>
    told(
      [expected].flat().some((type) => TYPES[type]!(value)),
      place,
      `is no ${String(expected)}`,
    ),
  const: (expected: unknown, value, place) => told(value === expected, place, `is not ${String(expected)}`),
  enum: (expected: unknown[], value, place) => told(expected.includes(value), place, `is none of ${expected.join()}`),
  minimum: (expected: number, value, place) => told(!isInteger(value) || value >= expected, place, 'is too small'),
  maximum: (expected: number, value, place) => told(!isInteger(value) || value <= expected, place, 'is too large'),
  multipleOf: (expected: number, value, place) =>
    told(!isInteger(value) || BigInt(value) % BigInt(expected) === 0n, place, `is no multiple of ${expected}`),
  pattern: (expected: string, value, place) =>
    told(typeof value !== 'string' || new RegExp(expected, 's').test(value), place, `does not match ${expected}`),
  maxLength: (expected: number, value, place) =>
    told(typeof value !== 'string' || value.length <= expected, place, 'is too long'),
  minItems: (expected: number, value, place) =>
    told(!Array.isArray(value) || value.length >= expected, place, 'has too few elements'),
  maxItems: (expected: number, value, place) =>
    told(!Array.isArray(value) || value.length <= expected, place, 'has too many elements'),
  items: (expected: Schema, value, { root, path }) =>
    Array.isArray(value)
      ? firstOf(value.map((each, index) => () => misfit(root, expected, each, `${path}[${index}]`)))
      : undefined,
  prefixItems: (expected: Schema[], value, { root, path }) =>
    firstOf(expected.map((each, index) => () => misfit(root, each, (value as unknown[])[index], `${path}[${index}]`))),
  required: (expected: string[], value, place) =>
    told(!isMap(value) || expected.every((name) => name in value), place, `lacks some of ${expected.join()}`),
  dependentRequired: (expected: Record<string, string[]>, value, place) =>
    firstOf(
      Object.entries(expected).map(([name, others]) => () => {
        const missing = isMap(value) && name in value ? others.filter((other) => !(other in value)) : [];
        return told(missing.length === 0, place, `has ${name} without ${missing.join()}`);
      }),
    ),
  properties: (expected: Record<string, Schema>, value, { root, path }) =>
    isMap(value)
      ? firstOf(
          Object.entries(expected)
            .filter(([name]) => name in value)
            .map(
              ([name, each]) =>
                () =>
                  misfit(root, each, value[name], `${path}.${name}`),
            ),
        )
      : undefined,
  additionalProperties: (expected: false | Schema, value, { root, schema, path }) => {
    if (!isMap(value)) return undefined;
    const more = Object.keys(value).filter((name) => !(name in ((schema.properties as object | undefined) ?? {})));
    if (expected === false) return more.length === 0 ? undefined : `${path}: has no ${more.join()}`;
    return firstOf(more.map((name) => () => misfit(root, expected, value[name], `${path}.${name}`)));
  },
  allOf: (expected: Schema[], value, { root, path }) =>
    firstOf(expected.map((each) => () => misfit(root, each, value, path))),
  anyOf: (expected: Schema[], value, place) =>
    told(
      expected.some((each) => fits(each, value, place)),
      place,
      'is none of what it can be',
    ),
  oneOf: (expected: Schema[], value, place) =>
    told(
      expected.filter((each) => fits(each, value, place)).length === 1,
      place,
      'is not exactly one of what it can be',
    ),
  if: (expected: Schema, value, place) =>
    fits(expected, value, place) ? misfit(place.root, place.schema.then as Schema, value, place.path) : undefined,
};

function firstOf(checks: (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}

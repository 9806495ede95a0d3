/** Throws Misfit unless the value is what belongs at `place`. */
export type Check = (value: unknown, place: string) => void;

/** What is wrong with a document, and where. */
export class Misfit extends Error {
  readonly place: string;

  /** `fault` is what can be said behind the place: `is not a key here`. */
  constructor(place: string, fault: string) {
    super(`${place || 'the document'} ${fault}`);
    this.place = place;
  }
}

/** The place of a key in the map that stands at `place`. */
export function under(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`;
}

export function is<T>(must: string, holds: (value: T) => boolean): Check {
  return (value, place) => {
    if (!holds(value as T)) throw new Misfit(place, `is not ${must}`);
  };
}

export function text(must: string, pattern: RegExp): Check {
  return is(must, (value) => typeof value === 'string' && pattern.test(value));
}

export function listOf(item: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) throw new Misfit(place, 'is not a list');
    for (const [index, each] of value.entries()) item(each, `${place}[${index}]`);
  };
}

/** A map with names of the author's choice. */
export function mapOf(item: Check): Check {
  return (value, place) => {
    for (const [name, each] of entriesOf(value, place)) {
      if (!NAME.test(name)) throw new Misfit(under(place, name), 'is not named by 1 to 64 letters, digits, - and _');
      item(each, under(place, name));
    }
  };
}

const NAME = /^[A-Za-z0-9][\w-]{0,63}$/;

type Optional<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];

/** A map with these keys and no others. */
export function closed<T>(
  required: Record<Exclude<keyof T, Optional<T>>, Check>,
  optional: Record<Optional<T>, Check>,
): Check {
  const all = new Map<string, Check>([...Object.entries<Check>(required), ...Object.entries<Check>(optional)]);
  return (value, place) => {
    const entries = entriesOf(value, place);
    for (const [key, each] of entries) {
      const check = all.get(key);
      if (check === undefined) throw new Misfit(under(place, key), 'is not a key here');
      check(each, under(place, key));
    }
    const missing = Object.keys(required).find((key) => !Object.hasOwn(value as object, key));
    if (missing !== undefined) throw new Misfit(under(place, missing), 'is missing');
  };
}

function entriesOf(value: unknown, place: string): [string, unknown][] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap) throw new Misfit(place, 'is not a map');
  return Object.entries(value);
}

/** A string, with a colon behind it where it is a key, or punctuation. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}[\],]/g;

/** Of two equal keys JSON.parse keeps the last, where a person may have read the first. `json` can be parsed. */
export function checkKeysOnce(json: string): void {
  const open: { place: string; keys: Set<string> | null; index: number }[] = [];
  let place = '';
  for (const [token] of json.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (token === '{') open.push({ place, keys: new Set(), index: 0 });
    if (token === '[') open.push({ place, keys: null, index: 0 });
    if (token === '}' || token === ']') open.pop();
    if (token === '[') place = `${place}[0]`;
    if (token === ',' && inside?.keys === null) place = `${inside.place}[${++inside.index}]`;
    if (!token.endsWith(':') || !inside?.keys) continue;
    const key = JSON.parse(token.slice(0, -1)) as string;
    place = under(inside.place, key);
    if (inside.keys.has(key)) throw new Misfit(place, 'is there twice');
    inside.keys.add(key);
  }
}

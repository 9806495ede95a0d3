/** Compares a live table with a planned one, target by target and field by field, by meaning. */
import { KEYED_TYPES } from '../../assembly/tables/keyed-types.ts';
import { type DeviceResolver, devText } from '../devices.ts';
import type { TargetLine } from '../reply.ts';
import type { TargetType } from '../targets/kinds.ts';
import { holdsKey, type Kind, type Kinds, kindsOfTarget } from './kinds.ts';
import { QUIRKS, type Quirk } from './quirks.ts';

/** One thing that is not as it was asked for. Of keys nothing is told but that they differ. */
export interface Difference {
  /** `targets[0].offset`, `readOnly`, `uuid`, `deps` … */
  path: string;
  expected: unknown;
  actual: unknown;
}

const HIDDEN = '(a key)';
const NO_QUIRK: Quirk = { source: '' };

/** Compares tables; remembers the devices it has resolved. */
export class TableComparison {
  readonly differences: Difference[] = [];
  readonly #resolve: DeviceResolver;
  readonly #resolved = new Map<string, Promise<string>>();

  constructor(resolve: DeviceResolver) {
    this.#resolve = resolve;
  }

  check(path: string, expected: unknown, actual: unknown): void {
    if (textOf(expected) !== textOf(actual)) this.differences.push({ path, expected, actual });
  }

  async targets(planned: TargetLine[], live: TargetLine[]): Promise<void> {
    if (planned.length !== live.length) this.check('targets.length', planned.length, live.length);
    for (const [index, row] of planned.entries()) {
      const other = live[index];
      if (other) await this.#target(`targets[${index}]`, row, other);
    }
  }

  /** The devices of all rows, by number; undefined where a row is of an unknown type or names what does not exist. */
  async devicesOf(rows: TargetLine[]): Promise<string[] | undefined> {
    const names = new Set<string>();
    for (const { type, fields } of rows) {
      const kinds = kindsOfTarget(type);
      if (!kinds || !fields) return undefined;
      for (const name of devicesIn({ is: 'map', of: without(kinds, QUIRKS[type as TargetType]) }, fields))
        names.add(await this.device(name));
    }
    return [...names].some((name) => name.startsWith('/')) ? undefined : [...names].sort();
  }

  /** A device as `major:minor`; a path that names none stays a path. */
  device(name: string): Promise<string> {
    let found = this.#resolved.get(name);
    if (!found) {
      found = name.startsWith('/')
        ? this.#resolve(name).then((dev) => (dev ? devText(dev) : name))
        : Promise.resolve(name);
      this.#resolved.set(name, found);
    }
    return found;
  }

  async #target(path: string, planned: TargetLine, live: TargetLine): Promise<void> {
    const quirk = QUIRKS[planned.type as TargetType] ?? NO_QUIRK;
    this.check(`${path}.start`, planned.start, live.start);
    if (!quirk.ownLength) this.check(`${path}.length`, planned.length, live.length);
    if (planned.type !== live.type) return this.check(`${path}.type`, planned.type, live.type);
    const kinds = kindsOfTarget(planned.type);
    if (!kinds || !planned.fields || !live.fields) return this.#words(path, planned, live, kinds);
    const expected = { ...quirk.defaults, ...planned.fields };
    const actual = { ...quirk.defaults, ...live.fields };
    await this.#map(path, { is: 'map', of: without(kinds, quirk) }, expected, actual, quirk);
  }

  async #map(
    path: string,
    { of }: { is: 'map'; of: Kinds },
    expected: Fields,
    actual: Fields,
    quirk: Quirk,
  ): Promise<void> {
    for (const [name, kind] of of) {
      const [one, other] = [expected[name], actual[name]].map((value) => listAsPrinted(name, value, quirk));
      if (quirk.ignored?.includes(name) || (quirk.printsMore && one === undefined)) continue;
      if (one !== undefined && String(one) === quirk.open?.[name]) continue;
      await this.#value(`${path}.${name}`, kind, one, other, quirk);
    }
  }

  async #value(path: string, kind: Kind, expected: unknown, actual: unknown, quirk: Quirk): Promise<void> {
    if (kind.is === 'map' && isFields(expected) && isFields(actual))
      return this.#map(path, kind, expected, actual, quirk);
    if (kind.is === 'list' && Array.isArray(expected) && Array.isArray(actual)) {
      if (expected.length !== actual.length) return this.check(`${path}.length`, expected.length, actual.length);
      for (const [index, one] of expected.entries())
        await this.#value(`${path}[${index}]`, kind.of, one, actual[index], quirk);
      return;
    }
    if (typeof expected !== 'string' || typeof actual !== 'string') return this.#hide(path, kind, expected, actual);
    if (kind.is === 'device') {
      if ((await this.device(expected)) !== (await this.device(actual))) this.check(path, expected, actual);
    } else if (kind.is === 'key') {
      const untold = quirk.printsKeyringKeys && expected.startsWith(':');
      if (!untold && sameCase(expected) !== sameCase(actual))
        this.differences.push({ path, expected: HIDDEN, actual: HIDDEN });
    } else if (kind.is === 'hex') this.check(path, expected.toLowerCase(), actual.toLowerCase());
    else this.check(path, expected, actual);
  }

  /** One of the two is not there, or a key among them. */
  #hide(path: string, kind: Kind, expected: unknown, actual: unknown): void {
    const shown = (value: unknown): unknown =>
      value !== undefined && (kind.is === 'key' || (kind.is === 'map' && holdsKey(kind.of))) ? HIDDEN : value;
    this.check(path, shown(expected), shown(actual));
  }

  /** Rows that no grammar reads: word by word, paths as the devices they name. */
  async #words(path: string, planned: TargetLine, live: TargetLine, kinds: Kinds | undefined): Promise<void> {
    const [expected, actual] = await Promise.all([planned, live].map(({ params }) => this.#numbered(params)));
    if (expected === actual) return;
    const secret = kinds === undefined ? KEYED_TYPES.includes(planned.type) : holdsKey(kinds);
    this.differences.push({
      path: `${path}.params`,
      expected: secret ? HIDDEN : planned.params,
      actual: secret ? HIDDEN : live.params,
    });
  }

  async #numbered(params: string): Promise<string> {
    const words = params.split(' ').filter((word) => word !== '');
    return (await Promise.all(words.map((word) => this.device(word)))).join(' ');
  }
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listAsPrinted(name: string, value: unknown, quirk: Quirk): unknown {
  if (!Array.isArray(value)) return value;
  if (quirk.firstOnly?.includes(name)) return value.slice(0, 1);
  return quirk.unordered?.includes(name) ? value.toSorted((a, b) => Number(a) - Number(b)) : value;
}

function without(kinds: Kinds, quirk: Quirk | undefined): Kinds {
  return new Map([...kinds].filter(([name]) => !quirk?.ignored?.includes(name)));
}

function devicesIn(kind: Kind, value: unknown): string[] {
  if (kind.is === 'device') return typeof value === 'string' ? [value] : [];
  if (kind.is === 'list') return Array.isArray(value) ? value.flatMap((one) => devicesIn(kind.of, one)) : [];
  if (kind.is !== 'map' || !isFields(value)) return [];
  return [...kind.of].flatMap(([name, of]) => devicesIn(of, value[name]));
}

/** A key of the keyring has a description, in which letters have a case. */
function sameCase(key: string): string {
  return key.startsWith(':') ? key : key.toLowerCase();
}

/** Numbers of either type are the same number. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, field: unknown) =>
      typeof field === 'bigint' || typeof field === 'number' ? String(field) : field,
    ) ?? ''
  );
}

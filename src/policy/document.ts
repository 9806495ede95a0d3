import { isUtf8 } from 'node:buffer';
import { COMMANDS } from '../commands.ts';
import { type Check, checkKeysOnce, closed, is, listOf, Misfit, mapOf, text, under } from './checks.ts';

/** docs/policy.md has the meaning of every key. */
export interface Policy {
  policy: 1;
  uuidPrefix: string;
  clients: ClientRules[];
  limits?: Limits;
  backing?: Record<string, Entry[]>;
  rules: Record<string, Rule>;
}

/** Which rules a client may use: the one with this uid, or whoever holds standard input. */
export interface ClientRules {
  uid?: number;
  stdio?: true;
  rules: string[];
}

export interface Limits {
  devices?: number;
  createsPerMinute?: number;
  targets?: number;
  sectors?: number;
}

/** What tables may lie on. */
export interface Entry {
  device?: string;
  path?: string;
  loop?: true;
  own?: true;
  diskseq?: number;
  readOnly?: boolean;
}

export interface Rule {
  commands: string[];
  namePrefix?: string;
  uuidPrefix?: string;
  readOnly?: boolean;
  deferred?: boolean;
  messages?: string[];
  targets?: Record<string, TargetRule>;
}

export interface TargetRule {
  backing?: string[];
  rootDigests?: string[];
  options?: string[];
}

/** Bytes of a document. */
export const LARGEST: number = 256 * 1024;
/** Entries of all sets together: an answer has those of each table that is loaded. */
const MOST_ENTRIES = 256;

const UNOFFERED = ['REMOVE_ALL', 'DEV_WAIT', 'DEV_ARM_POLL'];
const WORDS = [...Object.keys(COMMANDS).filter((name) => !UNOFFERED.includes(name)), 'DEV_RESUME'];

const word: Check = (value, place) => {
  if (UNOFFERED.includes(value as string)) throw new Misfit(place, `is ${value}, which no executor forwards`);
  if (!WORDS.includes(value as string)) throw new Misfit(place, `is not one of ${WORDS.join(', ')}`);
};
const yes = is('true; leave it out otherwise', (value) => value === true);
const boolean = is('true or false', (value) => typeof value === 'boolean');
const count = is<number>('a whole number', (value) => Number.isSafeInteger(value) && value >= 0);
const uid = is<number>('a user’s number', (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32);
const version = is('1', (value) => value === 1);
const name = is('a name', (value) => typeof value === 'string');
const prefix = text('1 to 64 letters, digits or _#+.:=@-', /^[\w#+.:=@-]{1,64}$/);
const device = text('a device’s number, as "259:3"', /^(0|[1-9]\d{0,3}):(0|[1-9]\d{0,6})$/);
const path = text('an absolute path', /^\/[^\0]*$/);
const digest = text('a digest in lower-case hexadecimal', /^([0-9a-f]{2})+$/);
const option = text('a word in lower case', /^[a-z][a-z0-9_]*$/);
const verb = text('a word without blanks and backslashes', /^[!-[\]-~]+$/);

const entry = closed<Entry>({}, { device, path, loop: yes, own: yes, diskseq: count, readOnly: boolean });
const limits = closed<Limits>({}, { devices: count, createsPerMinute: count, targets: count, sectors: count });
const target = closed<TargetRule>({}, { backing: listOf(name), rootDigests: listOf(digest), options: listOf(option) });
const rule = closed<Rule>(
  { commands: listOf(word) },
  {
    ...{ namePrefix: prefix, uuidPrefix: prefix, readOnly: boolean, deferred: boolean },
    ...{ messages: listOf(verb), targets: mapOf(target) },
  },
);
const client = closed<ClientRules>({ rules: listOf(name) }, { uid, stdio: yes });
const document = closed<Policy>(
  { policy: version, uuidPrefix: prefix, clients: listOf(client), rules: mapOf(rule) },
  { limits, backing: mapOf(listOf(entry)) },
);

/** @throws {Misfit} */
export function readPolicy(bytes: Uint8Array): Policy {
  if (bytes.length > LARGEST) throw new Misfit('', `is longer than ${LARGEST} bytes`);
  if (!isUtf8(bytes)) throw new Misfit('', 'is not UTF-8');
  const json = Buffer.from(bytes).toString('utf8');
  const value = parsed(json);
  checkKeysOnce(json);
  document(value, '');
  const policy = value as Policy;
  checkClients(policy);
  checkBacking(policy);
  checkRules(policy);
  return policy;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const said = (error as Error).message;
    const before = json.slice(0, Number(/position (\d+)/.exec(said)?.[1] ?? json.length)).split('\n');
    throw new Misfit('', `is not JSON: line ${before.length}, column ${before.at(-1)!.length + 1}: ${said}`);
  }
}

function checkClients({ clients, rules }: Policy): void {
  for (const [index, each] of clients.entries()) {
    const place = `clients[${index}]`;
    checkOne(place, each, ['uid', 'stdio']);
    checkNames(under(place, 'rules'), each.rules, rules, 'rule');
  }
}

function checkBacking({ backing = {} }: Policy): void {
  for (const [set, entries] of Object.entries(backing))
    for (const [index, each] of entries.entries()) {
      const place = `backing.${set}[${index}]`;
      checkOne(place, each, ['device', 'path', 'loop', 'own']);
      if (each.diskseq !== undefined && each.device === undefined)
        throw new Misfit(under(place, 'diskseq'), 'is for a device by its number alone');
    }
  if (Object.values(backing).flat().length > MOST_ENTRIES)
    throw new Misfit('backing', `has more than ${MOST_ENTRIES} entries in all`);
}

function checkRules({ rules, backing = {}, uuidPrefix: ours }: Policy): void {
  for (const [name, { uuidPrefix = ours, targets = {} }] of Object.entries(rules)) {
    const place = `rules.${name}`;
    if (!uuidPrefix.startsWith(ours))
      throw new Misfit(
        under(place, 'uuidPrefix'),
        `does not begin with the document’s, ${ours}: it would allow nothing`,
      );
    for (const [type, target] of Object.entries(targets)) {
      checkNames(`${place}.targets.${type}.backing`, target.backing ?? [], backing, 'set of backing');
      const foreign = type === 'verity' ? undefined : (['rootDigests', 'options'] as const).find((key) => target[key]);
      if (foreign !== undefined) throw new Misfit(`${place}.targets.${type}.${foreign}`, 'is for verity alone');
    }
  }
}

function checkOne(place: string, map: object, keys: string[]): void {
  if (keys.filter((key) => Object.hasOwn(map, key)).length !== 1)
    throw new Misfit(place, `has not exactly one of ${keys.join(', ')}`);
}

function checkNames(place: string, names: string[], all: object, what: string): void {
  const wrong = names.findIndex((name) => !Object.hasOwn(all, name));
  if (wrong >= 0)
    throw new Misfit(`${place}[${wrong}]`, `names no ${what}: there is no ${JSON.stringify(names[wrong])}`);
}

/** veritysetup's command line, read as popt reads it. */

/** What is wrong with a command line, as it is printed behind the usage. */
export class UsageError extends Error {}

/** The options that take a value, and what kind of one. */
export const VALUES = {
  'data-block-size': 'number',
  'data-blocks': 'number',
  'fec-device': 'text',
  'fec-offset': 'number',
  'fec-roots': 'number',
  format: 'number',
  hash: 'text',
  'hash-block-size': 'number',
  'hash-offset': 'number',
  'root-hash-file': 'text',
  'root-hash-signature': 'text',
  salt: 'text',
  uuid: 'text',
} as const;

/** The options that are there or not, and the only action that takes each. */
export const SWITCHES: Readonly<Record<string, string | undefined>> = {
  'cancel-deferred': 'close',
  'check-at-most-once': 'open',
  debug: undefined,
  deferred: 'close',
  help: undefined,
  'ignore-corruption': 'open',
  'ignore-zero-blocks': 'open',
  'no-superblock': undefined,
  'panic-on-corruption': 'open',
  'restart-on-corruption': 'open',
  shared: 'open',
  'use-tasklets': 'open',
  usage: undefined,
  verbose: undefined,
  version: undefined,
};

export const SHORT: Readonly<Record<string, string>> = {
  '?': 'help',
  V: 'version',
  v: 'verbose',
  h: 'hash',
  s: 'salt',
};

type ValueName = keyof typeof VALUES;

export interface Arguments {
  numbers: Partial<Record<ValueName, number>>;
  texts: Partial<Record<ValueName, string>>;
  switches: Set<string>;
  /** The action and its arguments. */
  words: string[];
}

export function readArguments(args: readonly string[]): Arguments {
  const read: Arguments = { numbers: {}, texts: {}, switches: new Set(), words: [] };
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') read.words.push(...rest.splice(0));
    else if (word.startsWith('--')) readLong(word, rest, read);
    else if (word.startsWith('-') && word.length > 1) readShort(word, rest, read);
    else read.words.push(word);
  }
  return read;
}

function readLong(word: string, rest: string[], read: Arguments): void {
  const at = word.indexOf('=');
  const name = word.slice(2, at < 0 ? undefined : at);
  const value = at < 0 ? undefined : word.slice(at + 1);
  if (name in SWITCHES) {
    if (value !== undefined) throw new UsageError(`${word}: option does not take an argument`);
    read.switches.add(name);
  } else if (name in VALUES) {
    put(name as ValueName, `--${name}`, value ?? rest.shift(), read);
  } else {
    throw new UsageError(`--${name}: unknown option`);
  }
}

function readShort(word: string, rest: string[], read: Arguments): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]!;
    const name = SHORT[letter];
    if (name === undefined) throw new UsageError(`-${letter}: unknown option`);
    if (name in SWITCHES) {
      read.switches.add(name);
      continue;
    }
    const joined = word.slice(at + 1).replace(/^=/, '');
    put(name as ValueName, `-${letter}`, joined === '' ? rest.shift() : joined, read);
    return;
  }
}

function put(name: ValueName, shown: string, value: string | undefined, read: Arguments): void {
  if (value === undefined) throw new UsageError(`${shown}: missing argument`);
  if (VALUES[name] === 'text') {
    read.texts[name] = value;
    return;
  }
  const number = Number(value);
  if (!/^[0-9]+$/.test(value) || !Number.isSafeInteger(number)) {
    throw new UsageError('veritysetup: invalid numeric value');
  }
  read.numbers[name] = number;
}

/** An action, and how many arguments it needs. */
export const ACTIONS: Readonly<Record<string, { needs: number; takes: string }>> = {
  format: { needs: 2, takes: '<data_device> <hash_device>' },
  verify: { needs: 2, takes: '<data_device> <hash_device> [<root_hash>]' },
  open: { needs: 3, takes: '<data_device> <name> <hash_device> [<root_hash>]' },
  close: { needs: 1, takes: '<name>' },
  status: { needs: 1, takes: '<name>' },
  dump: { needs: 1, takes: '<hash_device>' },
};

/** Switches that cannot be had together, and how that is said. */
const EXCLUSIVE = [
  [
    'ignore-corruption',
    'restart-on-corruption',
    'Option --ignore-corruption and --restart-on-corruption cannot be used together.',
  ],
  [
    'panic-on-corruption',
    'restart-on-corruption',
    'Option --panic-on-corruption and --restart-on-corruption cannot be used together.',
  ],
  ['cancel-deferred', 'deferred', 'Options --cancel-deferred and --deferred cannot be used at the same time.'],
] as const;

/** The action, in today's words and order, and whether it may have the options that were given. */
export function actionOf({ words, switches }: Arguments): { action: string; operands: string[] } {
  let [action, ...operands] = words;
  if (action === undefined) throw new UsageError('veritysetup: Argument <action> missing.');
  if (action === 'create' && operands.length > 1) {
    action = 'open';
    operands = [operands[1]!, operands[0]!, ...operands.slice(2)];
  } else if (action === 'remove') {
    action = 'close';
  }
  const known = ACTIONS[action];
  if (!known) throw new UsageError('veritysetup: Unknown action.');
  if (operands.length < known.needs) {
    throw new UsageError(`veritysetup: ${action}: requires ${known.takes} as arguments`);
  }
  for (const name of switches) {
    const only = SWITCHES[name];
    if (only === undefined || only === action) continue;
    throw new UsageError(`veritysetup: Option --${name} is not allowed with ${action} action.`);
  }
  for (const [one, other, text] of EXCLUSIVE) {
    if (switches.has(one) && switches.has(other)) throw new UsageError(`veritysetup: ${text}`);
  }
  return { action, operands };
}

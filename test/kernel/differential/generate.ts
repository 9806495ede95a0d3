/**
 * Tables near the edges of a target's grammar: the declaration is walked with usual values, and then mostly one thing
 * is changed. The same seed gives the same tables.
 */
import { HARMFUL, type Harmful } from '../../../assembly/tables/differences/harmful.ts';
import type { Target } from '../../../assembly/tables/notation.ts';
import { Random } from '../../fuzz/random.ts';
import { LAST_SECTOR, U32, U64 } from './edges.ts';
import { deviceNumber, type Profile } from './profiles.ts';
import { type Edge, type Fields, Walk } from './walk.ts';

/** One table of one target, sometimes of two. */
export interface Sample {
  type: string;
  start: bigint;
  length: bigint;
  /** The words behind the type, as the kernel reads them: a backslash quotes. */
  params: string;
  /** The same as fields, where it can be said so. */
  fields?: Fields;
  readOnly: boolean;
  /** A row of `zero` behind it. */
  second: boolean;
  /** What was changed. */
  change: string;
  /** A device in it is well spelled and not there. */
  nowhere: boolean;
}

/** Words moved about: the sentence as a whole is wrong. */
const SENTENCES: [string, (words: string[], random: Random) => string[]][] = [
  ['last word missing', (words) => words.slice(0, -1)],
  ['a word missing', (words, random) => words.toSpliced(random.below(words.length || 1), 1)],
  ['first word missing', (words) => words.slice(1)],
  ['words missing at the end', (words, random) => words.slice(0, random.below(words.length + 1))],
  ['0 appended', (words) => [...words, '0']],
  ['1 appended', (words) => [...words, '1']],
  ['a word appended', (words) => [...words, 'bogus']],
  ['a device appended', (words) => [...words, '/dev/loop0']],
  ['two words appended', (words) => [...words, '/dev/loop0', '0']],
  ['three words appended', (words) => [...words, '/dev/loop0', '0', '0']],
  ['last word twice', (words) => [...words, ...words.slice(-1)]],
  [
    'a word twice',
    (words, random) => {
      const at = random.below(words.length || 1);
      return words.toSpliced(at, 0, ...words.slice(at, at + 1));
    },
  ],
  [
    'two words swapped',
    (words, random) => {
      const at = random.below(Math.max(words.length - 1, 1));
      return words.toSpliced(at, 2, ...words.slice(at, at + 2).reverse());
    },
  ],
  [
    'a word in upper case',
    (words, random) => {
      const places = words.flatMap((word, at) => (word.includes('/') ? [] : [at]));
      const at = random.pick([...places, 0]);
      return words.with(at, words[at]!.includes('/') ? words[at]! : words[at]!.toUpperCase());
    },
  ],
  ['nothing', () => []],
];

/** The tables of one target that its kernel survives. */
export function* generate(
  target: Target,
  profile: Profile,
  { seed, count, kernel }: { seed: number; count: number; kernel: string },
): Generator<Sample> {
  for (let index = 0, left = count; left > 0; index++) {
    const sample = sampleOf(target, profile, new Random(seed * 1_000_003 + index));
    if (harmful(sample, kernel) !== undefined) continue;
    left--;
    yield sample;
  }
}

export function harmful({ type, params, length: sectors }: Sample, kernel: string): Harmful | undefined {
  return HARMFUL.find(
    ({ target, kernels, words, length, oneDevice }) =>
      target.split(' ').includes(type) &&
      kernels.includes(kernel) &&
      (words?.test(params) ?? true) &&
      (oneDevice === undefined || nameOneDevice(params.split(' '), oneDevice)) &&
      sectors >= (length ?? 0n),
  );
}

/** Whether a kernel may take both words for one device; a number wraps around in it. */
function nameOneDevice(words: string[], places: readonly [number, number]): boolean {
  const [one, other] = places.map((place) => {
    const word = words[place] ?? '';
    const numbers = /^\+?(\d+):(\d+)/.exec(word)?.slice(1);
    return numbers?.map((digits) => BigInt.asUintN(32, BigInt(digits))).join(':') ?? deviceNumber(word) ?? word;
  });
  return one !== '' && one === other;
}

function sampleOf(target: Target, profile: Profile, random: Random): Sample {
  const seed = random.bits();
  const kind = random.below(20);
  const probe = walk(target, profile, seed);
  const base = {
    type: target.type,
    start: 0n,
    length: random.pick(profile.lengths),
    readOnly: target.readOnly === true,
    second: false,
    change: 'none',
    nowhere: false,
  };
  const usual = { ...base, params: probe.walk.words.join(' '), fields: probe.fields };
  if (kind < 4 || probe.walk.places === 0) return probe.walk.places === 0 ? plain(usual, random) : usual;
  if (kind < 12) {
    const edge = { at: random.below(probe.walk.places), odd: random.chance(4), random };
    const { walk: edged, fields } = walk(target, profile, seed, edge);
    const params = edged.words.join(' ');
    return { ...base, params, ...(edged.typed ? { fields } : {}), change: edged.change, nowhere: edged.nowhere };
  }
  if (kind < 16) return plain(usual, random);
  return rowChanged(usual, random);
}

function walk(target: Target, profile: Profile, seed: number, edge?: Edge) {
  const walker = new Walk(new Random(seed), profile, edge);
  const fields: Fields = {};
  walker.nodes(target.params, fields);
  return { walk: walker, fields };
}

function plain(usual: Sample, random: Random): Sample {
  const { fields: _, ...rest } = usual;
  const words = usual.params === '' ? [] : usual.params.split(' ');
  const [change, apply] = random.pick(SENTENCES.filter(([name]) => words.length > 0 || !name.includes('upper')));
  return { ...rest, params: apply(words, random).join(' '), change };
}

function rowChanged(usual: Sample, random: Random): Sample {
  const { length } = usual;
  const kind = random.below(10);
  if (kind === 0) return { ...usual, start: random.pick([1n, 8n, length]), change: 'start' };
  if (kind === 1) return { ...usual, second: true, change: 'a second row' };
  if (kind === 2) return { ...usual, readOnly: !usual.readOnly, change: 'read-only' };
  const edges = [
    length - 1n,
    length + 1n,
    length + 7n,
    length + 8n,
    length * 3n,
    length / 2n,
    1n,
    2n,
    3n,
    7n,
    8n,
    127n,
    128n,
  ];
  const far = [0n, 0n, LAST_SECTOR - 8n, LAST_SECTOR, LAST_SECTOR + 1n, U64 - 1n, U32, U32 - 1n];
  const changed = random.chance(6) ? random.pick(far) : random.pick(edges);
  return { ...usual, length: changed, change: `length = ${changed}` };
}

/** Walks a target's declaration and says a table in its words, and the same in its fields. */
import type { Each, Keyed, Node, Option, OptionSet, Value } from '../../../assembly/tables/notation.ts';
import type { Random } from '../../fuzz/random.ts';
import { defaults, NOWHERE, unusual, unusualWord } from './edges.ts';
import type { Profile } from './profiles.ts';

export type Fields = { [name: string]: FieldValue };
type FieldValue = string | true | Fields | Fields[] | string[];

/** Where the walk is to do something unusual: at one place, counted from 0. */
export interface Edge {
  at: number;
  /** Odd spelling rather than an unusual value. */
  odd: boolean;
  random: Random;
}

export class Walk {
  readonly words: string[] = [];
  /** How many places there were. */
  places = 0;
  change = '';
  /** Whether the fields say the same as the words. */
  typed = true;
  nowhere = false;
  readonly #random: Random;
  readonly #profile: Profile;
  readonly #edge: Edge | undefined;
  readonly #usualWords: Profile['usual'];
  /** Lengths of lists and values of fields so far. */
  readonly #seen = new Map<string, string>();
  readonly #turns = new Map<string, number>();

  constructor(random: Random, profile: Profile, edge?: Edge) {
    this.#random = random;
    this.#profile = profile;
    this.#edge = edge;
    const { usual, instead } = profile;
    this.#usualWords = instead && random.chance(4) ? { ...usual, ...random.pick(instead) } : usual;
  }

  nodes(nodes: readonly Node[], into: Fields): void {
    for (const node of nodes) this.#node(node, into);
  }

  #isEdge(what: string): boolean {
    const here = this.places++ === this.#edge?.at;
    if (here) this.change = what;
    return here;
  }

  #node(node: Node, into: Fields): void {
    switch (node.kind) {
      case 'state':
      case 'ratio':
        throw new Error(`${node.kind} is no parameter`);
      case 'literal':
        this.words.push(this.#isEdge(`literal ${node.word}`) ? this.#unusualWord(node.word) : node.word);
        if (this.words.at(-1) !== node.word) this.typed = false;
        return;
      case 'count':
        this.#count(node.list, node.min);
        return;
      case 'each':
        this.#each(node, into);
        return;
      case 'optional':
        this.#optional(node.of, into);
        return;
      case 'counted':
        this.#counted(node.of, node.always, into);
        return;
      case 'set':
        this.#set(node, into);
        return;
      case 'pairs':
        this.#pairs(node.field, into);
        return;
      case 'when':
        if (node.is.includes(this.#seen.get(node.field) ?? '')) this.nodes(node.of, into);
        return;
      default: {
        const { word, field } = this.#value(node);
        this.words.push(word);
        if (field !== undefined) into[node.field] = field;
      }
    }
  }

  #count(list: string, min: bigint): void {
    const usual = this.#profile.counts?.[list] ?? [1, 2, 3];
    const size = Math.max(Number(min), this.#random.pick(usual));
    this.#seen.set(list, String(size));
    let word = String(size);
    if (this.#isEdge(`count of ${list}`)) {
      const { random } = this.#edge!;
      const wrong = [
        '0',
        String(size + 1),
        String(size - 1),
        `0${size}`,
        '4294967295',
        '4294967296',
        '2147483648',
        'x',
      ];
      word = random.pick([...wrong, '-1', '18446744073709551616', `${size}x`, '253', '254', '1024', '1025']);
      this.typed = false;
    }
    this.words.push(word);
  }

  #each(node: Each, into: Fields): void {
    const size = Number(
      node.counted === 'list'
        ? this.#seen.get(node.field)
        : node.counted === 'rest'
          ? this.#random.pick(this.#profile.counts?.[node.field] ?? [0, 1, 2])
          : this.#seen.get(node.counted.by),
    );
    const maps: Fields[] = [];
    const bare: string[] = [];
    for (let left = Number.isNaN(size) ? 0 : Math.min(size, 64); left > 0; left--) {
      const element: Fields = {};
      this.nodes(node.of, element);
      if (node.bare) bare.push(element[(node.of[0] as Value).field] as string);
      else maps.push(element);
    }
    into[node.field] = node.bare ? bare : maps;
  }

  #optional(of: readonly Node[], into: Fields): void {
    if (this.#random.chance(2)) return;
    this.nodes(of, into);
  }

  #counted(of: readonly Node[], always: boolean, into: Fields): void {
    if (!always && this.#random.chance(3)) return;
    const at = this.words.push('') - 1;
    this.nodes(of, into);
    const size = this.words.length - at - 1;
    let word = String(size);
    if (this.#isEdge('count of words')) {
      const { random } = this.#edge!;
      word = random.pick([
        '0',
        String(size + 1),
        String(size - 1),
        String(size + 2),
        `0${size}`,
        '4294967295',
        '99',
        'x',
      ]);
      this.typed = false;
    }
    this.words[at] = word;
  }

  #set(node: OptionSet, into: Fields): void {
    const share = this.#random.pick(this.#profile.shares ?? [0, 1, 2, 3]);
    const chosen = node.of.filter((option) => {
      const rate = this.#profile.options?.[option.field];
      if (rate === 'never') return false;
      if (rate === 'mostly') return !this.#random.chance(12);
      if (rate === 'seldom') return this.#random.chance(60);
      return this.#random.below(8) < share;
    });
    this.#complete(node, chosen);
    for (let i = chosen.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      [chosen[i], chosen[j]] = [chosen[j]!, chosen[i]!];
    }
    for (const option of chosen) {
      if (option.kind === 'flag') {
        this.words.push(option.word);
        into[option.field] = true;
      } else if (option.kind === 'choice') {
        const name = this.#random.pick(Object.keys(option.words));
        this.words.push(option.words[name]!);
        into[option.field] = name;
      } else {
        this.#keyed(option, into);
      }
    }
    if (this.#isEdge('options')) this.#spoil(node);
  }

  /** Options that mean something together alone are mostly given together. */
  #complete(node: OptionSet, chosen: Option[]): void {
    for (const fields of this.#profile.together ?? []) {
      if (this.#random.chance(4) || !chosen.some(({ field }) => fields.includes(field))) continue;
      chosen.push(...node.of.filter((option) => fields.includes(option.field) && !chosen.includes(option)));
    }
  }

  #keyed(option: Keyed, into: Fields): void {
    const times = option.repeated ? this.#random.pick([1, 1, 2]) : 1;
    const list: string[] = [];
    for (let left = times; left > 0; left--) {
      const parts: string[] = [];
      const group: Fields = {};
      const last = option.of.at(-1)!;
      const together = this.#valuesOf(option);
      for (const [at, value] of option.of.entries()) {
        if (together && at >= together.length) continue;
        const mayMiss = option.joined && option.of.length > 1 && value === last && 'mayBeEmpty' in value;
        if (!together && mayMiss && value.mayBeEmpty && this.#random.chance(2)) continue;
        const { word, field } = this.#value(value, together?.[at], option.joined);
        parts.push(word);
        if (field !== undefined) group[value.field] = field;
      }
      if (option.joined) this.words.push([option.word, ...parts].join(':'));
      else this.words.push(option.word, ...parts);
      if (option.of.length > 1) {
        into[option.field] = group;
      } else if (group[option.of[0]!.field] !== undefined) {
        list.push(group[option.of[0]!.field] as string);
        into[option.field] = option.repeated ? list : list[0]!;
      }
    }
  }

  #valuesOf({ field }: Keyed): readonly string[] | undefined {
    const groups = this.#profile.groups?.[field];
    return groups && this.#random.pick(groups);
  }

  /** Something that no list of options may hold, or something once more. */
  #spoil(node: OptionSet): void {
    const { random } = this.#edge!;
    this.typed = false;
    const option = random.pick(node.of);
    const word = option.kind === 'choice' ? random.pick(Object.values(option.words)) : option.word;
    const values =
      option.kind === 'keyed' ? (this.#valuesOf(option) ?? option.of.map((value) => this.#usual(value))) : [];
    const whole = option.kind === 'keyed' && option.joined ? [[word, ...values].join(':')] : [word, ...values];
    const kinds: [string, string[]][] = [
      ['one more', whole],
      ['twice more', [...whole, ...whole]],
      ['upper case', [whole[0]!.replace(word, word.toUpperCase()), ...whole.slice(1)]],
      ['no value', [word]],
      ['unknown', ['bogus']],
      ['unknown joined', ['bogus:1']],
      ['prefix', [word.slice(0, -1)]],
      ['longer', [`${word}x`]],
      ['colon', [`${word}:`]],
      ['underlines', [word.replaceAll('_', '-')]],
    ];
    const [what, more] = random.pick(kinds);
    this.change = `option ${word}: ${what}`;
    this.words.push(...more);
  }

  #pairs(field: string, into: Fields): void {
    const known = this.#profile.pairs?.[field] ?? {};
    const map: Fields = {};
    for (const [key, usual] of Object.entries(known)) {
      if (this.#random.chance(2)) continue;
      const value = this.#random.pick(usual);
      this.words.push(key, value);
      map[key] = value;
    }
    into[field] = map;
    if (!this.#isEdge(`pairs ${field}`)) return;
    this.typed = false;
    this.words.push(
      ...this.#edge!.random.pick([['bogus'], ['bogus', '1'], ['migration_threshold', 'x'], ['a', 'b', 'c']]),
    );
  }

  #usual(value: Value): string {
    const usual = this.#usualWords[value.field];
    if (usual !== undefined && this.#profile.inTurn?.includes(value.field)) {
      const turn = this.#turns.get(value.field) ?? 0;
      this.#turns.set(value.field, turn + 1);
      return usual[turn % usual.length]!;
    }
    if (usual !== undefined) return this.#random.pick(usual);
    switch (value.kind) {
      case 'number':
        return String(this.#random.pick(defaults(value)));
      case 'oneOf':
        return this.#random.pick(Object.values(value.words));
      default:
        throw new Error(`no usual value for ${value.field}`);
    }
  }

  /** A value as a word, and as a field: none where the word stands for nothing, which no part of a word does. */
  #value(value: Value, given?: string, joined = false): { word: string; field: string | undefined } {
    let word = given ?? this.#usual(value);
    if (this.#isEdge(value.field)) {
      const { random, odd } = this.#edge!;
      word = unusual(value, word, odd, random);
      this.change = `${value.field} = ${word}`;
      if (word === '' || word.includes('\\')) this.typed = false;
      this.nowhere = value.kind === 'device' && NOWHERE.includes(word);
    }
    this.#seen.set(value.field, word);
    if (value.kind === 'oneOf') {
      const names = Object.keys(value.words).filter((name) => value.words[name] === word);
      // a word that is none of them might be the name of another, or be one of them in another case
      if (names.length === 0 && (value.ignoreCase || Object.keys(value.words).includes(word))) this.typed = false;
      return { word, field: names[0] ?? word };
    }
    const isEmpty = word === '-' && !joined && 'mayBeEmpty' in value && value.mayBeEmpty;
    if (value.kind === 'device') return { word, field: isEmpty ? undefined : word.replaceAll('\\', '') };
    return { word, field: isEmpty ? undefined : word };
  }

  #unusualWord(word: string): string {
    return unusualWord(word, this.#edge!.random);
  }
}

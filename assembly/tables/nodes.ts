/** Packs the words and groups of a target's params; `grammar/nodes.ts` reads what is packed here. */
import { type Bytes, u8, u16, u24, u32, u64 } from './bytes.ts';
import type { Choice, Node, NumberValue, OneOf, Option, Since } from './notation.ts';

export const KIND = {
  number: 0,
  device: 1,
  word: 2,
  hex: 3,
  key: 4,
  oneOf: 5,
  boolean: 6,
  ratio: 7,
  state: 8,
  literal: 9,
  count: 10,
  each: 11,
  optional: 12,
  counted: 13,
  set: 14,
  pairs: 15,
  when: 16,
  flag: 17,
  choice: 18,
  keyed: 19,
} as const;

export const FLAG = {
  sectors: 1,
  powerOfTwo: 2,
  mayBeEmpty: 4,
  signed: 8,
  ignoreCase: 16,
  bare: 32,
  always: 64,
  joined: 128,
  repeated: 256,
  rest: 512,
  by: 1024,
  keyring: 2048,
  distinct: 4096,
  usual: 8192,
  silent: 16384,
  inWord: 32768,
} as const;

/** Set in the kind of a number or a device of which nothing is said but its bounds. */
export const PLAIN = 128;

export const NODE_SIZE = 24;
export const ALTERNATIVE_SIZE = 8;

/** The slots of a target's fields, by name: a count and its list share one. A field of an option's map is `option.field`. */
export class Slots {
  readonly #names: string[] = [];

  of(name: string): number {
    const at = this.#names.indexOf(name);
    return at < 0 ? this.#names.push(name) - 1 : at;
  }

  find(name: string): number {
    const at = this.#names.indexOf(name);
    if (at < 0) throw new Error(`there is no field ${name}`);
    return at;
  }

  get size(): number {
    return this.#names.length;
  }
}

interface Packed {
  kind: number;
  slot?: number;
  flags?: number;
  /** A second slot: of the field that counts a list. */
  other?: number;
  children?: number[][];
  name?: string;
  word?: string;
  min?: bigint;
  max?: bigint;
  multipleOf?: number;
  since?: Since | undefined;
}

export class NodePacker {
  readonly #out: Bytes;
  readonly #slots: Slots;

  constructor(out: Bytes, slots: Slots) {
    this.#out = out;
    this.#slots = slots;
  }

  /** The offset and number of the packed nodes, and whether all of them are plain. */
  list(nodes: readonly Node[]): { at: number; count: number; arePlain: boolean } {
    const packed = nodes.map((node) => this.#node(node));
    const arePlain = packed.every(([kind = 0]) => kind >= PLAIN);
    return { at: this.#out.records(NODE_SIZE, packed), count: packed.length, arePlain };
  }

  #record(node: Packed): number[] {
    const children = node.children ?? [];
    return [
      ...u8(node.kind | (isPlain(node) ? PLAIN : 0)),
      ...u8(node.slot ?? 0),
      ...u16(node.flags ?? 0),
      ...u8(children.length),
      ...u8(node.other ?? 0),
      ...u16(this.#out.records(children[0]?.length ?? NODE_SIZE, children)),
      ...u32(this.#out.text(node.name ?? '')),
      ...u32(this.#out.text(node.word ?? '')),
      ...u16(this.#out.records(8, [u64(node.min ?? 0n)])),
      ...u16(this.#out.records(8, [u64(node.max ?? 0n)])),
      ...u8(node.multipleOf ?? 1),
      ...u24(versionNumber(node.since)),
    ];
  }

  #all(nodes: readonly Node[], prefix = ''): number[][] {
    return nodes.map((node) => this.#node(node, prefix));
  }

  #node(node: Node, prefix = ''): number[] {
    const kind = KIND[node.kind];
    switch (node.kind) {
      case 'number':
      case 'device':
      case 'word':
      case 'hex':
      case 'key':
        return this.#record({
          ...(node.kind === 'number' ? this.#bounds(node) : {}),
          kind,
          slot: this.#slots.of(prefix + node.field),
          flags: flagsOf(node),
          name: node.field,
        });
      case 'oneOf':
        return this.#choice({ kind, slot: this.#slots.of(prefix + node.field), flags: flagsOf(node) }, node);
      case 'boolean': {
        const words = { true: node.words[0], false: node.words[1] };
        return this.#choice({ kind, slot: this.#slots.of(prefix + node.field) }, { ...node, words });
      }
      case 'ratio':
        return this.#record({ kind, slot: this.#slots.of(node.field), name: node.field, word: node.over });
      case 'state':
        return this.#record({
          kind,
          name: node.field,
          children: node.texts.map((text) => this.#alternative(text, text)),
        });
      case 'literal':
        return this.#record({ kind, word: node.word });
      case 'count':
        return this.#record({ kind, slot: this.#slots.of(node.list), name: node.list, min: node.min, max: node.max });
      case 'each':
        return this.#record({
          kind,
          slot: this.#slots.of(node.field),
          ...(typeof node.counted === 'object' ? { other: this.#slots.of(node.counted.by) } : {}),
          flags:
            (node.bare ? FLAG.bare : 0) |
            (node.counted === 'rest' ? FLAG.rest : 0) |
            (typeof node.counted === 'object' ? FLAG.by : 0),
          name: node.field,
          word: fieldsOf(node.of).join(', '),
          children: this.#all(node.of),
        });
      case 'optional':
        return this.#record({ kind, children: this.#all(node.of) });
      case 'counted':
        return this.#record({ kind, flags: node.always ? FLAG.always : 0, children: this.#all(node.of) });
      case 'set':
        return this.#record({
          kind,
          ...(node.inWord && {
            slot: this.#slots.of(node.inWord.field),
            flags: FLAG.inWord,
            name: node.inWord.is.join(', '),
          }),
          word: wordsOf(node.of),
          children: node.of.map((option) => this.#option(option)),
        });
      case 'pairs':
        return this.#record({ kind, slot: this.#slots.of(node.field), name: node.field });
      case 'when':
        return this.#record({
          kind,
          slot: this.#slots.of(node.field),
          word: node.is.join(', '),
          children: this.#all(node.of),
        });
    }
  }

  #option(option: Option): number[] {
    const kind = KIND[option.kind];
    const { field, since } = option;
    switch (option.kind) {
      case 'flag':
        return this.#record({ kind, slot: this.#slots.of(field), name: field, word: option.word, since });
      case 'choice':
        return this.#choice({ kind, slot: this.#slots.of(field), since }, option);
      case 'keyed':
        return this.#record({
          kind,
          slot: this.#slots.of(field),
          flags: (option.joined ? FLAG.joined : 0) | (option.repeated ? FLAG.repeated : 0),
          name: field,
          word: option.word,
          children: this.#all(option.of, option.of.length > 1 ? `${field}.` : ''),
          since,
        });
    }
  }

  #bounds({ min, max, multipleOf, words }: NumberValue): Partial<Packed> {
    return { min, max, multipleOf, children: words.map((word) => this.#alternative(word, word)) };
  }

  #choice(record: Packed, { field, words }: Pick<OneOf | Choice, 'field' | 'words'>): number[] {
    return this.#record({
      ...record,
      name: field,
      word: Object.keys(words).join(', '),
      children: Object.entries(words).map(([name, word]) => this.#alternative(name, word)),
    });
  }

  #alternative(name: string, word: string): number[] {
    return [...u32(this.#out.text(name)), ...u32(this.#out.text(word))];
  }
}

function isPlain({ kind, flags = 0, children = [], multipleOf = 1 }: Packed): boolean {
  const isNumber = kind === KIND.number && children.length === 0 && multipleOf === 1;
  return (isNumber || kind === KIND.device) && (flags & ~FLAG.sectors) === 0;
}

function flagsOf(node: object): number {
  const names = [
    'sectors',
    'powerOfTwo',
    'mayBeEmpty',
    'signed',
    'ignoreCase',
    'keyring',
    'distinct',
    'usual',
    'silent',
  ] as const;
  return names.reduce((flags, name) => flags | ((node as Record<string, unknown>)[name] === true ? FLAG[name] : 0), 0);
}

/** A version as a number that compares as versions do. */
export function versionNumber(version: Since | undefined): number {
  const [major, minor, patch] = version ?? [0, 0, 0];
  return major * 65536 + minor * 256 + patch;
}

/** The words of options, as a message lists them. */
function wordsOf(options: readonly Option[]): string {
  return options
    .flatMap((option) => (option.kind === 'choice' ? Object.values(option.words) : [option.word]))
    .join(', ');
}

/** The names of the fields that these words and groups have. */
export function fieldsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node): string[] => {
    switch (node.kind) {
      case 'literal':
      case 'count':
        return [];
      case 'optional':
      case 'counted':
      case 'when':
        return fieldsOf(node.of);
      case 'set':
        return node.of.map((option) => option.field);
      case 'ratio':
        return [node.field, node.over];
      default:
        return [node.field];
    }
  });
}

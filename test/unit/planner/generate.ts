/**
 * Random typed fields, made from a declaration: every number in its range, every option there or not. What only rules forbid
 * is made too: the planner says what it takes.
 */
import fc, { type GeneratorValue } from 'fast-check';
import type { Node, NumberValue, Option, Target, Value } from '../../../assembly/tables/notation.ts';
import { type Fields, isOneOf, usualOf } from './declared.ts';

type Gen = GeneratorValue;

const LENGTHS = [8n, 64n, 4096n, 6144n, 2n ** 20n, 2n ** 31n, 2n ** 40n, 7n, 1n];
const WORDS = ['sha256', 'crc32c', 'aes-xts-plain64', 'round-robin', 'x', 'key-desc', 'hmac(sha256)', '0.25', 'é'];
const DEVICES = ['7:0', '7:1', '8:16', '253:300', '4095:1048575', '/dev/a', '/dev/mapper/b-c', '/dev/é'];
const HEX = ['ab', '00ff', 'AB'.repeat(32), '0123456789abcdef'.repeat(4)];
const KEYS = ['00ff'.repeat(16), 'ab', ':32:logon:dmplan:key', ':64:user:d', 'deadBEEF'.repeat(8)];

/** Values with which the rules of a target hold more often than by chance. */
const USUAL: Record<string, Record<string, readonly unknown[]>> = {
  verity: {
    algorithm: ['sha256'],
    rootDigest: ['ab'.repeat(32)],
    dataBlockSize: [4096, 512],
    hashBlockSize: [4096],
    dataBlocks: [2n ** 40n, 2n ** 31n - 1n],
    hashStartBlock: [2n ** 41n],
    fecStartBlock: [2n ** 42n],
    fecBlocks: [2n ** 41n],
  },
  striped: { chunkSize: [1, 2, 8, 64] },
  unstriped: { chunkSize: [1, 8, 64], stripes: [4, 4294967295], index: [0, 1, 3] },
  dust: { blockSize: [512, 4096] },
  ebs: { offset: [0, 2n ** 30n], underlyingBlockSize: [32768, 8], emulatedBlockSize: [1, 8] },
  linear: { offset: [0, 8, 2n ** 40n] },
  crypt: { ivOffset: [0, 8, 2n ** 63n] },
  inlinecrypt: { ivOffset: [0, 8], ivLargeSectors: [true] },
  snapshot: { chunkSize: [0, 1, 8, 16, 2 ** 20] },
  'snapshot-merge': { chunkSize: [0, 1, 8, 16], persistence: ['persistent', 'persistentOverflow'] },
  raid: {
    chunkSize: [8, 64, 128],
    regionSize: [1024, 4096],
    dataOffset: [0, 32, 40],
    raidType: ['raid1', 'raid10', 'raid5_ls', 'raid6_zr'],
  },
  mirror: { regionSize: [2, 8, 64], handleErrors: [true] },
  vdo: {
    logicalBlockSize: [512, 4096],
    blockMapCacheBlocks: [4294967295],
    hashZones: [1],
    logicalZones: [1, 60],
    physicalZones: [16],
  },
};

function pick<T>(g: Gen, list: readonly T[]): T {
  return list[g(fc.nat, list.length - 1)]!;
}

const chance = (g: Gen, oneIn: number): boolean => g(fc.nat, oneIn - 1) === 0;

/** As an answer holds it: a number where it is safe. */
const plain = (value: bigint): number | bigint => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);

function numberOf(g: Gen, { min, max, powerOfTwo, multipleOf, signed, words }: NumberValue): number | bigint | string {
  if (words.length > 0 && chance(g, 2)) return pick(g, words);
  const step = BigInt(multipleOf);
  let value = pick(g, [min, max, min + step, min * 2n, 1n << BigInt(g(fc.nat, 63)), g(fc.bigInt, { min, max })]);
  if (powerOfTwo) {
    const powers = Array.from({ length: 64 }, (_, i) => 1n << BigInt(i)).filter((each) => each >= min && each <= max);
    value = pick(g, powers);
  }
  value -= value % step;
  if (value < min || value > max) value = min;
  return signed && value !== 0n && chance(g, 2) ? plain(-value) : plain(value);
}

function randomValue(g: Gen, node: Value): unknown {
  switch (node.kind) {
    case 'number':
      return numberOf(g, node);
    case 'device':
      return pick(g, DEVICES);
    case 'hex':
      return pick(g, HEX);
    case 'key':
      return pick(g, node.keyring ? KEYS : KEYS.filter((key) => !key.startsWith(':')));
    case 'oneOf':
      return pick(g, Object.keys(node.words));
    case 'boolean':
      return chance(g, 2);
    default:
      return pick(g, WORDS);
  }
}

const isEmpty = (g: Gen, node: Value): boolean => 'mayBeEmpty' in node && node.mayBeEmpty && chance(g, 3);

/** Lists of lists are as long as a field of theirs says. */
function listLength(g: Gen, node: Node & { kind: 'each' }, all: readonly Node[], fields: Fields): number {
  const { counted } = node;
  if (typeof counted === 'object') return Number(fields[counted.by]);
  const count = all.find((each) => each.kind === 'count' && each.list === node.field);
  const [min, max] = count?.kind === 'count' ? [Number(count.min), Number(count.max)] : [0, 4];
  return g(fc.integer, { min, max: Math.min(max, min + 3) });
}

function fill(g: Gen, nodes: readonly Node[], fields: Fields, usual: Record<string, readonly unknown[]>): Fields {
  for (const node of nodes) {
    switch (node.kind) {
      case 'literal':
      case 'count':
      case 'state':
      case 'ratio':
        break;
      case 'each': {
        const length = listLength(g, node, nodes, fields);
        fields[node.field] = Array.from({ length }, () =>
          node.bare ? randomValue(g, node.of[0] as Value) : fill(g, node.of, handedDown(node.of, fields), usual),
        );
        break;
      }
      case 'optional':
        if (chance(g, 2)) fill(g, node.of, fields, usual);
        break;
      case 'counted':
        fill(g, node.of, fields, usual);
        break;
      case 'when':
        if (isOneOf(node, fields)) fill(g, node.of, fields, usual);
        break;
      case 'set':
        for (const option of node.of) if (chance(g, 3)) fields[option.field] = optionValue(g, option, usual);
        break;
      case 'pairs': {
        const keys = ['migration_threshold', 'a', 'b', 'é'].filter(() => chance(g, 3));
        fields[node.field] = Object.fromEntries(keys.map((key) => [key, pick(g, ['0', '2048', 'x'])]));
        break;
      }
      default:
        if (fields[node.field] !== undefined || isEmpty(g, node)) break;
        fields[node.field] = isCounter(node.field, nodes) ? g(fc.nat, 2) : usualOr(g, node, usual);
        // an answer leaves out what is meant anyhow
        if (node.kind === 'oneOf' && fields[node.field] === usualOf(node)) delete fields[node.field];
    }
  }
  return fields;
}

function usualOr(g: Gen, node: Value, usual: Record<string, readonly unknown[]>): unknown {
  const values = usual[node.field];
  if (!values || chance(g, 4)) return randomValue(g, node);
  const value = pick(g, values);
  return typeof value === 'bigint' ? plain(value) : value;
}

/** Whether a list below takes its length from the field. */
function isCounter(field: string, nodes: readonly Node[]): boolean {
  return nodes.some(
    (node) =>
      node.kind === 'each' &&
      ((typeof node.counted === 'object' && node.counted.by === field) || isCounter(field, node.of)),
  );
}

/** What an element needs to know of what it stands in is no field of its own: it is taken out again. */
function handedDown(nodes: readonly Node[], outer: Fields): Fields {
  const names = nodes.flatMap((node) =>
    node.kind === 'each' && typeof node.counted === 'object' ? [node.counted.by] : [],
  );
  return Object.fromEntries(names.map((name) => [name, outer[name]]));
}

function optionValue(g: Gen, option: Option, usual: Record<string, readonly unknown[]>): unknown {
  if (option.kind === 'flag') return true;
  if (option.kind === 'choice') return pick(g, Object.keys(option.words));
  const one = (): unknown =>
    option.of.length === 1
      ? usualOr(g, option.of[0]!, usual)
      : Object.fromEntries(
          option.of.filter((node) => !isEmpty(g, node)).map((node) => [node.field, randomValue(g, node)]),
        );
  return option.repeated ? Array.from({ length: 1 + g(fc.nat, 2) }, one) : one();
}

/** Counters that were handed down to the elements of a list. */
function withoutHandedDown(nodes: readonly Node[], fields: Fields): Fields {
  for (const node of nodes) {
    if (node.kind !== 'each' || node.bare) continue;
    for (const element of fields[node.field] as Fields[]) {
      for (const inner of node.of) {
        if (inner.kind === 'each' && typeof inner.counted === 'object') delete element[inner.counted.by];
      }
      withoutHandedDown(node.of, element);
    }
  }
  return fields;
}

/** A target's length and its typed fields, all given as an answer gives them. */
export function targetFields(g: Gen, target: Target): { length: bigint; fields: Fields } {
  const fields = withoutHandedDown(target.params, fill(g, target.params, {}, USUAL[target.type] ?? {}));
  if (target.type === 'multipath') fields.initialGroup = (fields.groups as unknown[]).length;
  if (target.type === 'integrity' && chance(g, 2)) fields.internalHash = { algorithm: 'hmac(sha256)', key: HEX[3] };
  return { length: pick(g, LENGTHS), fields };
}

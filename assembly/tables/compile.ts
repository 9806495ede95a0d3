/**
 * Packs the declarations of this folder into one run of bytes for the planner, and writes the AssemblyScript that holds
 * it: `tables.ts` (the bytes, and where things stand in them) and `errors.ts` (a constant for every error code).
 *
 * All numbers are little-endian. A text is named by a u32: its offset in the low and its length in the high 16 bits.
 */

import { ACTIONS, SWITCHES, type Switch } from './actions.ts';
import { COMMANDS, FLAGS } from './commands.ts';
import { DIGESTS } from './digests.ts';
import { ERRORS } from './errors.ts';
import { compileExpression, OP } from './expression.ts';
import type { Node, NumberNode, Option, Rule, Target, Value } from './notation.ts';
import { SELFTEST_REQUESTS } from './selftest.ts';
import { TARGETS } from './targets/index.ts';
import { TEXTS } from './texts.ts';

const KINDS = {
  number: 0,
  device: 1,
  word: 2,
  hex: 3,
  count: 4,
  each: 5,
  optional: 6,
  options: 7,
  flag: 8,
  choice: 9,
  keyed: 10,
  alternative: 11,
} as const;

const NODE = { sectors: 1, powerOfTwo: 2, mayBeEmpty: 4 } as const;
const TARGET = { singleton: 1, readOnly: 2 } as const;
const IDENTITIES = { none: 0, new: 1, one: 2 } as const;
const PAYLOADS = { none: 0, table: 1, room: 2 } as const;
const REPLIES = { header: 0, devices: 1, deps: 2, targets: 3 } as const;

/** Bytes below 0x20 in a message stand for a value: these three, each but LENGTH with the number of the value behind it. */
const MARK = { argument: 1, field: 2, length: 3 } as const;

/** The slot that a rule's `at` has when it points at the target's length. */
const LENGTH_SLOT = 255;

/** Fields that one target may have. */
const MAX_SLOTS = 32;

/** Sizes of the packed records in bytes. */
const RECORD = {
  error: 12,
  target: 24,
  node: 32,
  rule: 12,
  action: 16,
  step: 12,
  switch: 8,
  digest: 8,
  command: 8,
  flag: 8,
  request: 4,
};

class Bytes {
  readonly bytes: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  private readonly texts = new Map<string, number>();

  get length(): number {
    return this.bytes.length;
  }

  align(to: number): number {
    while (this.bytes.length % to !== 0) this.bytes.push(0);
    return this.bytes.length;
  }

  raw(bytes: Iterable<number>): number {
    const at = this.length;
    this.bytes.push(...bytes);
    return at;
  }

  text(value: string): number {
    let found = this.texts.get(value);
    if (found === undefined) {
      const encoded = Buffer.from(value, 'utf8');
      found = encoded.length * 65536 + this.raw(encoded);
      this.texts.set(value, found);
    }
    return found;
  }

  records(size: number, list: number[][]): number {
    const at = this.align(8);
    for (const record of list) {
      if (record.length !== size) throw new Error(`a record of ${record.length} bytes where ${size} are declared`);
      this.raw(record);
    }
    return at;
  }
}

const u8 = (value: number): number[] => [value & 255];
const u16 = (value: number): number[] => [value & 255, (value >>> 8) & 255];
const u32 = (value: number): number[] => [...u16(value % 65536), ...u16(Math.floor(value / 65536))];
const u64 = (value: bigint): number[] => [...u32(Number(value & 0xffffffffn)), ...u32(Number(value >> 32n))];

/** The slots of a target's fields: a count and its list share one. */
class Slots {
  private readonly names: string[] = [];

  of(name: string): number {
    const at = this.names.indexOf(name);
    return at < 0 ? this.names.push(name) - 1 : at;
  }

  find(name: string): number {
    const at = this.names.indexOf(name);
    if (at < 0) throw new Error(`no field ${name}`);
    return at;
  }

  get size(): number {
    return this.names.length;
  }
}

interface PackedNode {
  kind: number;
  slot?: number;
  flags?: number;
  children?: number[][];
  name?: string;
  word?: string;
  min?: bigint;
  max?: bigint;
}

function packNode(out: Bytes, node: PackedNode): number[] {
  const children = node.children ?? [];
  const childrenAt = children.length === 0 ? 0 : out.records(RECORD.node, children);
  return [
    ...u8(node.kind),
    ...u8(node.slot ?? 0),
    ...u8(node.flags ?? 0),
    ...u8(children.length),
    ...u16(childrenAt),
    ...u16(0),
    ...u32(out.text(node.name ?? '')),
    ...u32(out.text(node.word ?? '')),
    ...u64(node.min ?? 0n),
    ...u64(node.max ?? 0n),
  ];
}

function numberFlags(node: NumberNode): number {
  return (node.sectors ? NODE.sectors : 0) | (node.powerOfTwo ? NODE.powerOfTwo : 0);
}

function packValue(out: Bytes, slots: Slots, node: Value, word = ''): number[] {
  const common = { kind: KINDS[node.kind], slot: slots.of(node.field), name: node.field, word };
  if (node.kind === 'number') {
    return packNode(out, { ...common, flags: numberFlags(node), min: node.min, max: node.max });
  }
  return packNode(out, { ...common, flags: node.kind === 'hex' && node.mayBeEmpty ? NODE.mayBeEmpty : 0 });
}

function packOption(out: Bytes, slots: Slots, option: Option): number[] {
  switch (option.kind) {
    case 'flag':
      return packNode(out, { kind: KINDS.flag, slot: slots.of(option.field), name: option.field, word: option.word });
    case 'choice':
      return packNode(out, {
        kind: KINDS.choice,
        slot: slots.of(option.field),
        name: option.field,
        word: Object.keys(option.words).join(', '),
        children: Object.entries(option.words).map(([name, word]) =>
          packNode(out, { kind: KINDS.alternative, name, word }),
        ),
      });
    case 'keyed':
      return packNode(out, {
        kind: KINDS.keyed,
        slot: slots.of(option.value.field),
        name: option.value.field,
        word: option.word,
        children: [packValue(out, slots, option.value)],
      });
  }
}

function packParam(out: Bytes, slots: Slots, node: Node): number[] {
  switch (node.kind) {
    case 'count':
      return packNode(out, { kind: KINDS.count, slot: slots.of(node.list), name: node.list, min: node.min });
    case 'each':
      return packNode(out, {
        kind: KINDS.each,
        slot: slots.of(node.field),
        name: node.field,
        word: node.of.map((value) => value.field).join(', '),
        children: node.of.map((value) => packValue(out, slots, value)),
      });
    case 'optional':
      return packNode(out, {
        kind: KINDS.optional,
        children: node.of.map((value) => packValue(out, slots, value)),
      });
    case 'options':
      return packNode(out, {
        kind: KINDS.options,
        word: node.of
          .flatMap((option) => (option.kind === 'choice' ? Object.values(option.words) : [option.word]))
          .join(', '),
        children: node.of.map((option) => packOption(out, slots, option)),
      });
    default:
      return packValue(out, slots, node);
  }
}

/** The names of the fields that a typed target may have, for the message of an unknown one. */
export function fieldsOf(target: Target): string[] {
  return target.params.flatMap((node): string[] => {
    if (node.kind === 'count') return [];
    if (node.kind === 'optional') return node.of.map((value) => value.field);
    if (node.kind === 'options')
      return node.of.map((option) => (option.kind === 'keyed' ? option.value.field : option.field));
    return [node.field];
  });
}

function ruleMessage(rule: Rule, slots: Slots): string {
  return rule.message.replace(/\{(\w+)\}/g, (_, field: string) =>
    field === 'length' ? String.fromCharCode(MARK.length) : String.fromCharCode(MARK.field, 0x80 + slots.find(field)),
  );
}

/** A message whose marks are followed by one byte: latin1, so that the byte stays one. */
function markedText(out: Bytes, message: string): number {
  const encoded = Buffer.from(message, 'latin1');
  return encoded.length * 65536 + out.raw(encoded);
}

interface PackedError {
  code: number;
  name: string;
  message: number;
}

function packTarget(out: Bytes, target: Target, errors: PackedError[]): number[] {
  const slots = new Slots();
  const nodes = target.params.map((node) => packParam(out, slots, node));
  if (slots.size > MAX_SLOTS) throw new Error(`${target.type} has more than ${MAX_SLOTS} fields`);
  const nodesAt = out.records(RECORD.node, nodes);
  const rules = target.rules.map((rule) => {
    errors.push({ code: rule.code, name: rule.name, message: markedText(out, ruleMessage(rule, slots)) });
    const slotOf = (field: string): number => slots.find(field);
    const when = rule.when === undefined ? 0 : out.raw(compileExpression(rule.when, slotOf));
    const must = out.raw(compileExpression(rule.must, slotOf));
    return [
      ...u16(rule.code),
      ...u16(when),
      ...u16(must),
      ...u8(rule.at === 'length' ? LENGTH_SLOT : slots.find(rule.at)),
      ...u8(0),
      ...u32(out.text(rule.at)),
    ];
  });
  const rulesAt = out.records(RECORD.rule, rules);
  const known = ['type', 'length', 'start', 'params', ...fieldsOf(target)].join(', ');
  return [
    ...u32(out.text(target.type)),
    ...u8((target.singleton ? TARGET.singleton : 0) | (target.readOnly ? TARGET.readOnly : 0)),
    ...u8(nodes.length),
    ...u8(rules.length),
    ...u8(slots.size),
    ...u16(nodesAt),
    ...u16(rulesAt),
    ...u32(out.text(known)),
    ...u64(0n),
  ];
}

function switchMask(names: readonly Switch[] = []): number {
  return names.reduce((mask, name) => mask | SWITCHES[name], 0);
}

function packActions(out: Bytes): number {
  const actions = ACTIONS.map((action) => {
    const steps = action.steps.map((step) => [
      ...u8(step.command),
      ...u8(PAYLOADS[step.payload ?? 'none']),
      ...u16(0),
      ...u32(step.flags ?? 0),
      ...u32(switchMask(step.switches)),
    ]);
    const stepsAt = out.records(RECORD.step, steps);
    const payloads = action.steps.reduce((mask, step) => mask | (1 << PAYLOADS[step.payload ?? 'none']), 0);
    return [
      ...u32(out.text(action.name)),
      ...u8(IDENTITIES[action.identity]),
      ...u8(steps.length),
      ...u16(stepsAt),
      ...u32(switchMask(action.steps.flatMap((step) => step.switches ?? []))),
      ...u8(payloads),
      ...u8(0),
      ...u16(0),
    ];
  });
  return out.records(RECORD.action, actions);
}

function packErrors(out: Bytes, ruleErrors: PackedError[]): number {
  const errors: PackedError[] = ERRORS.map(({ code, name, message }) => ({
    code,
    name,
    message: markedText(
      out,
      message.replace(/\{(\d)\}/g, (_, index: string) => String.fromCharCode(MARK.argument, 0x80 + Number(index))),
    ),
  }));
  errors.push(...ruleErrors);
  const seen = new Set<string | number>();
  for (const { code, name } of errors) {
    if (seen.has(code) || seen.has(name)) throw new Error(`error ${code} ${name} is declared twice`);
    seen.add(code).add(name);
  }
  return out.records(
    RECORD.error,
    errors.map((error) => [...u16(error.code), ...u16(0), ...u32(out.text(error.name)), ...u32(error.message)]),
  );
}

const constant = (name: string, value: number): string => `export const ${name}: u32 = ${value};`;
const screaming = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

function constants(prefix: string, values: Record<string, number>): string[] {
  return Object.entries(values).map(([name, value]) => constant(`${prefix}_${screaming(name)}`, value));
}

/** The text of the two generated files. */
export function generate(): { tables: string; errors: string } {
  const out = new Bytes();
  const ruleErrors: PackedError[] = [];
  const targets = out.records(
    RECORD.target,
    TARGETS.map((target) => packTarget(out, target, ruleErrors)),
  );
  const actions = packActions(out);
  const errors = packErrors(out, ruleErrors);
  const switches = out.records(
    RECORD.switch,
    Object.entries(SWITCHES).map(([name, flag]) => [...u32(out.text(name)), ...u32(flag)]),
  );
  const digests = out.records(
    RECORD.digest,
    Object.entries(DIGESTS).map(([name, size]) => [...u32(out.text(name)), ...u32(size)]),
  );
  const commands = out.records(
    RECORD.command,
    COMMANDS.map((command) => [
      ...u32(out.text(command.name)),
      ...u8(command.number),
      ...u8(PAYLOADS[command.request]),
      ...u8(REPLIES[command.reply]),
      ...u8(0),
    ]),
  );
  const flags = out.records(
    RECORD.flag,
    FLAGS.map((flag) => [...u32(out.text(flag.name)), ...u32(flag.bit)]),
  );
  const requests = out.records(
    RECORD.request,
    SELFTEST_REQUESTS.map((request) => [...u16(out.raw(request)), ...u16(request.length)]),
  );
  const actionNames = out.text(ACTIONS.map((action) => action.name).join(' '));
  const texts = constants(
    'TEXT',
    Object.fromEntries(Object.entries(TEXTS).map(([name, text]) => [name, out.text(text)])),
  );
  if (out.length > 65535) throw new Error(`the tables take ${out.length} bytes; texts are named by 16 bits`);

  const section = (name: string, at: number, count: number): string[] => [
    constant(name, at),
    constant(`${name}_COUNT`, count),
  ];
  const tables = [
    '// Generated from assembly/tables by the build; see compile.ts there.',
    `export const TABLES: usize = memory.data<u8>([${out.bytes.join(',')}], 8);`,
    ...section('TARGETS', targets, TARGETS.length),
    ...section('ACTIONS', actions, ACTIONS.length),
    ...section('ERRORS', errors, ERRORS.length + ruleErrors.length),
    ...section('SWITCHES', switches, Object.keys(SWITCHES).length),
    ...section('DIGESTS', digests, Object.keys(DIGESTS).length),
    ...section('COMMANDS', commands, COMMANDS.length),
    ...section('FLAGS', flags, FLAGS.length),
    ...section('REQUESTS', requests, SELFTEST_REQUESTS.length),
    constant('ACTION_NAMES', actionNames),
    ...texts,
    constant('LENGTH_SLOT', LENGTH_SLOT),
    constant('MAX_SLOTS', MAX_SLOTS),
    ...constants('KIND', KINDS),
    ...constants('NODE', NODE),
    ...constants('TARGET', TARGET),
    ...constants('IDENTITY', IDENTITIES),
    ...constants('PAYLOAD', PAYLOADS),
    ...constants('REPLY', REPLIES),
    ...constants('MARK', MARK),
    ...constants('OP', OP),
    ...constants('SIZE', RECORD),
    '',
  ];
  const codes = ERRORS.map((error) => constant(error.name.toUpperCase(), error.code));
  return {
    tables: tables.join('\n'),
    errors: ['// Generated from assembly/tables/errors.ts by the build.', ...codes, ''].join('\n'),
  };
}

/**
 * Packs the declarations of this folder into one run of bytes for the planner, and writes the AssemblyScript that holds
 * it: `tables.ts` (the bytes, and where things stand in them) and `errors.ts` (a constant for every error code).
 */

import { ACTIONS, SWITCHES, type Switch } from './actions.ts';
import { Bytes, u8, u16, u32 } from './bytes.ts';
import { COMMANDS, FLAGS } from './commands.ts';
import { DIGESTS } from './digests.ts';
import { ERRORS } from './errors.ts';
import { compileExpression, OP } from './expression.ts';
import { MESSAGES } from './messages.ts';
import { ALTERNATIVE_SIZE, FLAG, fieldsOf, KIND, NODE_SIZE, NodePacker, PLAIN, Slots, versionNumber } from './nodes.ts';
import type { Node, Option, Rule, Target } from './notation.ts';
import { SELFTEST_REQUESTS } from './selftest.ts';
import { TARGETS } from './targets/index.ts';
import { TEXTS } from './texts.ts';

const TARGET = { singleton: 1, readOnly: 2, writeable: 4, keyed: 8, plain: 16 } as const;
const IDENTITIES = { none: 0, new: 1, one: 2, name: 3, prefixes: 4, type: 5 } as const;
const PAYLOADS = { none: 0, table: 1, room: 2, newName: 3, newUuid: 4, geometry: 5, message: 6 } as const;
const REPLIES = { header: 0, devices: 1, deps: 2, targets: 3, versions: 4, message: 5 } as const;

/** Bytes below 0x20 in a message stand for a value: these three, each but LENGTH with the number of the value behind it. */
const MARK = { argument: 1, field: 2, length: 3 } as const;

/** The slot that a rule's `at` has when it points at the target's length. */
const LENGTH_SLOT = 255;

/** Fields that one target may have. */
const MAX_SLOTS = 48;

/** Sizes of the packed records in bytes. */
const SIZE = {
  error: 12,
  target: 24,
  node: NODE_SIZE,
  alternative: ALTERNATIVE_SIZE,
  rule: 12,
  action: 16,
  step: 12,
  switch: 8,
  digest: 8,
  command: 12,
  flag: 8,
  request: 4,
  message: 16,
};

interface PackedError {
  code: number;
  name: string;
  message: number;
}

/** A message whose marks are followed by one byte: latin1, so that the byte stays one. */
function markedText(out: Bytes, message: string): number {
  const encoded = Buffer.from(message, 'latin1');
  return encoded.length * 65536 + out.raw(encoded);
}

function ruleMessage(rule: Rule, slots: Slots): string {
  return rule.message.replace(/\{(\w+)\}/g, (_, field: string) =>
    field === 'length' ? String.fromCharCode(MARK.length) : String.fromCharCode(MARK.field, 0x80 + slots.find(field)),
  );
}

function packRule(out: Bytes, rule: Rule, slots: Slots): number[] {
  const names = {
    slot: (field: string): number => slots.find(field),
    text: (word: string): number[] => u32(out.text(word)),
  };
  const when = rule.when === undefined ? 0 : out.once(compileExpression(rule.when, names));
  const must = out.once(compileExpression(rule.must, names));
  const at = rule.at === 'length' ? LENGTH_SLOT : slots.find(rule.at);
  const list = rule.each === undefined ? 0 : slots.find(rule.each) + 1;
  return [...u16(rule.code), ...u16(when), ...u16(must), ...u8(at), ...u8(list), ...u32(out.text(rule.at))];
}

/** Whether one of the words is a key. */
function holdsKey(nodes: readonly (Node | Option)[]): boolean {
  return nodes.some((node) => node.kind === 'key' || ('of' in node && holdsKey([node.of].flat())));
}

function packTarget(out: Bytes, target: Target, errors: PackedError[]): number[] {
  const slots = new Slots();
  const nodes = new NodePacker(out, slots);
  const params = nodes.list(target.params);
  const table = target.table ? nodes.list(target.table) : params;
  const rules = target.rules.map((rule) => {
    errors.push({ code: rule.code, name: rule.name, message: markedText(out, ruleMessage(rule, slots)) });
    return packRule(out, rule, slots);
  });
  const status = nodes.list(target.status ?? []);
  if (slots.size > MAX_SLOTS) throw new Error(`${target.type} has ${slots.size} fields; ${MAX_SLOTS} are kept`);
  const flags = {
    singleton: target.singleton,
    readOnly: target.readOnly,
    writeable: target.writeable,
    keyed: holdsKey(target.table ?? target.params),
    plain: params.arePlain,
  };
  return [
    ...u32(out.text(target.type)),
    ...u8(
      Object.entries(TARGET).reduce((mask, [name, bit]) => (flags[name as keyof typeof TARGET] ? mask | bit : mask), 0),
    ),
    ...u8(params.count),
    ...u8(rules.length),
    ...u8(slots.size),
    ...u16(params.at),
    ...u16(out.records(SIZE.rule, rules)),
    ...u32(out.text(['type', 'length', 'start', 'params', ...fieldsOf(target.params)].join(', '))),
    ...u16(table.at),
    ...u16(status.at),
    ...u8(table.count),
    ...u8(status.count),
    ...u16(0),
  ];
}

/** The messages of all targets, one behind the other: `{ target, verb, words, slots }`. */
function packMessages(out: Bytes): { at: number; count: number } {
  const records = Object.entries(MESSAGES).flatMap(([target, messages]) =>
    messages.map(({ verb, words = [] }) => {
      const slots = new Slots();
      const nodes = new NodePacker(out, slots).list(words);
      const known = out.text(['target', 'verb', ...fieldsOf(words)].join(', '));
      return [
        ...u32(out.text(target)),
        ...u32(out.text(verb)),
        ...u16(nodes.at),
        ...u8(nodes.count),
        ...u8(slots.size),
        ...u32(known),
      ];
    }),
  );
  return { at: out.records(SIZE.message, records), count: records.length };
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
    const payloads = action.steps.reduce((mask, step) => mask | (1 << PAYLOADS[step.payload ?? 'none']), 0);
    return [
      ...u32(out.text(action.name)),
      ...u8(IDENTITIES[action.identity]),
      ...u8(steps.length),
      ...u16(out.records(SIZE.step, steps)),
      ...u32(switchMask(action.steps.flatMap((step) => step.switches ?? []))),
      ...u8(payloads),
      ...u8(0),
      ...u16(0),
    ];
  });
  return out.records(SIZE.action, actions);
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
  const records = errors.map((error) => [
    ...u16(error.code),
    ...u16(0),
    ...u32(out.text(error.name)),
    ...u32(error.message),
  ]);
  return out.records(SIZE.error, records);
}

const constant = (name: string, value: number): string => `export const ${name}: u32 = ${value};`;
const screaming = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

function constants(prefix: string, values: Record<string, number>): string[] {
  return Object.entries(values).map(([name, value]) => constant(`${prefix}_${screaming(name)}`, value));
}

function section(name: string, at: number, count: number): string[] {
  return [constant(name, at), constant(`${name}_COUNT`, count)];
}

/** The text of the two generated files. What is packed twice knows its texts the second time, and has them share bytes. */
export function generate(): { tables: string; errors: string } {
  const known = new Bytes();
  pack(known);
  return pack(new Bytes(known.texts));
}

function pack(out: Bytes): { tables: string; errors: string } {
  const ruleErrors: PackedError[] = [];
  const named = (size: number, list: [string, number][]): number =>
    out.records(
      size,
      list.map(([name, value]) => [...u32(out.text(name)), ...u32(value)]),
    );
  const targets = out.records(
    SIZE.target,
    TARGETS.map((target) => packTarget(out, target, ruleErrors)),
  );
  const messages = packMessages(out);
  const actions = packActions(out);
  const errors = packErrors(out, ruleErrors);
  const switches = named(SIZE.switch, Object.entries(SWITCHES));
  const digests = named(SIZE.digest, Object.entries(DIGESTS));
  const flags = named(
    SIZE.flag,
    FLAGS.map(({ name, bit }) => [name, bit]),
  );
  const commands = out.records(
    SIZE.command,
    COMMANDS.map(({ name, number, request, reply, since }) => [
      ...u32(out.text(name)),
      ...u8(number),
      ...u8(PAYLOADS[request]),
      ...u8(REPLIES[reply]),
      ...u8(0),
      ...u32(versionNumber(since)),
    ]),
  );
  const requests = out.records(
    SIZE.request,
    SELFTEST_REQUESTS.map((request) => [...u16(out.raw(request)), ...u16(request.length)]),
  );
  const texts = Object.fromEntries(Object.entries(TEXTS).map(([name, text]) => [name, out.text(text)]));
  const actionNames = out.text([...ACTIONS.map((action) => action.name), 'layout'].join(' '));
  if (out.length > 65535) throw new Error(`the tables take ${out.length} bytes; texts are named by 16 bits`);
  const tables = [
    '// Generated from assembly/tables by the build; see compile.ts there.',
    `export const TABLES: usize = memory.data<u8>([${out.bytes.join(',')}], 8);`,
    ...section('TARGETS', targets, TARGETS.length),
    ...section('MESSAGES', messages.at, messages.count),
    ...section('ACTIONS', actions, ACTIONS.length),
    ...section('ERRORS', errors, ERRORS.length + ruleErrors.length),
    ...section('SWITCHES', switches, Object.keys(SWITCHES).length),
    ...section('DIGESTS', digests, Object.keys(DIGESTS).length),
    ...section('COMMANDS', commands, COMMANDS.length),
    ...section('FLAGS', flags, FLAGS.length),
    ...section('REQUESTS', requests, SELFTEST_REQUESTS.length),
    constant('ACTION_NAMES', actionNames),
    constant('LENGTH_SLOT', LENGTH_SLOT),
    constant('MAX_SLOTS', MAX_SLOTS),
    constant('PLAIN', PLAIN),
    ...constants('TEXT', texts),
    ...constants('KIND', KIND),
    ...constants('NODE', FLAG),
    ...constants('TARGET', TARGET),
    ...constants('IDENTITY', IDENTITIES),
    ...constants('PAYLOAD', PAYLOADS),
    ...constants('REPLY', REPLIES),
    ...constants('MARK', MARK),
    ...constants('OP', OP),
    ...constants('SIZE', SIZE),
    '',
  ];
  return {
    tables: tables.join('\n'),
    errors: [
      '// Generated from assembly/tables/errors.ts by the build.',
      ...ERRORS.map((error) => constant(error.name.toUpperCase(), error.code)),
      '',
    ].join('\n'),
  };
}

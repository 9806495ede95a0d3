import type { Node, NumberValue, Option, Since, Value } from '../../assembly/tables/notation.ts';
import { optionGrammar } from './grammar.ts';

/** A typed field, and the word or words it becomes. */
export interface FieldRow {
  /** `offset`, `stripes[].device`, `corruptBioByte.flags`. */
  name: string;
  /** How it stands in the params. */
  word: string;
  /** `number`, `device`, `hex`, `true` … */
  value: string;
  unit: string;
  range: string;
  required: boolean;
  /** One of the options, which come in any order. */
  option: boolean;
  since: Since | undefined;
}

type Units = Readonly<Record<string, string>>;

const UNBOUNDED = [(1n << 64n) - 1n, (1n << 54n) - 1n, (1n << 32n) - 1n];

/** The fields of a list of words, in the kernel's order, those of lists and groups behind the field that holds them. */
export function fieldRows(nodes: readonly Node[], units: Units = {}): FieldRow[] {
  return rowsOf(nodes, '', true, units);
}

function rowsOf(nodes: readonly Node[], prefix: string, required: boolean, units: Units): FieldRow[] {
  return nodes.flatMap((node): FieldRow[] => {
    switch (node.kind) {
      case 'literal':
      case 'count':
        return [];
      case 'optional':
        return rowsOf(node.of, prefix, false, units);
      case 'counted':
        return rowsOf(node.of, prefix, required && node.always, units);
      case 'when':
        return rowsOf(node.of, prefix, false, units).map((row) => ({
          ...row,
          range: [row.range, `with ${node.field} ${node.is.join(', ')}`].filter((part) => part !== '').join('; '),
        }));
      case 'set':
        return node.of.flatMap((option) => optionRows(option, prefix, units));
      case 'each':
        return eachRows(node, prefix, required, units);
      case 'ratio':
        return [node.field, node.over].map((field) => ({
          ...plain(prefix + field, 'number', required),
          word: field === node.field ? `<${field}>/…` : `…/<${field}>`,
          unit: units[field] ?? '',
        }));
      case 'state':
        return [{ ...plain(prefix + node.field, 'text', false), range: node.texts.join(', ') }];
      case 'pairs':
        return [{ ...plain(prefix + node.field, 'map of text', false), word: '<key> <value> …' }];
      default:
        return [valueRow(node, prefix, required && !mayBeMissing(node), units)];
    }
  });
}

function mayBeMissing(node: Value): boolean {
  return ('mayBeEmpty' in node && node.mayBeEmpty) || (node.kind === 'oneOf' && node.usual);
}

function eachRows(node: Extract<Node, { kind: 'each' }>, prefix: string, required: boolean, units: Units): FieldRow[] {
  const name = prefix + node.field;
  const isRequired = required && node.counted === 'list';
  if (!node.bare) return [plain(name, 'list', isRequired), ...rowsOf(node.of, `${name}[].`, true, units)];
  const value = valueRow(node.of[0] as Value, '', isRequired, units);
  return [{ ...value, name, word: `${value.word} …`, value: `list of ${value.value}` }];
}

function valueRow(node: Value, prefix: string, required: boolean, units: Units): FieldRow {
  if (node.kind === 'ratio') throw new TypeError('a ratio has two fields');
  const row = plain(prefix + node.field, node.kind, required);
  if (node.kind === 'number') {
    const unit = node.sectors ? 'sectors' : (units[node.field] ?? '');
    return { ...row, unit, range: rangeOf(node) };
  }
  if (node.kind === 'boolean') return { ...row, value: 'true or false' };
  if (node.kind === 'oneOf')
    return { ...row, value: 'text', unit: units[node.field] ?? '', range: choices(node.words) };
  return { ...row, value: node.kind === 'word' ? 'text' : node.kind, unit: units[node.field] ?? '' };
}

function optionRows(option: Option, prefix: string, units: Units): FieldRow[] {
  const shared = { word: optionGrammar(option), option: true, since: option.since };
  const name = prefix + option.field;
  if (option.kind === 'flag') return [{ ...plain(name, 'true', false), ...shared }];
  if (option.kind === 'choice') return [{ ...plain(name, 'text', false), ...shared, range: choices(option.words) }];
  const [only, ...more] = option.of;
  if (more.length > 0) {
    const rows = rowsOf(option.of, `${name}.`, true, units).map((row) => ({ ...row, word: '' }));
    return [{ ...plain(name, 'map', false), ...shared }, ...rows];
  }
  const value = valueRow(only!, prefix, false, units);
  return [{ ...value, ...shared, value: option.repeated ? `list of ${value.value}` : value.value }];
}

function plain(name: string, value: string, required: boolean): FieldRow {
  const field = name.split('.').at(-1)!;
  return { name, word: `<${field}>`, value, unit: '', range: '', required, option: false, since: undefined };
}

function rangeOf({ min, max, powerOfTwo, multipleOf, signed, words }: NumberValue): string {
  const open = UNBOUNDED.includes(max);
  const bounds = open ? (min === 0n ? '' : `from ${min}`) : `${signed ? `-${max}` : min} to ${max}`;
  const form = powerOfTwo ? 'a power of two' : multipleOf > 1 ? `a multiple of ${multipleOf}` : '';
  return [bounds, form, ...words].filter((part) => part !== '').join(', ');
}

function choices(words: Record<string, string>): string {
  return Object.entries(words)
    .map(([name, word]) => (name === word ? name : `${name} (\`${word}\`)`))
    .join(', ');
}

export function sinceText(since: Since | undefined): string {
  return since?.join('.') ?? '';
}

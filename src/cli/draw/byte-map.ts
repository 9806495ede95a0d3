/** The bytes of a payload, field by field: where, which bytes, and beside them what they say and mean. */

import { hexText, openBytes } from '../../inspect/hidden.ts';
import { type Meaning, meaningOf } from '../../inspect/meanings.ts';
import type { Field } from '../../reply.ts';
import { quotedValue } from '../annotate.ts';
import { type Paint, paintOf, type Style } from './style.ts';
import { folded, wrapped } from './text.ts';

/** Records (targets of a table, devices of a list) of which all are drawn; of more the first ones and the last. */
const MOST_RECORDS = 6;
const FIRST_RECORDS = 3;
/** Rows of bytes of one field that are all drawn. */
const MOST_ROWS = 8;
const FIRST_ROWS = 6;
/** Lines of one value. */
const MOST_LINES = 6;
/** A meaning that would be narrower stands below its field. */
const NARROWEST_MEANING = 32;

interface Columns {
  offset: number;
  /** Bytes in a row. */
  bytes: number;
  /** Where the text beside the bytes begins. */
  text: number;
}

/** A line to be painted: what is written, and how. */
interface Line {
  text: string;
  paint: Paint;
}

/** @param explained what need not be explained again; what is explained here is added to it */
export function drawBytes(
  payload: Uint8Array,
  fields: readonly Field[],
  style: Style,
  explained: Set<Meaning>,
): string[] {
  const columns = columnsFor(payload, style.width);
  const head = `${'offset'.padStart(columns.offset + 2)}  ${'bytes'.padEnd(columns.text - columns.offset - 4)}field`;
  const { first, hidden, last } = foldedRecords(recordsOf(fields));
  const draw = (records: Field[][]): string[] =>
    records.flatMap((record) => [
      ...headOf(record, style),
      ...record.flatMap((field) => drawField(payload, field, columns, style, explained)),
    ]);
  return [style.colors.dim(head), ...draw(first), ...foldLines(hidden, style), ...draw(last)];
}

function columnsFor(payload: Uint8Array, width: number): Columns {
  const offset = Math.max(4, String(payload.length).length);
  const bytes = width >= 100 ? 16 : width >= 64 ? 8 : 4;
  return { offset, bytes, text: 2 + offset + 2 + bytes * 3 - 1 + 2 };
}

/** `targets[3]` of `targets[3].length`; of the header's fields nothing. */
function recordOf({ field }: Field): string {
  return /^\w+\[\d+\]/.exec(field)?.[0] ?? '';
}

function headOf([field]: Field[], { plain, colors }: Style): string[] {
  const record = recordOf(field!);
  return record === '' ? [] : [`  ${colors.bold(plain(record))}`];
}

/** Neighbours of one record together. */
function recordsOf(fields: readonly Field[]): Field[][] {
  const records: Field[][] = [];
  for (const field of fields) {
    const before = records.at(-1)?.[0];
    if (before && recordOf(before) === recordOf(field)) records.at(-1)!.push(field);
    else records.push([field]);
  }
  return records;
}

function foldedRecords(records: Field[][]): { first: Field[][]; hidden: Field[][]; last: Field[][] } {
  const isRecord = ([field]: Field[]): boolean => recordOf(field!) !== '';
  const from = records.findIndex(isRecord);
  if (from < 0) return { first: records, hidden: [], last: [] };
  const to = records.findLastIndex(isRecord) + 1;
  const { first, hidden, last } = folded(records.slice(from, to), MOST_RECORDS, FIRST_RECORDS);
  return { first: [...records.slice(0, from), ...first], hidden, last: [...last, ...records.slice(to)] };
}

function foldLines(hidden: Field[][], { symbols, width, colors }: Style): string[] {
  if (hidden.length === 0) return [];
  const [start, end] = [hidden[0]![0]!, hidden.at(-1)!.at(-1)!];
  const what = `${recordOf(start)} to ${recordOf(end).replace(/^\w+/, '')}`;
  const text = `${symbols.more} ${hidden.length} more, ${what}, bytes ${start.offset} to ${end.offset + end.length - 1} (all of them with --format annotated)`;
  return wrapped(text, width - 2).map((line) => colors.dim(`  ${line}`));
}

function drawField(
  payload: Uint8Array,
  field: Field,
  columns: Columns,
  style: Style,
  explained: Set<Meaning>,
): string[] {
  const { colors, width } = style;
  const meaning = meaningOf(field.field);
  const paint = paintOf(style, meaning.color);
  const room = width - columns.text;
  const bytes = byteRows(openBytes(payload, field), columns.bytes, style, paint);
  const beside: Line[] = sayings(field, payload, room, style, paint);
  const isNew = meaning.text !== '' && !explained.has(meaning);
  explained.add(meaning);
  const dim = (indent: number): Line[] =>
    wrapped(style.plain(meaning.text), width - indent).map((text) => ({ text, paint: colors.dim }));
  if (isNew && room >= NARROWEST_MEANING) beside.push(...dim(columns.text));
  const rows = Array.from({ length: Math.max(bytes.length, beside.length) }, (_, row) => {
    const offset = row === 0 ? String(field.offset) : '';
    const shown = bytes[row];
    const gap = ' '.repeat(columns.bytes * 3 + 1 - (shown?.text.length ?? 0));
    const said = beside[row];
    const left = `  ${colors.dim(offset.padStart(columns.offset))}  ${shown ? shown.painted : ''}`;
    return said ? `${left}${gap}${said.paint(said.text)}` : left;
  });
  const indent = columns.offset + 4;
  const below = isNew && room < NARROWEST_MEANING ? dim(indent) : [];
  return [...rows, ...below.map(({ text, paint }) => `${' '.repeat(indent)}${paint(text)}`)];
}

/** The field's name, its value and what the planner notes of it. */
function sayings(
  { field, offset, length, value, note }: Field,
  payload: Uint8Array,
  room: number,
  { plain, symbols }: Style,
  paint: Paint,
): Line[] {
  const hex = [...payload.subarray(offset, offset + length)].map(hexText).join('');
  // bytes that stand for nothing are there already
  const isHex = typeof value === 'string' && value !== '' && hex.startsWith(value);
  const shown = isHex ? '' : quotedValue(value);
  const name = plain(field.replace(/^\w+\[\d+\]\.(?=.)/, ''));
  const rest = plain([shown, note].filter((part) => part !== '').join('  '));
  const lines = wrapped(rest === '' ? name : `${name}  ${rest}`, room);
  const kept = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), symbols.more] : lines;
  return kept.map((text) => ({ text, paint }));
}

interface ByteRow {
  /** How many bytes it is. */
  bytes: number;
  /** Without colours. */
  text: string;
  painted: string;
}

/** Rows that are zero and follow one another are one, and of many rows some are left out. */
function byteRows(bytes: (number | undefined)[], perRow: number, style: Style, paint: Paint): ByteRow[] {
  const { symbols, colors } = style;
  const chunks: (number | undefined)[][] = [];
  for (let at = 0; at < bytes.length; at += perRow) chunks.push(bytes.slice(at, at + perRow));
  const rows: ByteRow[] = [];
  const isZero = (chunk: (number | undefined)[] | undefined): boolean => chunk?.every((byte) => byte === 0) ?? false;
  for (let index = 0; index < chunks.length; ) {
    let end = index + 1;
    if (isZero(chunks[index])) while (isZero(chunks[end])) end++;
    const run = chunks.slice(index, end);
    const length = run.flat().length;
    rows.push(run.length > 1 ? noted(`00 ${symbols.times} ${length}`, length) : hexRow(run[0]!));
    index = end;
  }
  const { first, hidden, last } = folded(rows, MOST_ROWS, FIRST_ROWS);
  if (hidden.length === 0) return first;
  const left = hidden.reduce((sum, row) => sum + row.bytes, 0);
  return [...first, noted(`${symbols.more} ${left} bytes`, left), ...last];

  function noted(text: string, bytes: number): ByteRow {
    return { bytes, text, painted: colors.dim(text) };
  }

  function hexRow(chunk: (number | undefined)[]): ByteRow {
    const text = chunk.map(hexText).join(' ');
    return { bytes: chunk.length, text, painted: isZero(chunk) ? colors.dim(text) : paint(text) };
  }
}

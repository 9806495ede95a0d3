/** The targets of a sector map in words, with the areas that their sectors come from. */
import type { TableRow } from '../../inspect/table.ts';
import { countOf, type Drawing, INDENT } from './sector-drawing.ts';
import { columnsOf, folded, padded, wrapped } from './text.ts';

/** Targets that are all listed; of more the first ones and the last. */
const MOST_LISTED = 10;
const FIRST_LISTED = 6;
/** Areas of one target that are all listed. */
const MOST_AREAS = 6;
const FIRST_AREAS = 4;
/** Where sectors come from stands below their target if it would be narrower. */
const NARROWEST_SOURCES = 28;

export function listTargets(drawing: Drawing): string[] {
  const { rows, style } = drawing;
  const { first, hidden, last } = folded([...rows.entries()], MOST_LISTED, FIRST_LISTED);
  const listed = [...first, ...last].map(([index, row]) => ({
    head: `${index} ${style.plain(row.type)}`,
    range: `${row.start} to ${row.start + row.length - 1}`,
    sources: sourcesText(row, drawing),
  }));
  const headWidth = Math.max(...listed.map(({ head }) => columnsOf(head)));
  const beside = headWidth + 2 + Math.max(...listed.map(({ range }) => range.length)) + 2;
  const room = style.width - INDENT;
  const isBeside = room - beside >= NARROWEST_SOURCES;
  const indent = isBeside ? beside : 4;
  const lines = listed.map(({ head, range, sources }) => {
    const aligned = `${padded(head, headWidth)}  ${range}`;
    const own = isBeside ? [padded(aligned, beside)] : columnsOf(aligned) <= room ? [aligned] : wrapped(aligned, room);
    const [from, ...more] = sources === '' ? [] : wrapped(sources, room - indent);
    if (isBeside && from !== undefined) own[0] += from;
    else if (from !== undefined) more.unshift(from);
    own[0] = style.colors.bold(own[0]!.slice(0, head.length)) + own[0]!.slice(head.length);
    return [...own, ...more.map((line) => ' '.repeat(indent) + line)];
  });
  const fold = `${style.symbols.more} ${countOf(hidden.length, 'more target')}`;
  const beginning = lines.slice(0, first.length).flat();
  return hidden.length === 0 ? beginning : [...beginning, style.colors.dim(fold), ...lines.at(-1)!];
}

function sourcesText({ mapping: { areas, chunk } }: TableRow, { keys, style }: Drawing): string {
  if (areas.length === 0) return '';
  const texts = areas.map(({ device, role, offset, length }) => {
    const { letter } = keys.get(device)!;
    const name = `${length === undefined ? letter.toLowerCase() : letter} ${style.plain(device)}`;
    const where = length !== undefined ? ` ${offset} to ${offset + length - 1}` : offset > 0 ? ` from ${offset}` : '';
    return `${name}${where}${role === 'data' ? '' : ` (${role})`}`;
  });
  const { first, hidden, last } = folded(texts, MOST_AREAS, FIRST_AREAS);
  const listed = [...first, ...(hidden.length > 0 ? [`${style.symbols.more} ${hidden.length} more`] : []), ...last];
  const turns = chunk === undefined ? '' : `; ${countOf(chunk, 'sector')} of each in turn`;
  return `${style.symbols.from} ${listed.join('; ')}${turns}`;
}

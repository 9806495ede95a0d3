/** The parts of docs/abi.md that are made from the declarations: the kinds of layouts, and the errors with their codes. */
import { ERRORS } from '../errors.ts';
import { TARGETS } from '../targets/index.ts';
import { LAYOUT_PAGES, type LayoutField } from './layouts.ts';

/** The page with these sections written anew; each begins with its heading and ends with the next one of its rank. */
export function withGenerated(page: string): string {
  return withSection(withSection(page, '### Kinds of layouts', layouts()), '## Error names', errors());
}

function withSection(page: string, heading: string, body: string): string {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`docs/abi.md has no "${heading}"`);
  const rest = page.slice(start + heading.length + 2);
  const end = /\n##+ /.exec(rest)?.index ?? rest.length;
  return `${page.slice(0, start)}\n${heading}\n\n${body}${rest.slice(end)}`;
}

function errors(): string {
  const declared: { code: number; name: string; message: string }[] = [
    ...ERRORS,
    ...TARGETS.flatMap(({ rules }) => rules),
  ];
  const rows = declared
    .sort((a, b) => a.code - b.code)
    .map(({ code, name, message }) => [String(code), `\`${name}\``, message]);
  return `In messages \`{0}\`, \`{1}\` … and \`{field}\` stand for values of the case.\n\n${table(['code', 'name', 'message'], rows)}`;
}

function layouts(): string {
  const sections = Object.entries(LAYOUT_PAGES).map(([kind, { about, fields, answer }]) => {
    const keys = answer.map((key) => `\`${key}\``).join(', ');
    const rows = fields.map((field) => [
      `\`${field.name}${field.required ? '' : '?'}\``,
      field.value,
      range(field),
      field.note ?? '',
    ]);
    return `\`${kind}\`: ${about} Answers ${keys}.\n\n${table(['field', 'value', 'range', ''], rows)}`;
  });
  return sections.join('\n');
}

function range({ min, max, words }: LayoutField): string {
  if (words) return words.join(', ');
  return min === undefined || max === undefined ? '' : `${min} to ${max}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

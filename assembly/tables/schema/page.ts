/** The parts of docs/abi.md that are made from the declarations: flags, the kinds of layouts, and errors. */
import { FLAGS } from '../commands.ts';
import { ERRORS } from '../errors.ts';
import { TARGETS } from '../targets/index.ts';
import { LAYOUT_PAGES, type LayoutField } from './layouts.ts';

/** The page with these sections written anew; each begins with its heading and ends with the next one of its rank. */
export function withGenerated(page: string): string {
  const sections: [string, string][] = [
    ['### Flags', flags()],
    ['### Kinds of layouts', layouts()],
    ['## Error names', errors()],
  ];
  return sections.reduce((text, [heading, body]) => withSection(text, heading, body), page);
}

function withSection(page: string, heading: string, body: string): string {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`docs/abi.md has no "${heading}"`);
  const rest = page.slice(start + heading.length + 2);
  const end = /\n##+ /.exec(rest)?.index ?? rest.length;
  return `${page.slice(0, start)}\n${heading}\n\n${body}${rest.slice(end)}`;
}

function flags(): string {
  const rows = FLAGS.map(({ bit, name }) => [name, `0x${bit.toString(16)}`]);
  return `The bits of \`flags\` by the kernel's names (include/uapi/linux/dm-ioctl.h).\n\n${table(['flag', 'bit'], rows)}`;
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
  const sections = Object.entries(LAYOUT_PAGES).map(([kind, { about, fields, answer, meaning }]) => {
    const keys = answer.map((key) => `\`${key}\``).join(', ');
    const rows = fields.map((field) => [
      `\`${field.name}${field.required ? '' : '?'}\``,
      field.value,
      range(field),
      field.note ?? '',
    ]);
    return `\`${kind}\`: ${about} Answers ${keys}. ${meaning}\n\n${table(['field', 'value', 'range', ''], rows)}`;
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

import type { Explanation } from './explain.ts';
import { type FieldRow, sinceText } from './fields.ts';

/** An explanation for a terminal. */
export function explanationText(explanation: Explanation): string {
  const { type, about, source, grammar, tables, fields, rules, example, exampleFields, status, messages } = explanation;
  const sections: [string, string[]][] = [
    ['', [`${type}: ${about}`, ...tables, `(${source})`]],
    ['Words', [grammar]],
    ['Fields', columns(fields.filter(({ option }) => !option))],
    ['Options, in any order', columns(fields.filter(({ option }) => option))],
    ['Rules', rules.flatMap(({ name, message }) => [`${name}`, `  ${message}`])],
    ['Example', [example, JSON.stringify(exampleFields)]],
    ['Status', [...(explanation.statusGrammar ? [explanation.statusGrammar] : []), ...columns(status)]],
    ['Messages', messages],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => (title === '' ? lines : [title, ...lines.map((line) => `  ${line}`)]))
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function columns(rows: FieldRow[]): string[] {
  const cells = rows.map(({ name, word, value, unit, range, required, option, since }) => [
    `${name}${required || option ? '' : '?'}`,
    option ? word : value,
    [option && value !== 'true' ? value : '', unit, range.replaceAll('`', ''), since ? `since ${sinceText(since)}` : '']
      .filter((part) => part !== '')
      .join(', '),
  ]);
  const widths = [0, 1].map((column) => Math.max(0, ...cells.map((row) => row[column]!.length)));
  return cells.map(([name, word, rest]) =>
    `${name!.padEnd(widths[0]!)}  ${word!.padEnd(widths[1]!)}  ${rest}`.trimEnd(),
  );
}

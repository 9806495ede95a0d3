import type { Planner } from '../planner/planner.ts';
import { differencesText } from './differences.ts';
import { type Explanation, explain, explainedTypes, messagesOf } from './explain.ts';
import { type FieldRow, sinceText } from './fields.ts';
import { code, fence, table } from './markdown.ts';

const HEAD = `# The targets

Every target whose words the planner knows, from the declarations in \`assembly/tables/targets\`. This page is generated:
\`npm run docs\` writes it anew. \`dmplan explain TYPE\` prints the same on a terminal.

A row of a table is \`start length type words …\`; in a request it is a map with \`type\`, \`length\` and the fields below, or
with the words as \`params\`. In the lines of words \`<field>\` stands for a value, \`<#list>\` for the number of elements of a
list, \`<#words>\` for the number of words that follow, \`[ … ]\` for what may be left out, and \`{ … }\` for the words of
every element of a list. A field with \`?\` may be left out. *Since* is the version of the target's module, as
\`dmplan targets\` prints it; a request may say what the kernel at hand has, with \`versions: { verity: [1, 9, 0] }\`, and is
then refused what is newer. Sectors are 512 bytes. A rule that is broken is an error of that name.

What the fields mean to a program is in the types and docstrings of \`src/targets\`.
`;

/** docs/targets.md. */
export function targetsPage(planner: Planner): string {
  const types = explainedTypes();
  const index = types.map((type) => `[${type}](#${type})`).join(', ');
  const sections = types.map((type) => section(explain(planner, type)));
  return [HEAD, `${index}.\n`, ...sections, everyDevice(), differencesText()].join('\n');
}

function section(explanation: Explanation): string {
  const { type, about, source, grammar, tables, fields, rules, example, exampleFields, messages } = explanation;
  const parts = [
    `## ${type}\n`,
    `${[about, ...tables].join(' ')} \`${source}\`\n`,
    fence(grammar),
    table(['field', 'word', 'value', 'range', 'since'], fields.map(fieldCells)),
    rulesTable(rules),
    `As text, and as a target of a request:\n`,
    fence(`${example}\n\n${JSON.stringify(exampleFields)}`),
  ];
  if (explanation.tableGrammar !== undefined) {
    parts.push(`Its table is printed as \`${explanation.tableGrammar}\`, which its constructor does not take.\n`);
  }
  if (explanation.statusGrammar !== undefined) {
    parts.push('Status:\n', fence(explanation.statusGrammar));
    parts.push(table(['field', 'value', 'range'], explanation.status.map(statusCells)));
  }
  if (messages.length > 0) parts.push('Messages:\n', fence(messages.join('\n')));
  return parts.filter((part) => part !== '').join('\n');
}

function everyDevice(): string {
  return `## Messages to any device

Whatever its targets are (drivers/md/dm-stats.c, dm-ioctl.c message_for_md); in a typed message the target is \`@\`.

${fence(messagesOf('@').join('\n'))}`;
}

function fieldCells({ name, word, value, unit, range, required, since }: FieldRow): string[] {
  const kind = unit === '' ? value : `${value}, ${unit}`;
  return [`\`${name}${required ? '' : '?'}\``, word === '' ? '' : code(word), kind, range, sinceText(since)];
}

function statusCells({ name, value, unit, range, required }: FieldRow): string[] {
  return [`\`${name}${required ? '' : '?'}\``, unit === '' ? value : `${value}, ${unit}`, range];
}

function rulesTable(rules: Explanation['rules']): string {
  return table(
    ['rule', 'what it says', 'source'],
    rules.map(({ name, message, source }) => [`\`${name}\``, message, source]),
  );
}

import { MESSAGES } from '../../assembly/tables/messages.ts';
import type { Rule, Target } from '../../assembly/tables/notation.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { DmError } from '../errors.ts';
import { plannedTargets } from '../live/planned.ts';
import type { Planner } from '../planner/planner.ts';
import type { Request } from '../request.ts';
import type { TargetType } from '../targets/kinds.ts';
import { type FieldRow, fieldRows } from './fields.ts';
import { grammarOf } from './grammar.ts';
import { UNITS } from './units.ts';

/** Everything that the declarations say of a target, for people. */
export interface Explanation {
  type: string;
  about: string;
  /** The constructor in the kernel's source. */
  source: string;
  /** `start length type words …`. */
  grammar: string;
  /** What holds for tables with such a target. */
  tables: string[];
  fields: FieldRow[];
  rules: Pick<Rule, 'name' | 'message' | 'source'>[];
  /** As a line of a table. */
  example: string;
  /** The same as a target of a request. */
  exampleFields: Record<string, unknown>;
  /** The words of TABLE, where they are not the constructor's. */
  tableGrammar: string | undefined;
  statusGrammar: string | undefined;
  status: FieldRow[];
  /** The words of each message. */
  messages: string[];
}

/** The types that can be explained, in the order of declaration. */
export function explainedTypes(): string[] {
  return TARGETS.map(({ type }) => type);
}

/** @throws {DmError} `unknown_target` */
export function explain(planner: Planner, type: string): Explanation {
  const target = TARGETS.find((declared) => declared.type === type);
  if (!target) {
    throw new DmError({
      code: 'unknown_target',
      message: `"${type}" is no target that dmplan knows; it knows ${explainedTypes().join(', ')}`,
    });
  }
  const units = UNITS[type as TargetType];
  return {
    type,
    about: target.about,
    source: target.source,
    grammar: `start length ${type} ${grammarOf(target.params)}`.trim(),
    tables: tableRules(target),
    fields: fieldRows(target.params, units),
    rules: target.rules.map(({ name, message, source }) => ({ name, message, source })),
    example: target.example,
    exampleFields: exampleFields(planner, target),
    tableGrammar: target.table && grammarOf(target.table),
    statusGrammar: target.status && grammarOf(target.status),
    status: fieldRows(target.status ?? [], units),
    messages: messagesOf(type),
  };
}

/** The words of the messages of a target; `@` for those that any device takes. */
export function messagesOf(type: string): string[] {
  return (MESSAGES[type] ?? []).map(({ verb, words = [] }) => [verb, grammarOf(words)].join(' ').trim());
}

function tableRules({ singleton, readOnly, writeable }: Target): string[] {
  return [
    singleton ? 'It is the only target of its table.' : '',
    readOnly ? 'Its table is loaded read-only.' : '',
    writeable ? 'Its table may not be loaded read-only.' : '',
  ].filter((rule) => rule !== '');
}

function exampleFields(planner: Planner, { type, example, readOnly = false }: Target): Record<string, unknown> {
  const request = { action: 'load', name: 'example', readOnly, table: `${example}\n` } as Request;
  const [row] = plannedTargets(planner, planner.plan(request).steps[0]!.payload);
  const { keyTypeNumber: _, ...fields } = row!.fields ?? {};
  return { type, length: Number(row!.length), ...fields };
}

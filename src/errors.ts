import type { CommandName } from './commands.ts';
import type { Difference } from './live/compare.ts';
import type { Header } from './reply.ts';

/** An errno by number and name. */
export interface Errno {
  number: number;
  name: string;
}

/** What became of the steps that had been applied before the one that failed. */
export interface Rollback {
  /** Whether nothing of the plan is left. */
  complete: boolean;
  /** What was undone, in that order; `errno` where undoing failed too. */
  undone: { step: number; command: CommandName; errno?: Errno }[];
}

export interface DmErrorFields {
  code: string;
  message: string;
  operation?: string | undefined;
  path?: string | undefined;
  offset?: number | undefined;
  tableLine?: string | undefined;
  tableColumn?: number | undefined;
  step?: { index: number; command: CommandName } | undefined;
  rule?: string | undefined;
  remedy?: string | undefined;
  errno?: Errno | undefined;
  retryable?: boolean | undefined;
  request?: Header | undefined;
  reply?: Header | undefined;
  rollback?: Rollback | undefined;
  holders?: string[] | undefined;
  openCount?: number | undefined;
  differences?: Difference[] | undefined;
  cause?: unknown;
}

/**
 * The one error of dmplan. `code` never changes for the same mistake and is what programs match; `message` is for
 * people and says what to do.
 */
export class DmError extends Error {
  override readonly name = 'DmError';
  /** A planner's, executor's or library's stable name: `gap`, `payload_refused`, `device_exists` … */
  readonly code: string;
  /** The action that was asked for. */
  readonly operation: string | undefined;
  /** The field of the request at fault: `targets[3].length`, `table[1].offset`. */
  readonly path: string | undefined;
  /** The byte of the table's text at fault, for a path that begins with `table`; else of the encoded request. */
  readonly offset: number | undefined;
  /** The line of the table at fault, as text. */
  readonly tableLine: string | undefined;
  /** Where in `tableLine` the word at fault begins, in characters from 0. */
  readonly tableColumn: number | undefined;
  readonly step: { index: number; command: CommandName } | undefined;
  /** What fired in the executor: a byte rule, a key of the request, or `own`, `clients`, `images.readOnly` … of its policy. */
  readonly rule: string | undefined;
  /** What a person can do about a refusal of the executor, where the message does not say it. */
  readonly remedy: string | undefined;
  readonly errno: Errno | undefined;
  /** Whether the same request can succeed later without being changed. */
  readonly retryable: boolean;
  /** The header of the payload that failed. */
  readonly request: Header | undefined;
  /** The header of the kernel's reply, where there was one. */
  readonly reply: Header | undefined;
  readonly rollback: Rollback | undefined;
  /** Who keeps a busy device open, as far as sysfs tells. */
  readonly holders: string[] | undefined;
  readonly openCount: number | undefined;
  /** How a device that exists differs from the one asked for. */
  readonly differences: Difference[] | undefined;

  constructor(fields: DmErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.operation = fields.operation;
    this.path = fields.path;
    this.offset = fields.offset;
    this.tableLine = fields.tableLine;
    this.tableColumn = fields.tableColumn;
    this.step = fields.step;
    this.rule = fields.rule;
    this.remedy = fields.remedy;
    this.errno = fields.errno;
    this.retryable = fields.retryable ?? false;
    this.request = fields.request;
    this.reply = fields.reply;
    this.rollback = fields.rollback;
    this.holders = fields.holders;
    this.openCount = fields.openCount;
    this.differences = fields.differences;
  }

  /** Everything that is known, without what is not; for logs and `--json`. */
  toJSON(): Record<string, unknown> {
    const { name: _name, message: _message, code, cause: _cause, ...rest } = this;
    const known = Object.entries(rest).filter(([, value]) => value !== undefined);
    return { code, message: this.message, ...Object.fromEntries(known) };
  }
}

/** Whether the value is a DmError, with that code if one is given. */
export function isDmError(value: unknown, code?: string): value is DmError {
  return value instanceof DmError && (code === undefined || value.code === code);
}

import { hexText, openBytes } from '../inspect/hidden.ts';
import { valueText } from '../inspect/plain-text.ts';
import type { Plan } from '../planner/plan.ts';
import type { Planner } from '../planner/planner.ts';
import type { Field } from '../reply.ts';
import type { Output } from './output.ts';

type Colors = Output['colors'];

/** Bytes of a field that are shown; of longer ones the first, and an ellipsis. */
const SHOWN_BYTES = 8;
const BYTES_WIDTH = SHOWN_BYTES * 3 + 1;
const FIELD_WIDTH = 24;

/** A plan for people: every step with its payload, field by field. */
export async function annotate(plan: Plan, planner: Planner, colors: Colors): Promise<string> {
  const steps = plan.steps.map(({ command, payload }, index) => {
    const title = `${index + 1}. ${colors.bold(command)}, ${payload.length} bytes`;
    return `${title}\n${annotatePayload(payload, planner.inspect(command, payload), colors)}`;
  });
  return `${steps.join('\n')}\n${colors.dim(await plan.digest())}\n`;
}

/** The fields of one payload, a line each. */
export function annotatePayload(payload: Uint8Array, fields: Field[], colors: Colors): string {
  const head = line('offset', 'bytes', 'field', 'value');
  return `${[colors.dim(head), ...fields.map((field) => fieldLine(payload, field, colors))].join('\n')}\n`;
}

function fieldLine(payload: Uint8Array, entry: Field, colors: Colors): string {
  const { offset, field, value, note } = entry;
  const bytes = openBytes(payload, entry);
  const shown = bytes.slice(0, SHOWN_BYTES).map(hexText).join(' ');
  const more = bytes.length > SHOWN_BYTES ? '…' : '';
  const text = line(String(offset), shown + more, field, `${quotedValue(value)}${note === '' ? '' : `  ${note}`}`);
  return bytes.every((byte) => byte === 0) ? colors.dim(text) : text;
}

/** As people write it: texts in quotation marks. */
export function quotedValue(value: Field['value']): string {
  return typeof value === 'string' ? JSON.stringify(value) : valueText(value);
}

function line(offset: string, bytes: string, field: string, rest: string): string {
  return `  ${offset.padStart(6)}  ${bytes.padEnd(BYTES_WIDTH)} ${field.padEnd(FIELD_WIDTH)} ${rest}`.trimEnd();
}

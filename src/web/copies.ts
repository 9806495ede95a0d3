/** What is shown as text to take away: hex, JSON, dmsetup's table, a C array. */
import {
  DEV_OFFSET,
  FLAG_PERSISTENT_DEV,
  FLAG_READONLY,
  FLAGS_OFFSET,
  NAME_OFFSET,
  NAME_SIZE,
  UUID_OFFSET,
  UUID_SIZE,
} from '../../assembly/abi.ts';
import { json } from '../forms/json.ts';
import type { TableRow } from '../inspect/table.ts';
import { tableText } from '../inspect/table.ts';
import type { Field } from '../reply.ts';
import type { ShownStep, Understood } from './input.ts';

/** A step that carries a table, and the table. */
interface Table {
  step: ShownStep;
  rows: readonly TableRow[];
}

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Two digits for every byte. */
export const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** As `dmplan plan --format hex`: on every line a command and its payload. */
export function asHex({ steps }: Understood): string {
  return steps.map(({ command, payload }) => `${command} ${hexOf(payload)}\n`).join('');
}

/** As `dmplan plan --format json`. */
export function asJson({ steps }: Understood, digest: string | undefined): string {
  const plan = {
    v: 1,
    ...(digest === undefined ? {} : { digest }),
    steps: steps.map(({ command, payload }) => ({ command, payload: hexOf(payload) })),
  };
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** The create requests that make the devices of these tables; nothing where there is no table. */
export function asRequest(tables: readonly Table[], steps: readonly ShownStep[]): string | undefined {
  if (tables.length === 0) return undefined;
  return json.write(
    tables.map(({ step: { payload }, rows }) => ({
      name: nameOf(payload),
      ...madeAs(nameOf(payload), steps),
      readOnly: (payload[FLAGS_OFFSET]! & FLAG_READONLY) !== 0,
      rows: rows.map(({ start, length, type, params }) => ({
        start: BigInt(start),
        length: BigInt(length),
        type,
        params,
      })),
    })),
  );
}

/** What stands in the payload that makes a device, not in the one that loads its table. */
function madeAs(name: string, steps: readonly ShownStep[]): { uuid: string; minor: number | undefined } {
  const made = steps.find(({ command, payload }) => command === 'DEV_CREATE' && nameOf(payload) === name)?.payload;
  if (!made) return { uuid: '', minor: undefined };
  // linux/kdev_t.h new_encode_dev
  const dev = new DataView(made.buffer, made.byteOffset).getUint32(DEV_OFFSET, true);
  const isChosen = (made[FLAGS_OFFSET]! & FLAG_PERSISTENT_DEV) !== 0;
  return {
    uuid: textAt(made, UUID_OFFSET, UUID_SIZE),
    minor: isChosen ? (dev & 0xff) | ((dev >>> 12) & 0xfff00) : undefined,
  };
}

function nameOf(payload: Uint8Array): string {
  return textAt(payload, NAME_OFFSET, NAME_SIZE);
}

function textAt(bytes: Uint8Array, at: number, size: number): string {
  const field = bytes.subarray(at, at + size);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** The tables of all steps that carry one; nothing where none does. */
export function asTable(tables: readonly Table[]): string | undefined {
  const [first, ...more] = tables;
  if (!first) return undefined;
  if (more.length === 0) return tableText(first.rows);
  return tables.map(({ step, rows }) => tableText(rows).replace(/^(?=.)/gm, `${step.device}: `)).join('');
}

/** An array of bytes for every step, a comment for every field. */
export function asC(steps: readonly { command: string; payload: Uint8Array; fields: readonly Field[] }[]): string {
  const names = new Map<string, number>();
  return steps
    .map(({ command, payload, fields }) => {
      const base = command.toLowerCase();
      const count = (names.get(base) ?? 0) + 1;
      names.set(base, count);
      const lines = fields.map(
        ({ offset, length, field }) => `    /* ${field} */\n${cLines(payload.subarray(offset, offset + length))}`,
      );
      return `/* DM_${command} */\nstatic const unsigned char ${count > 1 ? `${base}_${count}` : base}[${payload.length}] = {\n${lines.join('')}};\n`;
    })
    .join('\n');
}

function cLines(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 12) {
    text += `    ${Array.from(bytes.subarray(at, at + 12), (byte) => `0x${HEX[byte]},`).join(' ')}\n`;
  }
  return text;
}

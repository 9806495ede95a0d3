/**
 * What a table would look like if the kernel printed it: the payload of TABLE_LOAD put into the form of a reply, and
 * decoded as one, so that both sides of a comparison were read by the same grammar.
 */
import {
  DATA_SIZE_OFFSET,
  FLAG_STATUS_TABLE,
  FLAGS_OFFSET,
  HEADER_SIZE,
  SPEC_ALIGNMENT,
  SPEC_NEXT_OFFSET,
  SPEC_SIZE,
  SPEC_TYPE_OFFSET,
  SPEC_TYPE_SIZE,
  TARGET_COUNT_OFFSET,
} from '../../assembly/abi.ts';
import type { Planner } from '../planner/planner.ts';
import type { TargetLine } from '../reply.ts';
import type { TargetType } from '../targets/kinds.ts';
import { QUIRKS } from './quirks.ts';

/** The rows of a TABLE_LOAD payload, typed, keys in the clear. `params` is as the kernel would print it. */
export function plannedTargets(planner: Planner, payload: Uint8Array): TargetLine[] {
  const load = Buffer.from(payload);
  const given: string[] = [];
  const specs: Buffer[] = [];
  let end = 0;
  for (let at = HEADER_SIZE, left = load.readUInt32LE(TARGET_COUNT_OFFSET); left > 0; left--) {
    const type = textAt(load, at + SPEC_TYPE_OFFSET, SPEC_TYPE_SIZE);
    const params = textAt(load, at + SPEC_SIZE, load.length);
    const spec = printedSpec(load.subarray(at, at + SPEC_SIZE), printed(type, masked(params)));
    end += spec.length;
    spec.writeUInt32LE(end, SPEC_NEXT_OFFSET);
    given.push(unquoted(params)[0].toString());
    specs.push(spec);
    at += load.readUInt32LE(at + SPEC_NEXT_OFFSET);
  }
  const header = Buffer.from(load.subarray(0, HEADER_SIZE));
  header.writeUInt32LE(header.readUInt32LE(FLAGS_OFFSET) | FLAG_STATUS_TABLE, FLAGS_OFFSET);
  header.writeUInt32LE(HEADER_SIZE + end, DATA_SIZE_OFFSET);
  const { targets } = planner.decode('TABLE_STATUS', Buffer.concat([header, ...specs]), { showKeys: true });
  return targets!.map((line, index) => ({ ...(unmasked(line) as TargetLine), params: given[index]! }));
}

function textAt(bytes: Buffer, at: number, size: number): string {
  const text = bytes.toString('latin1', at, Math.min(bytes.length, at + size));
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function printedSpec(spec: Buffer, params: string): Buffer {
  const size = (SPEC_SIZE + params.length + SPEC_ALIGNMENT) & -SPEC_ALIGNMENT;
  const out = Buffer.alloc(size);
  spec.copy(out);
  out.write(params, SPEC_SIZE, 'latin1');
  return out;
}

function printed(type: string, params: string): string {
  const rewrite = QUIRKS[type as TargetType]?.printed;
  return rewrite ? rewrite(params.split(' ')).join(' ') : params;
}

/** What a backslash quotes stands for itself to a constructor, and would part words in a reply. */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const MASKED = /\ue000(\w+)\ue001/g;

/** Every character of which a byte is quoted, as its number between two characters that no path has. */
function masked(params: string): string {
  const [bytes, quoted] = unquoted(params);
  let text = '';
  let at = 0;
  for (const character of bytes.toString()) {
    const end = at + Buffer.byteLength(character);
    const hidden = quoted.slice(at, end).includes(true);
    text += hidden ? `${OPEN}${character.codePointAt(0)!.toString(36)}${CLOSE}` : character;
    at = end;
  }
  return Buffer.from(text).toString('latin1');
}

function unquoted(params: string): [Buffer, boolean[]] {
  const bytes: number[] = [];
  const quoted: boolean[] = [];
  for (let at = 0; at < params.length; at++) {
    const isQuoted = params[at] === '\\' && at + 1 < params.length;
    if (isQuoted) at++;
    bytes.push(params.charCodeAt(at));
    quoted.push(isQuoted);
  }
  return [Buffer.from(bytes), quoted];
}

function unmasked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmasked);
  if (typeof value === 'string') {
    return value.replace(MASKED, (_, point: string) => String.fromCodePoint(Number.parseInt(point, 36)));
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, unmasked(field)]));
}

/**
 * What a table would look like if the kernel printed it: the payload of TABLE_LOAD put into the form of a reply, and
 * decoded as one, so that both sides of a comparison were read by the same grammar.
 */
import {
  DATA_SIZE_OFFSET,
  FLAG_BUFFER_FULL,
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

/**
 * The rows of a TABLE_LOAD payload, typed, keys in the clear. `params` is as the kernel would print it.
 * @throws {RangeError} for a payload whose chain of specs leaves it
 */
export function plannedTargets(planner: Planner, payload: Uint8Array): TargetLine[] {
  const load = viewOf(payload);
  const given: string[] = [];
  const specs: Uint8Array[] = [];
  let end = 0;
  for (let at = HEADER_SIZE, left = load.getUint32(TARGET_COUNT_OFFSET, true); left > 0; left--) {
    const type = textAt(payload, at + SPEC_TYPE_OFFSET, SPEC_TYPE_SIZE);
    const params = textAt(payload, at + SPEC_SIZE, payload.length);
    const spec = printedSpec(payload.subarray(at, at + SPEC_SIZE), printed(type, masked(params)));
    end += spec.length;
    viewOf(spec).setUint32(SPEC_NEXT_OFFSET, end, true);
    given.push(plainText(params));
    specs.push(spec);
    const next = load.getUint32(at + SPEC_NEXT_OFFSET, true);
    if (next < SPEC_SIZE && left > 1) throw new RangeError(`a spec at byte ${at} says that the next one begins in it`);
    at += next;
  }
  const reply = new Uint8Array(HEADER_SIZE + end);
  const header = viewOf(reply);
  reply.set(payload.subarray(0, HEADER_SIZE));
  header.setUint32(FLAGS_OFFSET, (header.getUint32(FLAGS_OFFSET, true) & ~FLAG_BUFFER_FULL) | FLAG_STATUS_TABLE, true);
  header.setUint32(DATA_SIZE_OFFSET, reply.length, true);
  let at = HEADER_SIZE;
  for (const spec of specs) {
    reply.set(spec, at);
    at += spec.length;
  }
  const { targets } = planner.decode('TABLE_STATUS', reply, { showKeys: true });
  return targets!.map((line, index) => ({ ...(unmasked(line) as TargetLine), params: given[index]! }));
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Every byte as the character of its number. */
function textAt(bytes: Uint8Array, at: number, size: number): string {
  let text = '';
  for (let i = at; i < Math.min(bytes.length, at + size) && bytes[i] !== 0; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

function utf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

function printedSpec(spec: Uint8Array, params: string): Uint8Array {
  const size = (SPEC_SIZE + params.length + SPEC_ALIGNMENT) & -SPEC_ALIGNMENT;
  const out = new Uint8Array(size);
  out.set(spec);
  out.set(bytesOf(params), SPEC_SIZE);
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
  if (!params.includes('\\')) return params;
  const [bytes, quoted] = unquoted(params);
  let text = '';
  let at = 0;
  for (const character of utf8(bytes)) {
    const end = at + new TextEncoder().encode(character).length;
    const hidden = quoted.slice(at, end).includes(true);
    text += hidden ? `${OPEN}${character.codePointAt(0)!.toString(36)}${CLOSE}` : character;
    at = end;
  }
  const encoded = new TextEncoder().encode(text);
  return textAt(encoded, 0, encoded.length);
}

/** What the words are to a constructor. */
function plainText(params: string): string {
  return params.includes('\\') ? utf8(unquoted(params)[0]) : utf8(bytesOf(params));
}

function unquoted(params: string): [Uint8Array, boolean[]] {
  const bytes: number[] = [];
  const quoted: boolean[] = [];
  for (let at = 0; at < params.length; at++) {
    const isQuoted = params[at] === '\\' && at + 1 < params.length;
    if (isQuoted) at++;
    bytes.push(params.charCodeAt(at));
    quoted.push(isQuoted);
  }
  return [Uint8Array.from(bytes), quoted];
}

function unmasked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmasked);
  if (typeof value === 'string') {
    return value.replace(MASKED, (_, point: string) => String.fromCodePoint(Number.parseInt(point, 36)));
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, unmasked(field)]));
}

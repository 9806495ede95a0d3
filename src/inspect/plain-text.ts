import type { Field } from '../reply.ts';

/** A text of a payload; one that is not UTF-8, which the planner answers as bytes, with the numbers of its bytes. */
export function plainText(text: string | Uint8Array): string {
  if (typeof text === 'string') return text;
  const escaped = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;
  return Array.from(text, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : escaped(byte))).join('');
}

/** What a field says; nothing where that is its bytes alone. */
export function valueText(value: Field['value']): string {
  if (value === null) return '';
  return value instanceof Uint8Array ? plainText(value) : String(value);
}

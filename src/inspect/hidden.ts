/** Which bytes of a payload are no one's to read: key material, in words that the planner shows as zeros. */
import type { Field } from '../reply.ts';

const ZERO = '0';

/**
 * The bytes of a field, nothing in the place of those that belong to a key. Whole runs of zeros are left out in which
 * one stands for something else, so that what is left does not tell which digits of a key are zeros.
 */
export function openBytes(payload: Uint8Array, { offset, length, field, value }: Field): (number | undefined)[] {
  const bytes: (number | undefined)[] = [...payload.subarray(offset, offset + length)];
  // the rest of a text that may hold a key is explained without its bytes
  if (value === null && field.endsWith('.padding')) return bytes.map((byte) => (byte === 0 ? 0 : undefined));
  // words in which keys are hidden are ASCII, a character for each byte
  if (typeof value !== 'string' || !/(?:^|\.)(?:params|message)$/.test(field) || /[^\0-\x7f]/.test(value)) return bytes;
  for (const { index, 0: zeros } of value.matchAll(/0+/g)) {
    const run = bytes.slice(index, index + zeros.length);
    if (run.some((byte) => byte !== ZERO.charCodeAt(0))) bytes.fill(undefined, index, index + zeros.length);
  }
  return bytes;
}

/** Two digits; of a byte that is no one's to read two asterisks. */
export function hexText(byte: number | undefined): string {
  return byte === undefined ? '**' : byte.toString(16).padStart(2, '0');
}

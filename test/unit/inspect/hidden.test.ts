import { describe, expect, test } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { hexText, openBytes } from '../../../src/inspect/hidden.ts';

const planner = await loadPlanner();

/** The params of a table's first target as text, asterisks for what is not shown. */
function shown(table: string, type = 'params'): string {
  const { payload } = planner.plan({ action: 'load', name: 'x', table }).steps[0]!;
  const field = planner.inspect('TABLE_LOAD', payload).find((entry) => entry.field === `targets[0].${type}`)!;
  return openBytes(payload, field)
    .map((byte) => (byte === undefined ? '*' : byte === 0 ? '' : String.fromCharCode(byte)))
    .join('');
}

describe('the bytes that may be shown', () => {
  test.each([
    ['all, where there is no key', '0 8 linear /dev/a 100', '/dev/a 100'],
    ['all, where a path is not ASCII', '0 8 linear /dev/\u00e9 100', '/dev/\u00c3\u00a9 100'],
    ['all but a key', `0 8 crypt aes ${'1a'.repeat(16)} 0 /dev/a 0`, `aes ${'*'.repeat(32)} 0 /dev/a 0`],
    [
      'no digit of a key, also of one that begins with zeros',
      `0 8 crypt aes 00${'1a'.repeat(14)}00 0 /dev/a 0`,
      `aes ${'*'.repeat(32)} 0 /dev/a 0`,
    ],
    [
      'no key among options',
      '0 8 integrity /dev/a 0 32 J 1 internal_hash:hmac(sha256):001a2b3c',
      '/dev/a 0 32 J 1 internal_hash:hmac(sha256):********',
    ],
  ])('are %s', (_, table, expected) => {
    expect(shown(`${table}\n`)).toBe(expected);
  });

  test('are none of a key that a message sets', () => {
    const { payload } = planner.plan({ action: 'message', name: 'x', message: `key set ${'1a'.repeat(16)}` } as never)
      .steps[0]!;
    const field = planner.inspect('TARGET_MSG', payload).find((entry) => entry.field.endsWith('message'))!;
    expect(openBytes(payload, field).map(hexText).join('')).not.toContain('3161');
  });
});

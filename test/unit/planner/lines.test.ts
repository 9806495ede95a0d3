import { describe, expect, test } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { REFUSED, REWRITTEN, TAKEN } from './cases/lines.ts';
import { Host, payloadOf, specsOf } from './harness.ts';

const host = new Host();
const TABLE_LOAD = 9;
const READ_ONLY = new Set(TARGETS.filter(({ readOnly }) => readOnly).map(({ type }) => type));

const request = (table: string): object => {
  const readOnly = READ_ONLY.has(table.split(' ')[2]!);
  return { v: 1, action: 'create', name: 'x', table, ...(readOnly ? { readOnly } : {}) };
};

function loaded(table: string): string {
  const [row] = specsOf(payloadOf(host.steps(request(table)), TABLE_LOAD));
  return `${row!.start} ${row!.length} ${row!.type} ${row!.params}`.trimEnd();
}

describe('a line as users write it', () => {
  test.each(TAKEN)('goes to the kernel word for word: %s', (line) => {
    expect(loaded(line)).toBe(line);
  });

  test.each(REWRITTEN)('goes to the kernel in its canonical form: %s', (line, canonical) => {
    expect(loaded(line)).toBe(canonical);
    expect(loaded(canonical)).toBe(canonical);
  });

  test.each(REFUSED)('is refused: %s', (line, error) => {
    expect(host.failure('plan', request(line)).name).toBe(error);
  });

  test('of every target is here', () => {
    const shown = new Set(TAKEN.map((line) => line.split(' ')[2]));
    expect(TARGETS.map(({ type }) => type).filter((type) => !shown.has(type))).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { readCanonical } from './canonical.ts';
import { STATUS_LINES } from './cases/status.ts';
import { Host } from './harness.ts';
import { pack } from './pack.ts';
import { reply, statusSpecs } from './replies.ts';

const host = new Host();
const TABLE_STATUS = 12;

function told(type: string, params: string): { params: string; status?: object } {
  const payload = reply({ targetCount: 1 }, statusSpecs([{ start: 0n, length: 2048n, type, params }]));
  const { code, bytes } = host.call('decode', pack({ command: TABLE_STATUS, payload }));
  expect(code).toBe(0);
  return (readCanonical(bytes) as unknown as { targets: [{ params: string; status?: object }] }).targets[0];
}

/** The line of each type that has all that there is; zoned ends with as many groups as there are devices. */
const NEWEST = TARGETS.filter(({ type, status }) => status && type !== 'zoned').map(({ type }) =>
  STATUS_LINES.filter(([of, , status]) => of === type && status).reduce((one, other) =>
    wordsOf(other).length > wordsOf(one).length ? other : one,
  ),
);

function wordsOf([, line]: readonly [string, string, unknown]): string[] {
  return line.trim().split(' ');
}

describe('a status line', () => {
  test.each(STATUS_LINES)('of %s is read into its fields: %s', (type, line, status) => {
    const target = told(type, line);
    expect(target.params).toBe(line);
    expect(target.status).toEqual(status);
  });

  test.each(NEWEST)('of %s says the same when a newer kernel has more to say', (type, line, status) => {
    expect(told(type, `${line.trimEnd()} and more`).status).toEqual(status);
  });

  test('of every target that tells one is here', () => {
    const telling = TARGETS.filter(({ status }) => status).map(({ type }) => type);
    const shown = new Set(STATUS_LINES.filter(([, , status]) => status).map(([type]) => type));
    expect(telling.filter((type) => !shown.has(type))).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { BAD_REQUESTS, OUT_OF_REACH } from './bad-requests.ts';
import { ERROR_NAMES, encoded, Host } from './harness.ts';
import { REFUSED } from './target-cases.ts';

const host = new Host();

describe('refused, by name and path', () => {
  test.each(BAD_REQUESTS)('$call: $what is $name', ({ call, request, name, path }) => {
    const failure = host.failure(call, request);
    expect({ name: failure.name, path: failure.path }).toEqual({ name, path });
  });
});

describe('every error', () => {
  test('at least 120 different bad requests are refused', () => {
    const different = new Set(
      BAD_REQUESTS.map(({ call, request }) => `${call} ${Buffer.from(encoded(request)).toString('hex')}`),
    );
    expect(different.size).toBe(BAD_REQUESTS.length);
    expect(BAD_REQUESTS.length).toBeGreaterThanOrEqual(120);
  });

  test('each declared error is the answer to some bad request, or out of reach for a stated reason', () => {
    const reached = new Set([...BAD_REQUESTS, ...REFUSED].map(({ name }) => name).concat(Object.keys(OUT_OF_REACH)));
    expect([...ERROR_NAMES.values()].filter((name) => !reached.has(name))).toEqual([]);
  });

  test('nothing that is said to be out of reach is reached', () => {
    expect(BAD_REQUESTS.filter(({ name }) => name in OUT_OF_REACH)).toEqual([]);
  });

  test.each(BAD_REQUESTS)('$call: $what has a message without open places, and an offset inside the request', (row) => {
    const { message, offset } = host.failure(row.call, row.request);
    expect(message).not.toMatch(/\{\w+\}|[^ -~]/);
    expect(offset).toBeLessThanOrEqual(encoded(row.request).length);
  });

  test('a bad request leaves nothing behind: the next answer is the same as in a fresh planner', () => {
    const request = { v: 1, action: 'create', name: 'after', table: '0 8 zero\n8 8 linear /dev/sda 0\n' };
    const fresh = new Host().call('plan', encoded(request));
    for (const row of BAD_REQUESTS) {
      host.call(row.call, encoded(row.request));
      expect(host.call('plan', encoded(request))).toEqual(fresh);
    }
  });
});

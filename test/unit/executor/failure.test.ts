import { openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errnoOf, failure, Refused } from '../../../executor/failure.ts';

test('a failure has the keys of the protocol in their order', () => {
  const reason = failure('node_failed', 'why', 17);
  expect(Object.keys(reason)).toEqual(['name', 'message', 'step', 'rule', 'errno', 'rollback']);
  expect(reason).toMatchObject({ errno: 17, step: null });
});

test('a refusal carries its failure and the id it answers', () => {
  const reason = failure('bad_request', 'why');
  expect(new Refused(reason, 7)).toMatchObject({ message: 'why', failure: reason, id: 7 });
  expect(new Refused(reason).id).toBeNull();
});

test('the errno of a failed call of node:fs is positive', () => {
  const act = () => openSync('/nowhere/at/all', 'r');
  expect(act).toThrow();
  try {
    act();
  } catch (error) {
    expect(errnoOf(error)).toBe(2);
  }
});

test('anything that is not a failed call is thrown on', () => {
  const defect = new TypeError('a defect');
  expect(() => errnoOf(defect)).toThrow(defect);
});

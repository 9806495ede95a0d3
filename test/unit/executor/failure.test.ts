import { expect, test } from 'vitest';
import { failure, Refused } from '../../../executor/failure.ts';

test('a failure has the keys of the protocol in their order, and the phase of its name', () => {
  const reason = failure('node_failed', 'why', 17);
  expect(Object.keys(reason)).toEqual(['name', 'message', 'phase', 'step', 'rule', 'errno', 'rollback']);
  expect(reason).toMatchObject({ phase: 'node', errno: [17, 'EEXIST'], step: null });
});

test('a refusal carries its failure and the id it answers', () => {
  const reason = failure('bad_request', 'why');
  expect(new Refused(reason, 7)).toMatchObject({ message: 'why', failure: reason, id: 7 });
  expect(new Refused(reason).id).toBeNull();
});

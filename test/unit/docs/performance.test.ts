import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { performancePage, type Recorded } from '../../bench/record.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

it('docs/performance.md is what was recorded; npm run bench -- --record writes both anew', () => {
  expect(read('docs/performance.md')).toBe(performancePage(JSON.parse(read('test/bench/recorded.json')) as Recorded));
});

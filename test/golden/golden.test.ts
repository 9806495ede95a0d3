import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPlanner } from '../../src/index.ts';
import { caseOf, caseText } from './case.ts';
import { REQUESTS } from './requests.ts';

const planner = await loadPlanner();

/** `npm run golden` writes the files anew. A changed byte is a changed interface: the changelog says why. */
describe('the golden files', () => {
  it.each(Object.entries(REQUESTS))('%s compiles to the bytes that are recorded', async (name, request) => {
    await expect(caseText(await caseOf(planner, request))).toMatchFileSnapshot(`cases/${name}.json`);
  });

  it('are exactly those of the requests', () => {
    const files = readdirSync(new URL('cases/', import.meta.url)).sort();
    expect(files).toEqual(
      Object.keys(REQUESTS)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { targetsPage } from '../../../src/explain/page.ts';
import { loadPlanner } from '../../../src/index.ts';

const page = readFileSync(new URL('../../../docs/targets.md', import.meta.url), 'utf8');

it('docs/targets.md is what the declarations say; npm run docs writes it anew', async () => {
  expect(page).toBe(targetsPage(await loadPlanner()));
});

it('docs/targets.md has a section for every target, and the index leads to it', () => {
  const sections = [...page.matchAll(/^## (\S+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(TARGETS.map(({ type }) => type));
  const index = [...page.matchAll(/\[([\w-]+)\]\(#([\w-]+)\)/g)].map(([, name, anchor]) => [name, anchor]);
  expect(index).toEqual(sections.map((name) => [name, name]));
});

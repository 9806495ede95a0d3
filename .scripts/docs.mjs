// Writes what of docs/ is made from the declarations: targets.md, and the errors of abi.md.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { targetsPage } from '../dist/src/explain/page.js';
import { loadPlanner } from '../dist/src/index.js';

const docs = new URL('../docs/', import.meta.url);
const HEADING = '## Error names\n';

/** The errors of the planner and of all rules, `{ code, name }`, by code. */
async function declaredErrors() {
  const outfile = 'dist/errors.mjs';
  const contents =
    "export { ERRORS } from './assembly/tables/errors.ts'; export { TARGETS } from './assembly/tables/targets/index.ts';";
  await build({ stdin: { contents, resolveDir: '.' }, outfile, bundle: true, format: 'esm', logLevel: 'warning' });
  const { ERRORS, TARGETS } = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  return [...ERRORS, ...TARGETS.flatMap(({ rules }) => rules)].sort((a, b) => a.code - b.code);
}

writeFileSync(new URL('targets.md', docs), targetsPage(await loadPlanner()));

const abi = new URL('abi.md', docs);
const [page] = readFileSync(abi, 'utf8').split(HEADING);
const rows = (await declaredErrors()).map(({ code, name }) => `| ${code} | \`${name}\` |\n`);
writeFileSync(abi, `${page}${HEADING}\n| code | name |\n|---|---|\n${rows.join('')}`);

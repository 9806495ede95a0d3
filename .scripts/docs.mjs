// Writes what of docs/ is made from the declarations: targets.md, schema.json, and of abi.md the layouts and the errors.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { targetsPage } from '../dist/src/explain/page.js';
import { loadPlanner } from '../dist/src/index.js';

const docs = new URL('../docs/', import.meta.url);

/** The modules that only the declarations' own tools read, as one. */
async function declarations() {
  const outfile = 'dist/declarations.mjs';
  const entryPoints = ['assembly/tables/schema/index.ts'];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', logLevel: 'warning' });
  const found = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  return found;
}

const { schemaText, withGenerated } = await declarations();
const abi = new URL('abi.md', docs);

writeFileSync(new URL('targets.md', docs), targetsPage(await loadPlanner()));
writeFileSync(new URL('schema.json', docs), schemaText());
writeFileSync(abi, withGenerated(readFileSync(abi, 'utf8')));

// What of other people's packages is in the files of dist/, with their licences.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Its standard library is compiled into planner.wasm. */
const COMPILED = { 'planner.wasm': ['assemblyscript'] };

/** Licences that ask for no more than to be passed on. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** The packages that esbuild put into a bundle, by their names. */
function packagesIn(metafile) {
  const names = Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined);
}

/** @param metafiles esbuild's, by the name of the file that was made */
export function thirdParty(metafiles) {
  const bundled = Object.entries(metafiles).map(([file, metafile]) => [file, packagesIn(metafile)]);
  const files = new Map();
  for (const [file, names] of [...Object.entries(COMPILED), ...bundled]) {
    for (const name of names) files.set(name, [...(files.get(name) ?? []), file]);
  }
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, within]) => ({ name, within, ...licenceOf(name) }));
}

function licenceOf(name) {
  const folder = join('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!ALLOWED.includes(license))
    throw new Error(`${name} is under ${license}, which .scripts/third-party.mjs does not allow`);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice)(\.|$)/i.test(file))
    .sort();
  if (texts.length === 0) throw new Error(`${name} comes without the text of its licence`);
  return { version, license, text: texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n') };
}

export function thirdPartyText(parts) {
  const head = `# Parts by others

The files of this folder hold parts of the packages below, which their authors put under these licences. Packages that are
installed beside this one have theirs with them.
`;
  const sections = parts.map(
    ({ name, version, license, within, text }) =>
      `\n## ${name} ${version}\n\n${license}; in ${within.sort().join(', ')}\n\n${text.replace(/^(?=.)/gm, '    ')}\n`,
  );
  return head + sections.join('');
}

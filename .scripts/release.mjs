// Puts a release together in dist/release/, or the folder that is named: the package, planner.wasm, what they consist of (CycloneDX), and the notes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = process.argv[2] ?? 'dist/release';
const DEVELOPMENT = 'cdx:npm:package:development';
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));

const npm = (...args) =>
  JSON.parse(execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
const text = (path) => readFileSync(path, 'utf8');
const sha256 = (file) =>
  createHash('sha256')
    .update(readFileSync(join(FOLDER, file)))
    .digest('hex');

/** npm's list without what only the development needs; what was bundled stays. The same for the same lock file. */
function billOfMaterials() {
  const bill = npm('sbom', '--sbom-format=cyclonedx', '--package-lock-only');
  const bundled = [...text('dist/THIRD-PARTY.md').matchAll(/^## (\S+) \S+$/gm)].map(([, part]) => part);
  const isShipped = ({ name, properties = [] }) =>
    bundled.includes(name) || !properties.some((property) => property.name === DEVELOPMENT);
  const components = bill.components.filter(isShipped).map((component) => ({
    ...component,
    scope: bundled.includes(component.name) ? 'required' : component.scope,
    properties: (component.properties ?? []).filter((property) => property.name !== DEVELOPMENT),
  }));
  const known = new Set([bill.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  const dependencies = bill.dependencies
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => known.has(each)) }));
  const { timestamp: _, ...metadata } = bill.metadata;
  const { serialNumber: __, ...rest } = bill;
  // npm takes the folder's name for the package's
  return { ...rest, metadata: { ...metadata, component: { ...metadata.component, name } }, components, dependencies };
}

/** What the changelog says of this version. */
function changes() {
  const section = text('CHANGELOG.md')
    .split(/^(?=## )/m)
    .find((part) => part.startsWith(`## ${version},`));
  if (!section) throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return section.slice(section.indexOf('\n')).trim();
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const [{ filename }] = npm('pack', '--json', '--pack-destination', FOLDER);
copyFileSync('dist/planner.wasm', join(FOLDER, 'planner.wasm'));
writeFileSync(join(FOLDER, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(), null, 2)}\n`);
const sums = [filename, 'planner.wasm', 'sbom.cdx.json'].map((file) => `${sha256(file)}  ${file}\n`).join('');
writeFileSync(join(FOLDER, 'SHA256SUMS'), sums);
const notes = `# ${name} ${version}\n\n${changes()}\n\nSHA-256; the same sources give the same bytes:\n\n${sums.replace(/^(?=.)/gm, '    ')}`;
writeFileSync(join(FOLDER, 'notes.md'), notes);
process.stdout.write(notes);

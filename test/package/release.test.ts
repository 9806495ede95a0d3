/** What a release consists of, and what others have in it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { runCommand } from '../../src/kernel/command.ts';
import { ROOT, scratch } from './npm.ts';

const folder = join(scratch(), 'release');
const unpacked = scratch();
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const PACKAGE = `dmplan-${version}.tgz`;

interface Component {
  name: string;
  version: string;
  scope: string;
  licenses: { license?: { id: string }; expression?: string }[];
}

beforeAll(async () => {
  await runCommand('tar', ['-xf', inject('tarball'), '-C', unpacked]);
  await runCommand(process.execPath, ['.scripts/release.mjs', folder], { cwd: ROOT });
});

describe('the notes', () => {
  test('have the digests of what they are for', () => {
    const files = [...text('notes.md').matchAll(/^ {4}([0-9a-f]{64}) {2}(\S+)$/gm)];
    expect(files.map(([, , name]) => name)).toEqual([PACKAGE, 'planner.wasm', 'sbom.cdx.json']);
    for (const [, digest, name] of files) expect(digest, name).toBe(sha256(join(folder, name!)));
    expect(sha256(join(folder, 'planner.wasm'))).toBe(sha256(join(unpacked, 'package/dist/planner.wasm')));
    expect(sha256(join(folder, PACKAGE))).toBe(sha256(inject('tarball')));
  });

  test('say what the changelog says of the version', () => {
    const [, changes] = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').split(/^## .*$/m);
    expect(text('notes.md')).toContain(changes!.trim());
  });
});

/** Asks for no more than to be passed on. */
const SHIPPED = ['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
/** What only builds and tests: its files are nowhere in the package. */
const BUILDING = [...SHIPPED, '0BSD', 'BlueOak-1.0.0', 'MIT OR Apache-2.0', 'MPL-2.0'];

const licencesOf = (components: Component[]): string[] =>
  components.flatMap(({ name, licenses }) => {
    if (!licenses?.length) return [`${name}: none`];
    return licenses.map(({ license, expression }) => license?.id ?? expression!);
  });

describe('the bill of materials', () => {
  test('has what is installed and what is bundled, and nothing else', () => {
    const { bomFormat, metadata, components } = JSON.parse(text('sbom.cdx.json'));
    expect([bomFormat, metadata.component.purl, metadata.component.name]).toEqual([
      'CycloneDX',
      `pkg:npm/dmplan@${version}`,
      'dmplan',
    ]);
    const required = (components as Component[]).filter(({ scope }) => scope === 'required').map(({ name }) => name);
    expect(required.sort()).toEqual(['assemblyscript', 'commander', 'msgpackr', 'picocolors']);
    const optional = (components as Component[]).filter(({ scope }) => scope === 'optional').map(({ name }) => name);
    const named = optional.filter((name) => !/^@(koromix|msgpackr-extract)\//.test(name));
    expect(named.sort()).toEqual(['detect-libc', 'koffi', 'msgpackr-extract', 'node-gyp-build-optional-packages']);
    expect(required.length + optional.length).toBe(components.length);
  });

  test('has licences that may be passed on', () => {
    const { components } = JSON.parse(text('sbom.cdx.json')) as { components: Component[] };
    expect(licencesOf(components).filter((licence) => !SHIPPED.includes(licence))).toEqual([]);
  });

  test('and those of what builds it are known', async () => {
    const told = await runCommand('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], { cwd: ROOT });
    const { components } = JSON.parse(told) as { components: Component[] };
    expect(components.length).toBeGreaterThan(90);
    expect(licencesOf(components).filter((licence) => !BUILDING.includes(licence))).toEqual([]);
  });
});

test('the licences of what is bundled are in the package', () => {
  const parts = readFileSync(join(unpacked, 'package/dist/THIRD-PARTY.md'), 'utf8').split(/^## /m).slice(1);
  expect(parts.map((part) => part.split('\n')[0]!.split(' ')[0])).toEqual([
    'assemblyscript',
    'commander',
    'msgpackr',
    'picocolors',
  ]);
  for (const part of parts) expect(part).toMatch(/WITHOUT WARRANT|WITHOUT WARRANTIES|AS IS/i);
});

// Builds everything that dist/ holds, in the order in which one part needs another:
//   tables → planner.wasm → the wasm as a module of bytes → the library → what runs on its own, and the inspector's page, each in one file
//   → the units, the manual pages, from the programs' own help, and the licences of what was bundled
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { thirdParty, thirdPartyText } from './third-party.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const require = createRequire(import.meta.url);

const STAMP = 'dist/.stamp';

/** One digest over everything that the build reads. */
function digestOfSources() {
  const hash = createHash('sha256');
  const files = sources(['assembly', 'src', 'executor', '.scripts']).filter((file) => !isGenerated(file));
  const others = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'asconfig.json',
    'CHANGELOG.md',
    'docs/protocol.md',
  ];
  for (const file of [...files, ...others]) {
    hash.update(file).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

function sources(folders) {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isGenerated(file) {
  return file.startsWith('assembly/generated') || file === 'src/planner/bytes.ts';
}

function node(script, ...args) {
  execFileSync(process.execPath, [script, ...args], { stdio: 'inherit' });
}

/** What a TypeScript module of the sources exports. */
async function imported(entry) {
  const outfile = 'dist/imported.mjs';
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const found = await import(`${pathToFileURL(outfile).href}?${entry}`);
  rmSync(outfile);
  return found;
}

async function generateTables() {
  const { generate } = await imported('assembly/tables/compile.ts');
  const { tables, errors } = generate();
  mkdirSync('assembly/generated', { recursive: true });
  writeFileSync('assembly/generated/tables.ts', tables);
  writeFileSync('assembly/generated/errors.ts', errors);
}

function compilePlanner() {
  const asc = require.resolve('assemblyscript/bin/asc.js');
  node(asc, '--config', 'asconfig.json', '--target', 'release', '--transform', './.scripts/inline.mjs');
}

function embedPlanner() {
  const base64 = readFileSync('dist/planner.wasm').toString('base64');
  mkdirSync('src/planner', { recursive: true });
  writeFileSync(
    'src/planner/bytes.ts',
    `// Generated from dist/planner.wasm by the build.\n/** planner.wasm in base64. */\nexport const PLANNER_BASE64: string =\n  '${base64}';\n`,
  );
}

function compileLibrary() {
  node(join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'));
  cpSync('src/planner/planner.wasm.d.ts', 'dist/planner.wasm.d.ts');
  // Nobody imports these: what runs is the bundle.
  const programs = ['verity/worker', 'policy/filter', 'policy/judge', 'policy/limits'].flatMap((path) => [
    `${path}.js`,
    `${path}.d.ts`,
  ]);
  for (const path of ['cli', ...programs]) rmSync(`dist/src/${path}`, { recursive: true });
}

/** What went into each bundle, as esbuild tells it. */
const metafiles = {};

/** Programs and threads, each as one file: that is read and linked in a third of the time that its modules take. */
async function bundle(entry, outfile, options = {}) {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['koffi'],
    legalComments: 'inline',
    logLevel: 'warning',
    metafile: true,
    ...options,
  });
  metafiles[relative('dist', outfile)] = metafile;
}

/** What bundled CommonJS packages call, and an ES module has not. */
const REQUIRE = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

/** The build that never calls `new Function`. */
const PLAIN = { 'msgpackr/pack': 'msgpackr/index-no-eval', 'msgpackr/unpack': 'msgpackr/index-no-eval' };

/** What `run` imports when it is wanted, by the names of the files that they become. */
const COMMAND_LINES = { dmplan: './dmplan.ts', images: './images.ts', veritysetup: './veritysetup/run.ts' };

/** One small file, which takes one of the large ones: Node reads a module of its other kind slower, and code that is not run too. */
async function bundleCommandLines() {
  const large = { alias: PLAIN, define: { 'import.meta.url': '__filename' } };
  for (const [name, path] of Object.entries(COMMAND_LINES)) {
    await bundle(join('src/cli', path), `dist/cli/${name}.cjs`, large);
  }
  const beside = (path) => Object.keys(COMMAND_LINES).find((name) => COMMAND_LINES[name] === path);
  const apart = {
    name: 'apart',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\./ }, ({ path, kind }) =>
        kind === 'dynamic-import' ? { path: `./cli/${beside(path)}.cjs`, external: true } : undefined,
      ),
  };
  const small = { format: 'esm', banner: { js: REQUIRE }, supported: { 'dynamic-import': false }, plugins: [apart] };
  await bundle('src/cli/main.ts', 'dist/cli.js', small);
}

/** One file that works from a file: scripts that are modules, and wasm beside the page, would not load from there. */
async function bundleInspector() {
  const options = {
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  };
  const bundled = (entry, more) => build({ ...options, entryPoints: [entry], ...more });
  const browser = { platform: 'browser', format: 'iife', target: 'es2022', conditions: ['browser'] };
  const main = await bundled('src/web/main.ts', browser);
  metafiles['web/index.html'] = main.metafile;
  const script = main.outputFiles[0].text.trim().replaceAll('</script', '<\\/script');
  const style = (await bundled('src/web/style.css')).outputFiles[0].text.trim();
  const hash = createHash('sha256').update(script).digest('base64');
  const parts = {
    '%SCRIPT_HASH%': `'sha256-${hash}'`,
    '%STYLE%': `<style>${style}</style>`,
    '%SCRIPT%': `<script>${script}</script>`,
  };
  mkdirSync('dist/web');
  writeFileSync(
    'dist/web/index.html',
    readFileSync('src/web/index.html', 'utf8').replace(/%[A-Z_]+%/g, (name) => parts[name] ?? name),
  );
}

async function writeManual() {
  const { manualPages } = await imported('src/cli/manual/index.ts');
  const pages = manualPages({
    version: JSON.parse(readFileSync('package.json', 'utf8')).version,
    changelog: readFileSync('CHANGELOG.md', 'utf8'),
    protocol: readFileSync('docs/protocol.md', 'utf8'),
    executorHelp: execFileSync(process.execPath, ['dist/executor.cjs', '--help'], { encoding: 'utf8' }),
  });
  mkdirSync('dist/man');
  for (const [name, page] of Object.entries(pages)) writeFileSync(join('dist/man', name), page);
}

/** For policies that are no file, which a judge would build the filter of. */
async function writeFilters() {
  const { ioctlFilter, MACHINES } = await imported('src/policy/filter.ts');
  const { COMMANDS } = await imported('executor/rules.ts');
  for (const machine of Object.keys(MACHINES))
    writeFileSync(`dist/ioctls-${machine}.bpf`, ioctlFilter(machine, COMMANDS.keys()));
}

const digest = digestOfSources();
if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) process.exit(0);
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await generateTables();
compilePlanner();
embedPlanner();
compileLibrary();
await bundle('executor/main.ts', 'dist/executor.cjs', { supported: { 'dynamic-import': false } });
await bundle('src/verity/worker.ts', 'dist/verity-worker.cjs');
await bundle('src/policy/judge.ts', 'dist/policy.cjs', { alias: PLAIN });
await writeFilters();
await bundleCommandLines();
for (const program of ['dist/executor.cjs', 'dist/cli.js']) chmodSync(program, 0o755);
await bundleInspector();
cpSync('executor/systemd', 'dist/systemd', { recursive: true });
await writeManual();
writeFileSync('dist/THIRD-PARTY.md', thirdPartyText(thirdParty(metafiles)));
writeFileSync(STAMP, digest);

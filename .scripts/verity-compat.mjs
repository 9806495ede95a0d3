// Runs cryptsetup's own test of veritysetup, tests/verity-compat-test, inside a real kernel, with `dmplan veritysetup` in
// veritysetup's place. The test is fetched from Debian, since its licence is not ours, and kept in the cache folder.
//   npm run test:verity-compat -- [--kernel 6.1|6.12|7.2] [--theirs]
// --theirs: with Debian's veritysetup, to see what passes on that kernel.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bootKernel } from '../dist/src/kernel/boot.js';
import { ensureKernel } from '../dist/src/kernel/install.js';
import { kernelRelease } from '../dist/src/kernel/releases.js';
import { hidden } from '../dist/src/kernel/session.js';

const { values } = parseArgs({ options: { kernel: { type: 'string', default: '6.1' }, theirs: { type: 'boolean' } } });
const main = resolve('dist/cli.js');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dmplan', 'cryptsetup');
const NAME = 'verity-compat-test';

/** apt works on a sources list and a state of its own, as for the kernels. */
function fetchTest() {
  const test = join(cache, NAME);
  if (existsSync(test)) return test;
  const apt = mkdtempSync(join(tmpdir(), 'dmplan-cryptsetup-'));
  mkdirSync(join(apt, 'lists/partial'), { recursive: true });
  writeFileSync(
    join(apt, 'sources.list'),
    'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main\n',
  );
  const settings = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::Lists=${apt}/lists`,
  ];
  const options = [...settings, 'APT::Sandbox::User=root'].flatMap((setting) => ['-o', setting]);
  const run = (command, ...args) => execFileSync(command, args, { cwd: apt, stdio: ['ignore', 'ignore', 'inherit'] });
  run('apt-get', ...options, 'update');
  run('apt-get', ...options, 'source', '--download-only', 'cryptsetup');
  const archive = readdirSync(apt).find((file) => file.endsWith('.orig.tar.gz'));
  run('tar', '-xf', archive, '--strip-components=2', '--wildcards', `*/tests/${NAME}`);
  mkdirSync(cache, { recursive: true });
  cpSync(join(apt, NAME), test);
  rmSync(apt, { recursive: true });
  return test;
}

/** A folder with a program that is called veritysetup. */
function makeProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-veritysetup-'));
  const words = values.theirs ? '/sbin/veritysetup' : `${process.execPath} ${main} veritysetup`;
  writeFileSync(join(folder, 'veritysetup'), `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(join(folder, 'veritysetup'), 0o755);
  return folder;
}

const test = fetchTest();
const folder = makeProgram();
const log = (text) => console.error(text);
const kernel = await ensureKernel(kernelRelease(values.kernel), { install: true, log });
const readable = [folder, ...hidden([test, main, process.execPath])];
const guest = await bootKernel({ kernel, readable, memory: '1G', prepare: 'mkdir /tmp/work' });
try {
  log(`${NAME} on Linux ${kernel.release} with ${values.theirs ? 'veritysetup' : 'dmplan veritysetup'}`);
  const script = `cd /tmp/work; CRYPTSETUP_PATH=${folder} exec bash ${test} 2>&1`;
  const program = await guest.startExecutor(['/bin/sh', '-c', script]);
  program.input.end();
  program.output.pipe(process.stdout);
  process.exitCode = await program.exited;
} finally {
  await guest.close();
  rmSync(folder, { recursive: true });
}

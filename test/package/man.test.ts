/** The manual pages of the package: nothing is missing in them, and nothing that formats them complains. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { EXIT, EXIT_OF } from '../../executor/protocol.ts';
import { runCommand } from '../../src/kernel/command.ts';
import { dmplan } from '../unit/cli/capture.ts';
import { ROOT, scratch } from './npm.ts';

const folder = scratch();
await runCommand('tar', ['-xf', inject('tarball'), '-C', folder]);
const root = join(folder, 'package');
const { man } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { man: string[] };
const isReleased = /^## \d.*\d{4}-\d{2}-\d{2}$/m.test(
  readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').split('\n## ')[0]!,
);

const pageOf = (name: string): string => join(root, man.find((path) => path.endsWith(`/${name}.8`))!);

/** As a terminal shows it, on lines that end nowhere. */
function shown(name: string): string {
  const args = ['-man', '-Tutf8', '-P-cbou', '-rLL=1000n', '-rHY=0', pageOf(name)];
  return plain(execFileSync('groff', args, { encoding: 'utf8' }));
}

/** Without how it is laid out, and without quotes, which a page shows otherwise. */
function plain(text: string): string {
  return text
    .replaceAll('\u2010', '-')
    .replace(/["'`\u2018\u2019]/g, '')
    .replace(/[ \n]+/g, ' ')
    .trim();
}

describe.each(['dmplan', 'dmplan-executor'])('%s(8)', (name) => {
  test('mandoc has nothing to say', () => {
    const { stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', pageOf(name)], { encoding: 'utf8' });
    const said = `${stdout}${stderr}`
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    // a page has the date of its release, and none before it
    expect(said.filter((line) => isReleased || !line.endsWith('missing date, using "": TH'))).toEqual([]);
  });

  test('groff has nothing to say', () => {
    const { stderr, status } = spawnSync('groff', ['-ww', '-man', '-Tutf8', pageOf(name)], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test('is found by what it is', () => {
    expect(shown(name)).toMatch(new RegExp(`NAME ${name} - [a-z]`));
  });
});

/** The parts of a help that a page has to hold: its options and their meanings; commands have parts of their own. */
function partsOf(help: string): string[] {
  const [text] = help.replace(/^Usage: .*$/m, '').split('\nCommands:\n');
  const rows = text!.replace(/\n(?:Options|Arguments):\n/g, '\n').split(/\n(?= {2}\S)|\n\n/);
  return rows.flatMap((row) => row.split(/ {2,}(?=\S)/)).map(plain);
}

/** `veritysetup --help` is veritysetup's own. */
async function helpOf(words: string[]): Promise<string> {
  const { out } = await dmplan(words[0] === 'veritysetup' ? ['help', ...words] : [...words, '--help']);
  return out;
}

test('dmplan(8) says of every command what its help says', async () => {
  const page = shown('dmplan');
  const { out } = await dmplan(['help']);
  const commands = [
    ...out
      .split('Commands:')[1]!
      .split('\nExamples')[0]!
      .matchAll(/^ {2}([a-z_-]+)/gm),
  ].map(([, name]) => name!);
  const verity = (await dmplan(['help', 'verity'])).out.split('Commands:')[1]!;
  const inner = [...verity.split('\nExamples')[0]!.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => ['verity', name!]);
  const all = [...commands.map((name) => [name]), ...inner].filter((words) => !words.includes('help'));
  expect(all.length).toBeGreaterThan(35);
  for (const words of all) {
    expect(page, words.join(' ')).toContain(` ${words.join(' ')} `);
    for (const part of partsOf(await helpOf(words))) {
      if (/--help|display help/.test(part)) continue;
      expect(page.toLowerCase(), words.join(' ')).toContain(part.toLowerCase());
    }
  }
});

test('dmplan-executor(8) has every option and every exit code', () => {
  const page = shown('dmplan-executor');
  const help = execFileSync(process.execPath, [join(ROOT, 'dist/executor.cjs'), '--help'], { encoding: 'utf8' });
  const options = [...new Set(help.match(/--[a-z][a-z-]*/g))];
  expect(options.length).toBeGreaterThan(4);
  for (const option of options) expect(page).toContain(` ${option}`);
  const exits = [...Object.values(EXIT), ...Object.values(EXIT_OF)];
  const [, told] = page.split(' EXIT STATUS ');
  for (const code of exits) expect(told).toMatch(new RegExp(`(^| )${code} [a-z]`));
});

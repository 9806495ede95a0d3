/** What bash, zsh and fish offer, each asked itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { addAll } from '../../src/cli/commands/all.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { dmplan } from '../unit/cli/capture.ts';
import { scratch } from './npm.ts';
import { offered, type Shell } from './shells.ts';

const folder = scratch();
writeFileSync(join(folder, 'table.txt'), '');
const TYPES = TARGETS.map(({ type }) => type as string).sort();

const CASES: [line: string, words: string[]][] = [
  ['dmplan pl', ['plan']],
  ['dmplan re', ['reload', 'remove', 'remove_all', 'rename', 'resume']],
  ['dmplan verity c', ['close']],
  ['dmplan --deadline 5 verity c', ['close']],
  ['dmplan plan --fo', ['--format']],
  ['dmplan plan table.txt --format ', ['annotated', 'hex', 'json', 'map', 'msgpack']],
  ['dmplan plan table.txt -f ms', ['msgpack']],
  ['dmplan --kernel-release 7', ['7.2']],
  ['dmplan table --kernel-release 7', ['7.2']],
  ['dmplan verity open -h sha256 --on-corruption p', ['panic']],
  ['dmplan explain ', TYPES],
  ['dmplan explain zero thin', ['thin', 'thin-pool']],
  ['dmplan status --target ver', ['verity']],
  ['dmplan target-version lin', ['linear']],
  ['dmplan completion ', ['bash', 'fish', 'zsh']],
  ['dmplan plan ta', ['table.txt']],
  ['dmplan plan --name ta', []],
  ['dmplan verity format table.txt ta', ['table.txt']],
  ['dmplan rm --def', ['--deferred']],
];

/** The part behind the sign, or the whole word: as the shell replaces it. */
const VALUE_OF_A_WORD = ['dmplan plan table.txt --format=ms', 'msgpack'] as const;

interface Listed {
  line: string;
  words: string[];
}

/** Every command with its options, as its help has them. */
function listed(command: Command, line: string, shared: string[]): Listed[] {
  const help = command.createHelp();
  const longs = help.visibleOptions(command).map(({ long }) => long!);
  const commands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const inner = commands.flatMap((each) => listed(each, `${line} ${each.name()}`, shared));
  return [{ line: `${line} --`, words: [...new Set([...longs, ...shared])].sort() }, ...inner];
}

const stream = { write: () => true };
const program = buildProgram(
  addAll,
  () => {
    throw new Error('nothing is run');
  },
  { out: stream, err: stream },
);
const shared = program.options.map(({ long }) => long!).filter((long) => long !== '--version');
const LISTED = listed(program, 'dmplan', shared);

describe.each<Shell>(['bash', 'zsh', 'fish'])('%s', async (shell) => {
  const script = join(folder, `dmplan.${shell}`);
  writeFileSync(script, (await dmplan(['completion', shell])).out);
  const ask = (lines: readonly string[]) => offered(shell, script, lines, folder);

  test('offers commands, options, their values, target types and files', async () => {
    const found = await ask(CASES.map(([line]) => line));
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(CASES));
  });

  test('offers the value of an option that is one word with it', async () => {
    const [line, value] = VALUE_OF_A_WORD;
    const words = (await ask([line])).get(line)!;
    expect(words.map((word) => word.replace(/^--format=/, ''))).toEqual([value]);
  });

  test('offers every option of every command', async () => {
    expect(LISTED.length).toBeGreaterThan(40);
    const found = await ask(LISTED.map(({ line }) => line));
    // a long option that takes a value is offered with its sign by some
    const plain = [...found].map(([line, words]) => [line, words.map((word) => word.replace(/=$/, '')).sort()]);
    expect(Object.fromEntries(plain)).toEqual(Object.fromEntries(LISTED.map(({ line, words }) => [line, words])));
  });
});

test('a shell that is none of these is refused', async () => {
  const { code, err } = await dmplan(['completion', 'tcsh']);
  expect(code).toBe(1);
  expect(err).toContain('Allowed choices are bash, zsh, fish');
});

/** The commands that hash images, which are loaded without all others. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dmplan } from './capture.ts';

const BUILT = fileURLToPath(new URL('../../../dist/cli/images.cjs', import.meta.url));

/** Behind an option of the program, the same command is loaded with all others. */
const alone = (args: string[]) => dmplan(['verity', ...args, '--no-color']);
const amongAll = (args: string[]) => dmplan(['--no-color', 'verity', ...args]);

describe.each(['format', 'verify', 'repair'])('verity %s', (command) => {
  it.each([
    ['its help', ['--help']],
    ['an unknown option', ['--nothing']],
    ['no argument', []],
    ['a file that is not there', ['/none/data', '/none/hash', 'ab']],
    ['the same as JSON', ['/none/data', '/none/hash', 'ab', '--json']],
    ['a kernel and an executor', ['/none/data', '/none/hash', '--kernel', '--executor', 'spawn']],
  ])('says the same alone as among all commands: %s', async (_, args) => {
    const said = await alone([command, ...args]);
    expect(said).toEqual(await amongAll([command, ...args]));
    expect(said.out + said.err).not.toBe('');
  });
});

it('loads neither the client of the executor nor the grammar of targets', () => {
  const modules = [...readFileSync(BUILT, 'utf8').matchAll(/^\/\/ (\S+\.ts)$/gm)].map(([, path]) => path);
  expect(modules).toContain('src/verity/format.ts');
  expect(modules.filter((path) => /^(src\/(client|live)|assembly\/tables\/targets)\//.test(path!))).toEqual([]);
});

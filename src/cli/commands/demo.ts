import type { Command } from 'commander';
import { runDemo } from '../../demo/script.ts';
import { forPerson, forProgram } from '../../demo/stage.ts';
import type { Start } from './start.ts';

/** `dmplan demo`: everything once, on a throwaway kernel. */
export function addDemo(program: Command, start: Start): void {
  program
    .command('demo')
    .description('see a dm-verity device planned, created, read, corrupted and removed on a throwaway kernel')
    .addHelpText('after', '\nExamples:\n  dmplan demo\n  dmplan demo --json\n  dmplan demo --kernel-release 7.2')
    .action(async (_options: object, command: Command) => {
      const { options, output, signal } = start(command);
      const audience = options.json ? forProgram(output) : forPerson(output, { paced: process.stdout.isTTY === true });
      await runDemo(audience, {
        release: options.kernelRelease ?? '6.1',
        log: (text) => output.note(text),
        signal,
      });
    });
}

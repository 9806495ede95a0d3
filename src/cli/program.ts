import { Command, InvalidArgumentError, Option } from 'commander';
import { RELEASES } from '../kernel/releases.ts';
import type { Start } from './commands/start.ts';
import type { Context, GlobalOptions } from './context.ts';
import type { Streams } from './output.ts';
import { VERSION } from './version.ts';

/** Makes the context of a command from the options it was given. */
export type Begin = (options: GlobalOptions) => Context;

/** Adds commands to the program. */
export type Add = (program: Command, start: Start) => void;

/** The program with these commands. */
export function buildProgram(add: Add, begin: Begin, streams: Streams): Command {
  const program = new Command('dmplan')
    .description('Plan device-mapper tables as exact bytes, and apply them.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .showHelpAfterError('(try --help)')
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      writeErr: (text) => void streams.err.write(text),
    })
    .option('--json', 'answer as JSON')
    .option('--no-color', 'plain text on a terminal too')
    .option('--deadline <ms>', 'give up between two steps after so many milliseconds', milliseconds)
    .option('--executor <where>', 'unix:PATH of an executor that listens, or spawn (DMPLAN_EXECUTOR, else spawn)')
    .option('--uuid-prefix <text>', 'give devices without a uuid a random one that begins so (DMPLAN_UUID_PREFIX)')
    .addOption(new Option('--kernel', 'run the command against a throwaway real kernel').conflicts('executor'))
    .addOption(new Option('--kernel-release <series>', 'which one (implies --kernel)').choices(Object.keys(RELEASES)))
    .option('--disk <file[:ro]>', 'give that kernel a file as /dev/loop0, /dev/loop1, …', collect)
    .addHelpText(
      'after',
      `
Examples:
  dmplan plan table.txt                            what would be sent to the kernel, field by field
  dmplan create data --table '0 2048 zero'         make a device
  dmplan table data                                its table, as dmsetup prints it
  dmplan --executor unix:/run/dmplan.sock ls       ask an executor that runs as a service
  dmplan --kernel create data --table '0 8 zero'   the same on a real kernel that is thrown away`,
    );
  const start = (command: Command): Context => begin(command.optsWithGlobals());
  add(program, start);
  inherit(program);
  return program;
}

/** Commands end and print as the program does. */
function inherit(program: Command): void {
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
    inherit(command);
  }
}

/** What the protocol has room for. */
const LONGEST_MS = 2 ** 32 - 1;

function milliseconds(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || value > LONGEST_MS) {
    throw new InvalidArgumentError(`Give a whole number of milliseconds from 1 to ${LONGEST_MS}.`);
  }
  return value;
}

function collect(value: string, all: string[] = []): string[] {
  return [...all, value];
}

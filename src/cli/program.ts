import { Command, InvalidArgumentError, Option } from 'commander';
import { RELEASES } from '../kernel/releases.ts';
import { addChanges } from './commands/changes.ts';
import { addCompletion } from './commands/completion.ts';
import { addConvert } from './commands/convert.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExplain } from './commands/explain.ts';
import { addInfo } from './commands/info.ts';
import { addInspect } from './commands/inspect.ts';
import { addLists } from './commands/lists.ts';
import { addMessages } from './commands/messages.ts';
import { addModules } from './commands/modules.ts';
import { addPlan } from './commands/plan.ts';
import { addPolicy } from './commands/policy.ts';
import { addQueries } from './commands/queries.ts';
import { addRemoval } from './commands/removal.ts';
import { addVerify } from './commands/verify.ts';
import { addVerity } from './commands/verity.ts';
import { addVeritysetup } from './commands/veritysetup.ts';
import { addWait } from './commands/wait.ts';
import type { Context, GlobalOptions } from './context.ts';
import type { Streams } from './output.ts';
import { VERSION } from './version.ts';

/** Makes the context of a command from the options it was given. */
export type Begin = (options: GlobalOptions) => Context;

/** The program: dmsetup's verbs, and `plan`, `inspect`, `explain`, `policy` and `convert` that need no kernel. */
export function buildProgram(begin: Begin, streams: Streams): Command {
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
  addPlan(program, start);
  addInspect(program, start);
  addExplain(program, start);
  addPolicy(program, start);
  addConvert(program, start);
  addChanges(program, start);
  addRemoval(program, start);
  addMessages(program, start);
  addInfo(program, start);
  addQueries(program, start);
  addLists(program, start);
  addVerify(program, start);
  addWait(program, start);
  addModules(program, start);
  addDoctor(program, start);
  addDemo(program, start);
  addVerity(program, start);
  addCompletion(program, start);
  addVeritysetup(program);
  inherit(program);
  return program;
}

/** Commands end and print as the program does. */
function inherit(program: Command): void {
  for (const command of program.commands) command.copyInheritedSettings(program);
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

import { Argument, type Command, Option } from 'commander';
import { ACTIONS, SHORT, SWITCHES, VALUES } from '../veritysetup/arguments.ts';

/** What is read as a file; other values are words. */
const FILES = ['fec-device', 'root-hash-file', 'root-hash-signature'];

/** Only for the help and for shells: `run` hands the arguments on before they are read, as they are not read as dmplan's. */
export function addVeritysetup(program: Command): void {
  const command = program
    .command('veritysetup')
    .description("veritysetup's own command line: takes its arguments, prints and exits as it does")
    .addArgument(new Argument('[action]').choices(Object.keys(ACTIONS)))
    .argument('[files...]', 'those that the action takes')
    .helpOption(false)
    .allowUnknownOption()
    .addHelpText('after', '\nExample:\n  dmplan veritysetup format data.img hash.img --salt=-');
  command.action(() => command.error('error: veritysetup is the first word, in front of all options'));
  for (const [name, kind] of Object.entries(VALUES)) {
    command.addOption(new Option(`${flagsOf(name)} <${FILES.includes(name) ? 'file' : kind}>`));
  }
  for (const [name, action] of Object.entries(SWITCHES)) {
    command.addOption(new Option(flagsOf(name), action === undefined ? '' : `with ${action}`));
  }
}

function flagsOf(name: string): string {
  const short = Object.keys(SHORT).find((letter) => SHORT[letter] === name && letter !== '?');
  return short === undefined ? `--${name}` : `-${short}, --${name}`;
}

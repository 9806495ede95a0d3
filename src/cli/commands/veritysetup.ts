import type { Command } from 'commander';

/** Only for the list of commands: `run` hands the arguments on before they are read, as their options are not dmplan's. */
export function addVeritysetup(program: Command): void {
  program
    .command('veritysetup')
    .description("veritysetup's own command line: takes its arguments, prints and exits as it does")
    .argument('[arguments...]')
    .allowUnknownOption()
    .addHelpText('after', '\nExample:\n  dmplan veritysetup format data.img hash.img --salt=-');
}

import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { commandTree } from '../completion/tree.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Start } from './start.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `dmplan completion`: what a shell reads to complete words of this program. */
export function addCompletion(program: Command, start: Start): void {
  program
    .command('completion')
    .description('print what makes a shell complete the words of dmplan')
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
Examples:
  source <(dmplan completion bash)                                   in ~/.bashrc
  source <(dmplan completion zsh)                                    in ~/.zshrc, behind compinit
  dmplan completion fish > ~/.config/fish/completions/dmplan.fish`,
    )
    .action((shell: keyof typeof SHELLS, _options: object, command: Command) => {
      const { output, options } = start(command);
      const script = SHELLS[shell](commandTree(program));
      if (options.json) output.json({ shell, script });
      else output.text(script);
    });
}

import type { Command } from 'commander';
import { explain, explainedTypes } from '../../explain/explain.ts';
import { explanationText } from '../../explain/text.ts';
import { loadPlanner } from '../../planner/planner.ts';
import type { Start } from './start.ts';

/** `dmplan explain`: what is declared of a target. */
export function addExplain(program: Command, start: Start): void {
  program
    .command('explain')
    .description("print a target's words, fields, options, rules, status and messages")
    .argument('[types...]', 'a line for each target unless given')
    .addHelpText('after', '\nExamples:\n  dmplan explain\n  dmplan explain verity\n  dmplan explain thin-pool --json')
    .action(async (types: string[], _options: object, command: Command) => {
      const { options, output } = start(command);
      const planner = await loadPlanner();
      const explanations = (types.length > 0 ? types : explainedTypes()).map((type) => explain(planner, type));
      if (options.json) return output.json(explanations);
      if (types.length === 0) {
        return output.text(explanations.map(({ type, about }) => `${type.padEnd(16)} ${about}\n`).join(''));
      }
      output.text(explanations.map(explanationText).join('\n'));
    });
}

import type { Command } from 'commander';
import type { Output } from '../output.ts';
import { type Style, showsUnicode, styleOf, widthOf } from './style.ts';

export interface DrawOptions {
  ascii?: boolean;
}

/** The options of what draws. */
export function addDrawOptions(command: Command): Command {
  return command.option('--ascii', 'draw with ASCII characters alone');
}

/** As wide and as colourful as where it is drawn. */
export function styleFor(
  output: Output,
  { ascii = false }: DrawOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Style {
  return styleOf(widthOf(output.columns, environment), !ascii && showsUnicode(environment), output.colors);
}

/** What can stand where on the command line, read from the program itself. */
import type { Argument, Command, Option } from 'commander';
import { explainedTypes } from '../../explain/explain.ts';

/** What a word may be: one of these, a file, the name of a mapped device, or anything. */
export type Values = readonly string[] | 'file' | 'device' | 'anything';

export interface OptionWords {
  /** `-f`, `--format`. */
  flags: string[];
  about: string;
  /** Of an option that takes a value. */
  takes?: Values;
}

/** One command; `verity format` and the like are commands of their own, and so is the program, whose path is empty. */
export interface CommandWords {
  path: string;
  commands: { name: string; about: string }[];
  options: OptionWords[];
  /** The options of the program that it takes as well. */
  shared: OptionWords[];
  /** The arguments, in order. */
  words: Values[];
  /** What may follow them. */
  rest?: Values;
}

/** By the names that arguments and values have in the help. Those of a single command have it in front. */
const VALUES: Readonly<Record<string, Values>> = {
  file: 'file',
  'file[:ro]': 'file',
  path: 'file',
  table_file: 'file',
  policy_file: 'file',
  data_device: 'file',
  hash_device: 'file',
  device: 'file',
  files: 'file',
  name: 'device',
  'create name': 'anything',
  'verity open name': 'anything',
  names: 'device',
  type: explainedTypes(),
  types: explainedTypes(),
};

/** Arguments that are a device, and then words. */
const DEVICE_FIRST = 'words';

/** The program's commands, each behind the one that it belongs to. */
export function commandTree(program: Command): CommandWords[] {
  const options = program.options.filter((option) => option.long !== '--version').map(optionWords);
  const [own, ...others] = treeBelow(program, '', options);
  const alone = own!.options.filter(({ flags }) => !options.some((shared) => shared.flags.join() === flags.join()));
  return [{ ...own!, options: alone }, ...others];
}

function treeBelow(command: Command, path: string, shared: OptionWords[]): CommandWords[] {
  const help = command.createHelp();
  const inner = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const own: CommandWords = {
    path,
    commands: inner.map((each) => ({ name: each.name(), about: each.description() })),
    options: help.visibleOptions(command).map(optionWords),
    shared,
    ...argumentWords(command.registeredArguments, path),
  };
  const named = inner.flatMap((each) => [each.name(), ...each.aliases()].map((name) => [name, each] as const));
  return [own, ...named.flatMap(([name, each]) => treeBelow(each, path === '' ? name : `${path} ${name}`, shared))];
}

function optionWords(option: Option): OptionWords {
  const { short, long, description: about, required, optional, flags } = option;
  const words = { flags: [short, long].filter((flag) => flag !== undefined), about };
  if (!required && !optional) return words;
  const value = /[<[]([^ ]+)[>\]]$/.exec(flags)?.[1] ?? '';
  // a name in an option is one to be given
  const takes = option.argChoices ?? (value === 'name' ? 'anything' : (VALUES[value] ?? 'anything'));
  return { ...words, takes };
}

function argumentWords(args: readonly Argument[], path: string): Pick<CommandWords, 'words' | 'rest'> {
  const valuesOf = (argument: Argument): Values =>
    argument.argChoices ?? VALUES[`${path} ${argument.name()}`] ?? VALUES[argument.name()] ?? 'anything';
  const last = args.at(-1);
  if (last?.name() === DEVICE_FIRST) return { words: ['device'], rest: 'anything' };
  const words = args.filter(({ variadic }) => !variadic).map(valuesOf);
  return last?.variadic ? { words, rest: valuesOf(last) } : { words };
}

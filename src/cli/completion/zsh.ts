import { quote } from './quote.ts';
import type { CommandWords, OptionWords, Values } from './tree.ts';

/** A function for every command, which zsh's own _arguments does the work of. */
export function zshCompletion(tree: readonly CommandWords[]): string {
  return `#compdef dmplan
# zsh completion of dmplan, as "dmplan completion zsh" writes it

_dmplan_devices() {
  local -a devices=(/dev/mapper/*(N:t))
  compadd -- \${devices:#control}
}

${tree.map((command) => (command.path === '' ? programFunction(command) : commandFunction(command))).join('\n')}
# autoloaded, this file is the function's body; sourced, it registers it
if [ "$funcstack[1]" = _dmplan ]; then _dmplan "$@"; else compdef _dmplan dmplan; fi
`;
}

const nameOf = (path: string): string => `_dmplan${path === '' ? '' : `_${path.replaceAll(' ', '_')}`}`;

function programFunction(program: CommandWords): string {
  return `_dmplan() {
  local curcontext="$curcontext" state state_descr line
  local -A opt_args
  local -a shared=(
${optionSpecs(program.shared)}
  )
${choosing(program)}
}
`;
}

function commandFunction(command: CommandWords): string {
  if (command.commands.length > 0) return `${nameOf(command.path)}() {\n${choosing(command)}\n}\n`;
  const words = command.words.map((values, at) => `    ${quote(`${at + 1}:${describe(values)}:${action(values)}`)}`);
  const rest =
    command.rest === undefined ? [] : [`    ${quote(`*:${describe(command.rest)}:${action(command.rest)}`)}`];
  return `${nameOf(command.path)}() {
  local -a own=(
${[optionSpecs(command.options), ...words, ...rest].join('\n')}
  )
  _arguments -s -S $own $shared
}
`;
}

/** A command whose next word is a command. */
function choosing(command: CommandWords): string {
  const named = command.commands.map(({ name, about }) => `    ${quote(`${name.replaceAll(':', '\\:')}:${about}`)}`);
  return `  local -a commands=(
${named.join('\n')}
  )
  local -a own=(
${optionSpecs(command.options)}
  )
  # options behind the command are its own
  _arguments -C -s -S -A '-*' $own $shared '1:command:->command' '*::argument:->argument' && return
  case $state in
    command) _describe -t commands command commands ;;
    argument) (( $+functions[${nameOf(command.path)}_$words[1]] )) && ${nameOf(command.path)}_$words[1] ;;
  esac`;
}

function optionSpecs(options: readonly OptionWords[]): string {
  return options.map((option) => `    ${optionSpec(option)}`).join('\n');
}

/** `'(-f --format)'{-f+,--format=}'[how to print it]:value:(json hex)'`: one excludes the other. */
function optionSpec({ flags, about, takes }: OptionWords): string {
  const shown = `[${about.replace(/[\\[\]]/g, '\\$&')}]${takes === undefined ? '' : `:${describe(takes)}:${action(takes)}`}`;
  const spelt = flags.map((flag) => `${flag}${takes === undefined ? '' : flag.startsWith('--') ? '=' : '+'}`);
  const word = spelt.length === 1 ? quote(spelt[0]!) : `{${spelt.map(quote).join(',')}}`;
  return `${quote(`(${flags.join(' ')})`)}${word}${quote(shown)}`;
}

function describe(values: Values): string {
  return typeof values === 'string' && values !== 'anything' ? values : 'value';
}

function action(values: Values): string {
  if (values === 'file') return '_files';
  if (values === 'device') return '_dmplan_devices';
  return values === 'anything' ? ' ' : `(${(values as readonly string[]).join(' ')})`;
}

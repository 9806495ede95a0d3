import type { CommandWords, OptionWords, Values } from './tree.ts';

/** A line for every command, option and argument, held back by where the line is. */
export function fishCompletion(tree: readonly CommandWords[]): string {
  const valued = tree.flatMap(({ path, options, shared }) =>
    [...options, ...(path === '' ? shared : [])].flatMap(({ flags, takes }) =>
      takes === undefined ? [] : flags.map((flag) => quote(`${path} ${flag}`)),
    ),
  );
  return `# fish completion of dmplan, as "dmplan completion fish" writes it

set -g __dmplan_commands ${tree
    .slice(1)
    .map(({ path }) => quote(path))
    .join(' ')}
set -g __dmplan_valued ${valued.join(' ')}

${ENGINE}
complete -c dmplan -f
${tree[0]!.shared.map((option) => `complete -c dmplan${optionWords(option)}`).join('\n')}
${tree.flatMap(commandLines).join('\n')}
`;
}

/** In single quotes fish escapes the quote and the backslash alone. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function commandLines({ path, commands, options, words, rest }: CommandWords): string[] {
  const at = (test: string): string => `complete -c dmplan -n ${quote(`__dmplan_at ${quote(path)}${test}`)}`;
  return [
    ...commands.map(({ name, about }) => `${at(' -eq 0')} -a ${name} -d ${quote(about)}`),
    ...options.map((option) => `${at('')}${optionWords(option)}`),
    ...words.map((values, index) => `${at(` -eq ${index}`)}${valueWords(values)}`),
    ...(rest === undefined ? [] : [`${at(` -ge ${words.length}`)}${valueWords(rest)}`]),
  ];
}

function optionWords({ flags, about, takes }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`));
  return `${names.join('')}${takes === undefined ? '' : ` -r${valueWords(takes)}`} -d ${quote(about)}`;
}

function valueWords(values: Values): string {
  if (values === 'file') return ' -F';
  if (values === 'device') return " -f -a '(__dmplan_devices)'";
  return values === 'anything' ? ' -f' : ` -f -a ${quote(values.join(' '))}`;
}

const ENGINE = `# the command that the line is in, and how many arguments it has before the cursor
function __dmplan_place
  set -l words (commandline -opc)
  set -l path ''
  set -l count 0
  set -l skip 0
  set -l ended 0
  for word in $words[2..-1]
    if test $skip = 1
      set skip 0
    else if test $ended = 0; and test "x$word" = x--
      set ended 1
    else if test $ended = 0; and string match -q -- '-*' $word
      if contains -- "$path $word" $__dmplan_valued; or contains -- " $word" $__dmplan_valued
        set skip 1
      end
    else if contains -- (string trim -- "$path $word") $__dmplan_commands
      set path (string trim -- "$path $word")
    else
      set count (math $count + 1)
    end
  end
  echo $path
  echo $count
end

# whether the line is in that command; and whether the number of arguments compares so
function __dmplan_at
  set -l place (__dmplan_place)
  test "$place[1]" = "$argv[1]"; or return 1
  test (count $argv) -eq 1; or test $place[2] $argv[2] $argv[3]
end

function __dmplan_devices
  path basename /dev/mapper/* | string match -v control
end
`;

import { quote } from './quote.ts';
import type { CommandWords, Values } from './tree.ts';

/** The parts of the script that know the commands: functions that leave words, or one of @file, @device and @anything, in REPLY. */
function facts(tree: readonly CommandWords[]): string {
  const inner = tree.filter(({ commands }) => commands.length > 0);
  const takes = tree.flatMap(({ path, options, shared }) =>
    [...options, ...(path === '' ? shared : [])].flatMap((option) =>
      option.takes === undefined
        ? []
        : [
            answer(
              option.flags.map((flag) => `${path} ${flag}`),
              textOf(option.takes),
            ),
          ],
    ),
  );
  const words = tree.flatMap(({ path, words, rest }) => [
    ...words.map((values, at) => answer([`${path} ${at}`], textOf(values))),
    ...(rest === undefined ? [] : [`    ${quote(`${path} `)}*) REPLY=${quote(textOf(rest))} ;;`]),
  ]);
  return [
    table('is_command', [`    ${alternatives(tree.slice(1).map(({ path }) => path))}) REPLY=1 ;;`]),
    table(
      'commands',
      inner.map(({ path, commands }) => answer([path], commands.map(({ name }) => name).join(' '))),
    ),
    table(
      'options',
      tree.map(({ path, options, shared }) =>
        answer([path], [...options, ...shared].flatMap(({ flags }) => flags).join(' ')),
      ),
    ),
    table('takes', takes),
    table('argument', words),
  ].join('\n');
}

function table(name: string, cases: string[]): string {
  return `_dmplan_${name}() {\n  REPLY=\n  case $1 in\n${cases.join('\n')}\n  esac\n}\n`;
}

const alternatives = (words: string[]): string => words.map(quote).join(' | ');
const answer = (words: string[], text: string): string => `    ${alternatives(words)}) REPLY=${quote(text)} ;;`;
const textOf = (values: Values): string => (typeof values === 'string' ? `@${values}` : values.join(' '));

/** For bash 4 and later; needs no package of completions. */
export function bashCompletion(tree: readonly CommandWords[]): string {
  return `# bash completion of dmplan, as "dmplan completion bash" writes it

${facts(tree)}
${ENGINE}`;
}

const ENGINE = `_dmplan_offer() {
  local node
  case $1 in
    @anything) ;;
    @file)
      compopt -o filenames 2> /dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$2")
      ;;
    @device)
      for node in /dev/mapper/*; do
        node=\${node##*/}
        [[ $node != control && $node != '*' && $node == "$2"* ]] && COMPREPLY+=("$node")
      done
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
  esac
}

_dmplan() {
  local word REPLY path= count=0 takes= ended= at
  local current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == = ]]; then
      continue # readline parts --option=value in three
    elif [[ -n $takes ]]; then
      takes=
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -* ]]; then
      _dmplan_takes "$path $word"
      [[ -n $REPLY ]] || _dmplan_takes " $word"
      takes=$REPLY
    else
      _dmplan_is_command "\${path:+$path }$word"
      if [[ -n $REPLY ]]; then path=\${path:+$path }$word; else ((count++)); fi
    fi
  done
  [[ $current == = ]] && current=
  if [[ -n $takes ]]; then
    _dmplan_offer "$takes" "$current"
  elif [[ -z $ended && $current == -* ]]; then
    _dmplan_options "$path"
    _dmplan_offer "$REPLY" "$current"
  else
    _dmplan_commands "$path"
    [[ -n $REPLY ]] || _dmplan_argument "$path $count"
    _dmplan_offer "\${REPLY:-@anything}" "$current"
  fi
}

complete -F _dmplan dmplan
`;

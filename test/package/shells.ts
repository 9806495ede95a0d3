/** Real shells that complete a line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export type Shell = 'bash' | 'zsh' | 'fish';

/** What each runs for its arguments, one line after the other: `> LINE`, and below it what it offers for the end of that line. */
const DRIVERS: Readonly<Record<Shell, string>> = {
  bash: `
    source "$SCRIPT"
    for line; do
      echo "> $line"
      read -ra COMP_WORDS <<< "\${line//=/ = }"
      [[ $line == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _dmplan
      printf '%s\\n' "\${COMPREPLY[@]}"
    done`,
  fish: `
    source "$SCRIPT"
    for line in $argv
      echo "> $line"
      complete -C "$line" | string split -f 1 \\t
    end`,
  // only in a terminal does zsh complete; each line has one of its own
  zsh: `
    zmodload zsh/zpty
    autoload -Uz compinit; compinit -u -d "$SCRIPT.dump"
    for line; do
      print -r -- "> $line"
      zpty shell zsh -f -i
      zpty -w shell "$INNER"
      zpty -r shell told '*<ready>*'
      zpty -w -n shell "$line"$'\\t'
      zpty -r shell told '*<done>*'
      zpty -d shell
      print -r -- "$told" | grep -o '\\[\\[.*\\]\\]' | sed 's/^\\[\\[//; s/\\]\\]$//'
    done`,
};

/** The zsh that completes: it prints what is handed to compadd, and ends. */
const INNER = `PS1= PS2=; stty -echo cols 500; autoload -Uz compinit; compinit -C -d $SCRIPT.dump; source $SCRIPT
compadd() {
  [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }
  local -a hits; builtin compadd -A hits "$@"; local hit; for hit in $hits; print -r -- "[[$hit]]"
  builtin compadd "$@"
}
finish() { print "<""done>"; exit }
comppostfuncs=(finish)
bindkey "^I" complete-word
print "<"ready">"`;

const RUN: Readonly<Record<Shell, (script: string) => string[]>> = {
  bash: (script) => ['bash', '--norc', '-c', script, 'bash'],
  zsh: (script) => ['zsh', '-f', '-c', script, 'zsh'],
  fish: (script) => ['fish', '--no-config', '-c', script],
};

/** What the shell offers for the end of each line, sorted; `script` is the file that it reads. */
export async function offered(
  shell: Shell,
  script: string,
  lines: readonly string[],
  cwd: string,
): Promise<Map<string, string[]>> {
  const [program, ...args] = RUN[shell](DRIVERS[shell]);
  const env = { ...process.env, SCRIPT: script, INNER, TERM: 'dumb' };
  const child = spawn(program!, [...args, ...lines], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (err !== '') throw new Error(`${shell}: ${err}`);
  const parts = out.split(/^> /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [line, ...words] = part.split('\n');
      return [line!, [...new Set(words.filter((word) => word !== ''))].sort()];
    }),
  );
}

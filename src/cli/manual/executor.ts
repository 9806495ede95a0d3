import { entry, first, paragraph, section, title, verbatim } from './roff.ts';

/** dmplan-executor(8), from what `--help` says of it and what docs/protocol.md says of its exit codes. */
export function executorPage(help: string, protocol: string, version: string, date: string): string {
  const [usage, about, ...rest] = help.trim().split('\n\n');
  return [
    title('dmplan-executor', 8, date, `dmplan ${version}`),
    section('Name'),
    `dmplan\\-executor \\- forwards device\\-mapper plans to the kernel\n`,
    section('Synopsis'),
    verbatim(usage!.replace(/^usage: /, ''), true),
    section('Description'),
    first(about!.replaceAll('\n', ' ')),
    ...ABOUT.map(paragraph),
    section('Options'),
    ...optionsOf(rest.join('\n')),
    section('Exit status'),
    ...exitsOf(protocol),
    section('Environment'),
    ...ENVIRONMENT.map(([term, meaning]) => entry(term, meaning)),
    section('Files'),
    ...FILES.map(([term, meaning]) => entry(term, meaning)),
    section('See also'),
    `.BR dmplan (8),\n.BR dmsetup (8)\n`,
    paragraph('docs/protocol.md of the package is the contract with clients; docs/deploy.md runs it as a service.'),
  ].join('');
}

const ABOUT = [
  'It knows nothing of tables: it checks that a payload is well formed and allowed, byte by byte, and hands it to the kernel. When a step of a plan fails, what the plan did is undone; what a kill leaves half done, the next executor undoes before it says hello.',
  'It needs CAP_SYS_ADMIN and /dev/mapper/control, and the package koffi, which calls the kernel.',
];

const ENVIRONMENT: readonly [string, string][] = [
  ['LISTEN_FDS, LISTEN_PID', 'the socket that is inherited, as sd_listen_fds(3) has it'],
  ['NOTIFY_SOCKET, WATCHDOG_USEC', 'where to say that it is ready and alive, as sd_notify(3) has it'],
  ['RUNTIME_DIRECTORY', 'where journals are kept, without --journal'],
];

const FILES: readonly [string, string][] = [
  ['/dev/mapper/control', 'the node that device-mapper is told through'],
  ['/run/dmplan', 'journals of what a kill must not lose, one for each executor that runs'],
];

/** `  --option ARGUMENT   what it is`; deeper lines go on with the one above. */
function optionsOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.startsWith('  '));
  const options: { term: string; meaning: string }[] = [];
  for (const line of lines) {
    const [, term, meaning] = /^ {2}(-\S.*?) {2,}(.*)$/.exec(line) ?? [];
    if (term !== undefined) options.push({ term, meaning: meaning! });
    else options.at(-1)!.meaning += ` ${line.trim()}`;
  }
  return options.map(({ term, meaning }) => entry(term, meaning));
}

/** The rows of the table whose head is `| exit | when |`. */
function exitsOf(protocol: string): string[] {
  const [, rows] = /^\| exit \| when \|\n\|[-|]+\n((?:\|.*\n)+)/m.exec(protocol) ?? [];
  if (rows === undefined) throw new Error('docs/protocol.md has no table of exit codes');
  return [...rows.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, when]) => entry(code!, when!));
}

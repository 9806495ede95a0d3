import type { Command } from 'commander';
import { entry, first, paragraph, section, subsection, title, verbatim } from './roff.ts';

/** dmplan(8), from the program's own help. */
export function dmplanPage(program: Command, version: string, date: string): string {
  return [
    title('dmplan', 8, date, `dmplan ${version}`),
    section('Name'),
    `dmplan \\- device\\-mapper tables as exact bytes, planned and applied\n`,
    section('Synopsis'),
    `.B dmplan\n.RI [ options ]\n.I command\n.RI [ arguments ]\n`,
    section('Description'),
    ...ABOUT.map((text, at) => (at === 0 ? first(text) : paragraph(text))),
    section('Options'),
    first('Every command takes these, in front of it or behind it:'),
    ...optionsOf(program),
    section('Commands'),
    ...commandsOf(program, ''),
    section('Exit status'),
    ...pairs(EXITS),
    section('Environment'),
    ...pairs(ENVIRONMENT),
    section('Files'),
    ...pairs(FILES),
    section('Examples'),
    ...afterHelp(program).map((text) => verbatim(text.replace(/^Examples:\n/, ''), true)),
    section('See also'),
    `.BR dmplan\\-executor (8),\n.BR dmsetup (8),\n.BR veritysetup (8)\n`,
  ].join('');
}

const ABOUT = [
  'dmplan compiles device-mapper tables into the exact payloads of the kernel’s ioctls, in a module that can do nothing else, and applies them through `dmplan-executor`, a small process that checks every byte and forwards it. The verbs, their arguments and the text they print are those of dmsetup; --json prints the same for programs.',
  'Commands that change devices, or ask about them, need a kernel with device-mapper, and root or an executor that listens (--executor). `plan`, `inspect`, `explain`, `policy`, `convert` and `verity format`, `verify`, `repair`, `dump` and `info` need neither. With --kernel a command runs against a real kernel that is thrown away afterwards, with files as its disks; that needs no root either.',
  'An error has a name that never changes, the place in what was asked, and says what to do. A plan that fails leaves nothing behind.',
];

const EXITS: readonly [string, string][] = [
  ['0', 'all was done'],
  ['1', 'something failed, or is not as it should be; standard error, or with --json standard output, says what'],
];

const ENVIRONMENT: readonly [string, string][] = [
  ['DMPLAN_EXECUTOR', 'what --executor says, where it is not given'],
  ['DMPLAN_UUID_PREFIX', 'what --uuid-prefix says, where it is not given'],
  ['NO_COLOR', 'where this is set, no text is coloured'],
  ['XDG_CACHE_HOME', 'where kernels for --kernel are kept, in dmplan/kernels; ~/.cache unless set'],
];

const FILES: readonly [string, string][] = [
  ['/dev/mapper/control', 'the node that device-mapper is told through'],
  ['/dev/mapper/NAME', 'the node of each device'],
];

function pairs(rows: readonly [string, string][]): string[] {
  return rows.map(([term, meaning]) => entry(term, meaning));
}

function optionsOf(command: Command): string[] {
  const help = command.createHelp();
  const visible = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return visible.map((option) => entry(help.optionTerm(option), help.optionDescription(option)));
}

function argumentsOf(command: Command): string[] {
  const help = command.createHelp();
  const described = command.registeredArguments.filter(({ description, argChoices }) => description || argChoices);
  return described.map((each) => entry(help.argumentTerm(each), help.argumentDescription(each)));
}

/** Every command, and those of a command behind it. */
function commandsOf(command: Command, path: string): string[] {
  const help = command.createHelp();
  const inner = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  return inner.flatMap((each) => {
    const name = `${path}${each.name()}`;
    const aliases = each.aliases().map((alias) => `, or ${path}${alias}`);
    return [
      subsection(`${name}${aliases.join('')} ${each.usage()}`),
      first(sentence(each.description())),
      ...argumentsOf(each),
      ...optionsOf(each),
      ...afterHelp(each).map((text) => (/^ {2}/m.test(text) ? verbatim(text) : paragraph(text.replaceAll('\n', ' ')))),
      ...commandsOf(each, `${name} `),
    ];
  });
}

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

/** What stands behind a command's help, by paragraphs. */
function afterHelp(command: Command): string[] {
  let shown = '';
  const write = (text: string): void => {
    shown += text;
  };
  const { writeOut } = command.configureOutput();
  command.configureOutput({ writeOut: write }).outputHelp();
  command.configureOutput({ writeOut: writeOut! });
  const after = shown.slice(command.helpInformation().length).trim();
  return after === '' ? [] : after.split('\n\n');
}

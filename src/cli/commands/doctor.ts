import type { Command } from 'commander';
import { readFacts } from '../../doctor/facts.ts';
import { type Finding, findingsOf } from '../../doctor/findings.ts';
import { socketOf } from '../open.ts';
import type { Output } from '../output.ts';
import type { Start } from './start.ts';

/** `dmplan doctor`: what is missing on this host. */
export function addDoctor(program: Command, start: Start): void {
  program
    .command('doctor')
    .description('say what dmplan lacks on this host, and how to mend it')
    .addHelpText(
      'after',
      `
Looks, and changes nothing: at node, koffi, the kernel, the control node, capabilities, udev, the journal's folder, and what
an executor says of itself: the one behind --executor, else a child. The exit code is 1 when something needed is missing.

Examples:
  sudo dmplan doctor
  dmplan doctor --executor unix:/run/dmplan.sock --json`,
    )
    .action(async (_options: object, command: Command) => {
      const context = start(command);
      const facts = await readFacts(socketOf(context.options), context.signal);
      const findings = findingsOf(facts);
      const ok = findings.every(({ ok, needed }) => ok || !needed);
      if (!ok) context.fail();
      if (context.options.json) context.output.json({ ok, route: facts.route, findings });
      else context.output.text(findings.map((finding) => findingText(finding, context.output)).join(''));
    });
}

const NAME_WIDTH = 14;

function findingText({ name, ok, needed, what, remedy }: Finding, { colors }: Output): string {
  const [word, color] = ok ? ['ok', colors.green] : needed ? ['missing', colors.red] : ['unneeded', colors.dim];
  const line = `${color((word as string).padEnd(8))} ${name.padEnd(NAME_WIDTH)} ${what}\n`;
  return remedy === undefined || !needed ? line : `${line}         ${''.padEnd(NAME_WIDTH)} to do: ${remedy}\n`;
}

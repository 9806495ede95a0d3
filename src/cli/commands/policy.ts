import type { Command } from 'commander';
import { loadPlanner } from '../../planner/planner.ts';
import {
  badPolicy,
  checkPolicy,
  explainPolicy,
  type PolicyAnswer,
  type PolicyExplanation,
} from '../../policy/index.ts';
import { readInput } from '../input.ts';
import type { Output } from '../output.ts';
import { requestOf } from './plan.ts';
import type { Start } from './start.ts';

/** `dmplan policy`: what an executor would make of a policy, without privilege. */
export function addPolicy(program: Command, start: Start): void {
  const policy = program
    .command('policy')
    .description("try an executor's policy, by the code that judges for an executor")
    .addHelpText(
      'after',
      `
Needs neither privilege nor a kernel. What is counted, and what a table really opens, only a running executor can tell.

Examples:
  dmplan policy check /etc/dmplan/policy.json
  dmplan policy explain /etc/dmplan/policy.json request.json
  echo '0 2048 zero' | dmplan policy explain policy.json - --name img-1 --uuid DMPLAN-1`,
    );
  addCheck(policy, start);
  addExplain(policy, start);
  for (const command of policy.commands) command.copyInheritedSettings(program);
}

function addCheck(policy: Command, start: Start): void {
  policy
    .command('check')
    .description('say whether the document is right and its place can be trusted, and print its digest')
    .argument('<file>')
    .action(async (file: string, _options: object, command: Command) => {
      const { output, options, fail } = start(command);
      const checked = await checkPolicy(file);
      if (options.json) {
        if (checked.error) fail();
        return output.json(checked);
      }
      if (checked.error) throw badPolicy(file, checked.error);
      output.text(`${file}: ${checked.digest}\n`);
      if (checked.trusted !== true) output.note(`an executor would not take it from this place: ${checked.trusted}`);
    });
}

interface ExplainOptions {
  name?: string;
  uuid?: string;
  readonly?: boolean;
}

function addExplain(policy: Command, start: Start): void {
  policy
    .command('explain')
    .description('say which clients may do what a request asks for, step by step and rule by rule')
    .argument('<policy_file>', 'the policy')
    .argument('<file>', "a JSON request or dmsetup's table text; - for standard input")
    .option('--name <name>', "for table text: the device's name (default: the file's)")
    .option('-u, --uuid <uuid>', "for table text: the device's uuid")
    .option('-r, --readonly', 'for table text: load it read-only')
    .action(async (file: string, request: string, given: ExplainOptions, command: Command) => {
      const { output, options } = start(command);
      const planner = await loadPlanner();
      const plan = planner.plan(requestOf(await readInput(request), request, { action: 'create', ...given }));
      const explained = await explainPolicy(file, plan);
      if (options.json) output.json(explained);
      else output.text(explanationText(explained, output));
    });
}

function explanationText({ steps }: PolicyExplanation, { colors }: Output): string {
  return steps
    .map(({ step, command, clients }) => {
      const answers = clients.map((answer) => `  ${answerText(answer, colors)}\n`);
      return `${colors.bold(`${step + 1}. ${command}`)}\n${answers.join('')}`;
    })
    .join('');
}

function answerText({ client, rule, backing, refusal, refused }: PolicyAnswer, colors: Output['colors']): string {
  const who = (client === 'stdio' ? 'stdio' : `uid ${client}`).padEnd(10);
  if (rule !== null) {
    const on = backing === null ? '' : `, on ${backing.join(', ') || 'no device'} alone`;
    return `${who} ${colors.green('allowed')} by ${rule}${on}`;
  }
  const tried = Object.entries(refused).map(([name, key]) => `${name}: ${key}`);
  return `${who} ${colors.red('refused')}: ${tried.join('; ') || refusal}`;
}

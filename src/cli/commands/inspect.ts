import { type Command, Option } from 'commander';
import { COMMANDS, type CommandName } from '../../commands.ts';
import { DmError } from '../../errors.ts';
import { Plan } from '../../planner/plan.ts';
import { loadPlanner } from '../../planner/planner.ts';
import { annotatePayload } from '../annotate.ts';
import { readInput } from '../input.ts';
import type { Start } from './start.ts';

interface Payload {
  command: CommandName;
  payload: Uint8Array;
}

/** `dmplan inspect`: what the bytes of a payload mean. */
export function addInspect(program: Command, start: Start): void {
  program
    .command('inspect')
    .description('explain the bytes of a plan or of one payload, field by field')
    .argument(
      '<file>',
      'a plan (JSON, hex or MessagePack, as `plan` prints it), or a payload as hex or bytes; - for standard input',
    )
    .addOption(
      new Option('-c, --command <command>', 'for a payload: the command it belongs to').choices(Object.keys(COMMANDS)),
    )
    .option('--reply', 'for a payload: the kernel wrote it')
    .addHelpText(
      'after',
      `
Examples:
  dmplan plan request.json --format json | dmplan inspect -
  dmplan inspect payload.hex --command TABLE_LOAD
  dmplan inspect reply.bin --command TABLE_STATUS --reply`,
    )
    .action(async (file: string, options: { command?: CommandName; reply?: boolean }, command: Command) => {
      const { output } = start(command);
      const planner = await loadPlanner();
      const payloads = payloadsOf(await readInput(file), options.command);
      const explained = payloads.map(({ command, payload }) => ({
        command,
        payload,
        fields: planner.inspect(command, payload, { reply: options.reply ?? false }),
      }));
      if (command.optsWithGlobals().json) {
        output.json(explained.map(({ command, fields }) => ({ command, fields })));
        return;
      }
      for (const { command, payload, fields } of explained) {
        output.text(`${output.colors.bold(command)}, ${payload.length} bytes\n`);
        output.text(annotatePayload(payload, fields, output.colors));
      }
    });
}

/** How `plan --format hex` begins: on every line a command and its payload. */
const HEX_PLAN = /^[A-Z_]+ [0-9a-f]{2}/;

function payloadsOf(input: Buffer, command: CommandName | undefined): Payload[] {
  if (command !== undefined) return [{ command, payload: hexOrBytes(input) }];
  const text = input.toString('latin1').trim();
  if (text.startsWith('{')) return fromJson(text);
  if (HEX_PLAN.test(text)) return text.split(/\s*\n/).map((line) => payloadOf(line.split(' ')));
  try {
    return [...Plan.fromBytes(input).steps];
  } catch (cause) {
    throw new DmError({
      code: 'unknown_payload',
      message: 'the input is no plan; for the bytes of one payload say which command it belongs to with --command',
      cause,
    });
  }
}

function fromJson(text: string): Payload[] {
  try {
    const { steps } = JSON.parse(text) as { steps: { command: string; payload: string }[] };
    return steps.map(({ command, payload }) => payloadOf([command, payload]));
  } catch (cause) {
    throw new DmError({
      code: 'bad_plan',
      message: 'the JSON is not a plan as `dmplan plan --format json` prints it',
      cause,
    });
  }
}

function payloadOf([command = '', payload = '']: string[]): Payload {
  if (!Object.hasOwn(COMMANDS, command) || !isHex(payload)) {
    throw new DmError({
      code: 'bad_plan',
      message: `a step is a command and its payload in hex; this is "${command}"`,
    });
  }
  return { command: command as CommandName, payload: Buffer.from(payload, 'hex') };
}

function isHex(text: string): boolean {
  return text !== '' && text.length % 2 === 0 && !/[^0-9a-f]/i.test(text);
}

function hexOrBytes(input: Buffer): Uint8Array {
  const text = input.toString('latin1').replace(/\s/g, '');
  return isHex(text) ? Buffer.from(text, 'hex') : input;
}

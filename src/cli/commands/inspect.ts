import { once } from 'node:events';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMMANDS, type CommandName } from '../../commands.ts';
import { DmError } from '../../errors.ts';
import { looksLikeHex, readHex } from '../../inspect/hex-text.ts';
import { lineAndColumn, Problem } from '../../inspect/problem.ts';
import type { InspectedStep } from '../../inspect/table.ts';
import { Plan } from '../../planner/plan.ts';
import { loadPlanner, type Planner } from '../../planner/planner.ts';
import type { Field } from '../../reply.ts';
import { type Entry, entryOf } from '../../web/entry.ts';
import { fragmentOf } from '../../web/link.ts';
import { annotatePayload } from '../annotate.ts';
import { addDrawOptions, type DrawOptions, styleFor } from '../draw/options.ts';
import { drawSteps } from '../draw/steps.ts';
import { nameOfFile, readInput } from '../input.ts';
import type { Output } from '../output.ts';
import { serveInspector } from '../web-server.ts';
import type { Start } from './start.ts';

interface Payload {
  command: CommandName;
  payload: Uint8Array;
}

const FORMATS = ['map', 'annotated'] as const;

interface InspectOptions extends DrawOptions {
  format?: (typeof FORMATS)[number];
  command?: CommandName;
  reply?: boolean;
  web?: boolean;
  port?: number;
}

/** `dmplan inspect`: what the bytes of a payload mean. */
export function addInspect(program: Command, start: Start): void {
  const inspect = program
    .command('inspect')
    .description('explain the bytes of a plan or of one payload, field by field')
    .argument(
      '[file]',
      'a plan (JSON, hex or MessagePack, as `plan` prints it), or a payload as bytes, hex, a hex dump (xxd, hexdump -C) or a C array; - for standard input',
    )
    .addOption(
      new Option('-c, --command <command>', 'for a payload: the command it belongs to').choices(Object.keys(COMMANDS)),
    )
    .addOption(
      new Option('-f, --format <format>', 'how to print it (default: map on a terminal, else annotated)').choices(
        FORMATS,
      ),
    )
    .option('--reply', 'for a payload: the kernel wrote it')
    .option('--web', 'look at it in a browser instead: serves the inspector to this host, and prints its address')
    .option('--port <number>', 'for --web: the port (default: any that is free)', portOf)
    .addHelpText(
      'after',
      `
Examples:
  dmplan plan request.json --format json | dmplan inspect -
  dmplan inspect payload.hex --command TABLE_LOAD
  dmplan inspect reply.bin --command TABLE_STATUS --reply
  dmplan inspect --web table.txt                   the inspector, with the table in it`,
    )
    .action(async (file: string | undefined, options: InspectOptions, command: Command) => {
      const { output, signal } = start(command);
      if (options.web) return serve(file, options, output, signal);
      if (file === undefined)
        throw new DmError({ code: 'missing_file', message: 'say which file, or - for standard input' });
      const planner = await loadPlanner();
      const payloads = payloadsOf(await readInput(file), options.command);
      const reply = options.reply ?? false;
      const steps = payloads.map((payload) => ({ ...payload, reply }));
      if (command.optsWithGlobals().json) return output.json(steps.map((step) => explained(planner, step)));
      const format = options.format ?? (output.isTerminal ? 'map' : 'annotated');
      if (format === 'map') return output.text(drawSteps(planner, steps, styleFor(output, options)));
      for (const step of steps) {
        const { command, fields } = explained(planner, step);
        output.text(`${output.colors.bold(command)}, ${step.payload.length} bytes\n`);
        output.text(annotatePayload(step.payload, fields, output.colors));
      }
    });
  addDrawOptions(inspect);
}

function explained(
  planner: Planner,
  { command, payload, reply }: InspectedStep,
): { command: CommandName; fields: Field[] } {
  return { command, fields: planner.inspect(command, payload, { reply }) };
}

/** Serves the inspector until ^C; a file is in the link that is printed, so that the server need not know it. */
async function serve(
  file: string | undefined,
  options: InspectOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const fragment = file === undefined ? '' : await fragmentOf({ entry: await entryOfFile(file, options) });
  const { url, close } = await serveInspector(options.port ?? 0);
  output.text(`${url}${fragment}\n`);
  output.note('^C ends it');
  if (!signal.aborted) await once(signal, 'abort');
  close();
}

async function entryOfFile(file: string, { command, reply }: InspectOptions): Promise<Entry> {
  const input = await readInput(file);
  const isText = !/[\0-\x08\x0e-\x1f]/.test(input.toString('latin1'));
  return entryOf(isText ? input.toString('utf8') : input.toString('hex'), {
    name: nameOfFile(file),
    ...(command === undefined ? {} : { command, reply: reply ?? false }),
  });
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new InvalidArgumentError('Give a number from 0 to 65535.');
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

/** Text that looks like bytes, as people and programs write them, or the bytes themselves. */
function hexOrBytes(input: Buffer): Uint8Array {
  const text = input.toString('latin1');
  if (!looksLikeHex(text)) return input;
  try {
    return readHex(text);
  } catch (error) {
    if (!(error instanceof Problem) || typeof error.place !== 'object') throw error;
    const { line, column } = lineAndColumn(text, error.place.start);
    throw new DmError({ code: error.code, message: `line ${line}, column ${column}: ${error.message}`, cause: error });
  }
}

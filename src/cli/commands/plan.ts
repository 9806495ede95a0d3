import { type Command, Option } from 'commander';
import { DmError } from '../../errors.ts';
import type { Plan } from '../../planner/plan.ts';
import { loadPlanner, type Planner } from '../../planner/planner.ts';
import type { Request } from '../../request.ts';
import { annotate } from '../annotate.ts';
import type { Context } from '../context.ts';
import { addDrawOptions, type DrawOptions, styleFor } from '../draw/options.ts';
import { drawSteps } from '../draw/steps.ts';
import { nameOfFile, readInput } from '../input.ts';
import { mangle } from '../mangle.ts';
import type { Start } from './start.ts';

const FORMATS = ['map', 'annotated', 'json', 'hex', 'msgpack'] as const;

/** What is said of table text beside it. */
export interface TableWords {
  action: 'create' | 'load' | 'reload';
  name?: string;
  uuid?: string;
  readonly?: boolean;
}

interface PlanOptions extends TableWords, DrawOptions {
  format?: (typeof FORMATS)[number];
}

/** `dmplan plan`: from a request to the bytes, without a kernel. */
export function addPlan(program: Command, start: Start): void {
  const plan = program
    .command('plan')
    .description('print the ioctl payloads that a request or a table becomes')
    .argument('<file>', "a JSON request or dmsetup's table text; - for standard input")
    .addOption(
      new Option('-f, --format <format>', 'how to print it (default: map on a terminal, else annotated)').choices(
        FORMATS,
      ),
    )
    .addOption(
      new Option('--action <action>', 'for table text: what to do with it')
        .choices(['create', 'load', 'reload'])
        .default('create'),
    )
    .option('--name <name>', "for table text: the device's name (default: the file's)")
    .option('-u, --uuid <uuid>', "for table text: the device's uuid")
    .option('-r, --readonly', 'for table text: load it read-only')
    .addHelpText(
      'after',
      `
Examples:
  echo '0 2048 linear /dev/loop0 0' | dmplan plan - --name data
  dmplan plan table.txt --format map | less -R     where the sectors come from, and every byte, drawn
  dmplan plan request.json --format json
  dmplan plan request.json --format msgpack > plan.bin`,
    )
    .action(async (file: string, options: PlanOptions, command: Command) => {
      const context = start(command);
      const planner = await loadPlanner();
      const request = requestOf(await readInput(file), file, options);
      await print(planner.plan(request), planner, options, context);
    });
  addDrawOptions(plan);
}

/** JSON when the first character says so, else a table's text. */
export function requestOf(input: Buffer, file: string, options: TableWords): Request {
  if (input.toString('latin1').trimStart().startsWith('{')) return parseJson(input.toString('utf8'), file);
  return {
    action: options.action,
    name: mangle(options.name ?? nameOfFile(file)),
    ...(options.uuid === undefined ? {} : { uuid: mangle(options.uuid) }),
    ...(options.readonly ? { readOnly: true } : {}),
    table: input,
  } as Request;
}

export function parseJson(text: string, file: string): Request {
  try {
    return JSON.parse(text) as Request;
  } catch (cause) {
    throw new DmError({ code: 'bad_json', message: `${file} is not JSON: ${(cause as Error).message}`, cause });
  }
}

async function print(plan: Plan, planner: Planner, options: PlanOptions, context: Context): Promise<void> {
  const { output } = context;
  const unasked = context.options.json ? 'json' : output.isTerminal ? 'map' : 'annotated';
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  switch (options.format ?? unasked) {
    case 'msgpack':
      return output.bytes(plan.bytes);
    case 'hex':
      return output.text(plan.steps.map(({ command, payload }) => `${command} ${hex(payload)}\n`).join(''));
    case 'json':
      return output.json({
        v: 1,
        digest: await plan.digest(),
        steps: plan.steps.map(({ command, payload }) => ({ command, payload: hex(payload) })),
      });
    case 'map': {
      const steps = plan.steps.map((step) => ({ ...step, reply: false }));
      const drawn = drawSteps(planner, steps, styleFor(output, options));
      return output.text(`${drawn}\n${output.colors.dim(await plan.digest())}\n`);
    }
    case 'annotated':
      return output.text(await annotate(plan, planner, output.colors));
  }
}

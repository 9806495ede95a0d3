import type { Command } from 'commander';
import type { Difference } from '../../live/compare.ts';
import type { Expected } from '../../live/verify.ts';
import { readTable } from '../input.ts';
import { mangle } from '../mangle.ts';
import { callOf } from './names.ts';
import { parseJson } from './plan.ts';
import type { Start } from './start.ts';

interface VerifyOptions {
  table?: string;
  readonly?: boolean;
  uuid?: string;
}

/** `dmplan verify-live`: whether a device is what a table would have made. */
export function addVerify(program: Command, start: Start): void {
  program
    .command('verify-live')
    .description('compare a device with the table it should have')
    .argument('<name>')
    .argument('[file]', "a JSON request or dmsetup's table text; standard input unless given")
    .option('--table <table>', 'the table itself')
    .option('-r, --readonly', 'the table should be read-only')
    .option('-u, --uuid <uuid>', 'the uuid it should have')
    .addHelpText(
      'after',
      `
Compares the targets by meaning (a path is the device it names), whether the device is read-only or suspended, and what it
has open. Prints the differences; the exit code is 0 when there are none, else 1.

Examples:
  dmplan verify-live data table.txt
  dmplan verify-live root request.json --json`,
    )
    .action(async (name: string, file: string | undefined, options: VerifyOptions, command: Command) => {
      const context = start(command);
      const expected = expectedOf(await readTable(options.table, file), file ?? 'standard input', options);
      await context.withDeviceMapper(async (dm) => {
        const verified = await dm.verifyLive(mangle(name), expected, callOf(context));
        if (!verified.same) context.fail();
        if (context.options.json) context.output.json(verified);
        else context.output.text(verified.same ? 'same\n' : verified.differences.map(differenceText).join(''));
      });
    });
}

function expectedOf(input: string | Uint8Array, file: string, { readonly, uuid }: VerifyOptions): Expected {
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
  const given = { ...(readonly ? { readOnly: true } : {}), ...(uuid === undefined ? {} : { uuid: mangle(uuid) }) };
  if (!text.trimStart().startsWith('{')) return { table: input, ...given };
  const { targets, table, readOnly, uuid: own } = parseJson(text, file) as unknown as Record<string, never>;
  const request = { targets, table, readOnly, uuid: own };
  const known = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
  return { ...known, ...given } as unknown as Expected;
}

function differenceText({ path, expected, actual }: Difference): string {
  return `${path}: expected ${valueText(expected)}, actual ${valueText(actual)}\n`;
}

function valueText(value: unknown): string {
  if (value === undefined) return 'none';
  return JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? Number(field) : field));
}

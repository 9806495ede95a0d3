import type { Command } from 'commander';
import type { CallOptions } from '../../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../../device-mapper.ts';
import { concise } from '../../forms/concise.ts';
import type { DeviceInfo, TargetLine } from '../../reply.ts';
import { NO_DEVICES, targetsText } from '../dmsetup-text.ts';
import { unmangle } from '../mangle.ts';
import { VERSION } from '../version.ts';
import { callOf } from './names.ts';
import { forEach, inactive, type QueryOptions, query } from './query.ts';
import type { Start } from './start.ts';

interface RowsOptions extends QueryOptions {
  noflush?: boolean;
  showkeys?: boolean;
  target?: string;
  concise?: boolean;
}

/** The verbs that ask; their text is dmsetup's. */
export function addQueries(program: Command, start: Start): void {
  addTargets(program, start, 'status', 'the status of each target');
  addTargets(program, start, 'table', 'the table of each device');
  addTargets(program, start, 'measure', "what the kernel's integrity measurement is told of each table");
  addVersion(program, start);
}

type RowsAction = 'status' | 'table' | 'measure';

function addTargets(program: Command, start: Start, action: RowsAction, description: string): void {
  const command = query(program, action, description).option('--noflush', 'do not commit metadata for the answer');
  if (action !== 'measure') command.option('--target <type>', 'of targets of this type alone');
  if (action === 'table') {
    command
      .option('--showkeys', 'print keys instead of zeros')
      .option('--concise', 'print what `create --concise` takes');
  }
  command.action(async (names: string[], options: RowsOptions, command: Command) => {
    const context = start(command);
    const { several, answers } = await forEach(context, names, options.uuid, async (dm, device) => ({
      rows: await rowsOf(dm, device, action, options, callOf(context)),
      info: options.concise ? await dm.info(device, callOf(context)) : undefined,
    }));
    const shown = answers.map(({ name, answer }) => ({
      name,
      info: answer.info,
      targets: hideKeys(answer.rows, options, action),
    }));
    if (context.options.json) return context.output.json(shown.map(({ name, targets }) => ({ name, targets })));
    if (answers.length === 0) return context.output.text(NO_DEVICES);
    if (options.concise) return context.output.text(conciseText(shown));
    const text = shown.map(({ name, targets }) =>
      options.target !== undefined && targets.length === 0 ? '' : targetsText(targets, several ? name : undefined),
    );
    context.output.text(text.join(''));
  });
}

async function rowsOf(
  dm: DeviceMapper,
  device: DeviceRef,
  action: RowsAction,
  options: RowsOptions,
  call: CallOptions,
): Promise<TargetLine[]> {
  const flags = { ...inactive(options), ...(options.noflush ? { noFlush: true } : {}), ...call };
  const rows =
    action === 'table'
      ? dm.table(device, { ...flags, showKeys: options.showkeys === true })
      : dm[action](device, flags);
  return (await rows).filter(({ type }) => options.target === undefined || type === options.target);
}

/** Devices without a table are left out: `create --concise` could not make them. */
function conciseText(shown: { info: DeviceInfo | undefined; targets: TargetLine[] }[]): string {
  const devices = shown.flatMap(({ info, targets }) =>
    info && targets.length > 0
      ? [
          {
            name: unmangle(info.name),
            uuid: unmangle(info.uuid),
            minor: info.dev.minor,
            readOnly: info.readOnly,
            rows: targets,
          },
        ]
      : [],
  );
  return concise.write(devices);
}

/**
 * The tables of these targets may hold keys in hex, for which dmsetup prints zeros (tools/dmsetup.c _status). Behind the
 * first group; a crypt key that begins with a colon is only the name of one in a keyring.
 */
const KEYS: Record<string, RegExp> = {
  crypt: /^(\S* )([^ :]\S*)/g,
  integrity: /((?:internal_hash|journal_crypt|journal_mac):[^ :]*:)(\S*)/g,
};

function hideKeys(targets: TargetLine[], { showkeys }: RowsOptions, action: RowsAction): TargetLine[] {
  if (showkeys || action !== 'table') return targets;
  return targets.map((target) => {
    const keys = KEYS[target.type];
    return keys ? { ...target, params: target.params.replace(keys, zeros) } : target;
  });
}

function zeros(_: string, before: string, key: string): string {
  return before + '0'.repeat(key.length);
}

function addVersion(program: Command, start: Start): void {
  program
    .command('version')
    .description("print the versions of dmplan and of the kernel's device-mapper")
    .addHelpText('after', '\nExample:\n  dmplan version')
    .action(async (_options: object, command: Command) => {
      const context = start(command);
      await context.withDeviceMapper(async (dm) => {
        const driver = (await dm.version(callOf(context))).join('.');
        if (context.options.json) return context.output.json({ library: VERSION, driver });
        context.output.text(`Library version:   ${VERSION}\nDriver version:    ${driver}\n`);
      });
    });
}

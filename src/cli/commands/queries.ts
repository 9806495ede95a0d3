import type { Command } from 'commander';
import type { CallOptions } from '../../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../../device-mapper.ts';
import { concise } from '../../forms/concise.ts';
import type { Device, DeviceInfo, TargetLine } from '../../reply.ts';
import type { Context } from '../context.ts';
import { columnsText, depsText, infoText, listText, matchText, NO_DEVICES, targetsText } from '../dmsetup-text.ts';
import { unmangle } from '../mangle.ts';
import { localeHasUtf, type TreeDevice, treeJson, treeText } from '../tree.ts';
import { VERSION } from '../version.ts';
import { callOf, refsOf, shownName } from './names.ts';
import type { Start } from './start.ts';

interface QueryOptions {
  uuid?: string;
  inactive?: boolean;
  noflush?: boolean;
  showkeys?: boolean;
  target?: string;
  concise?: boolean;
  columns?: boolean;
}

/** The verbs that ask; their text is dmsetup's. */
export function addQueries(program: Command, start: Start): void {
  addInfo(program, start);
  addTargets(program, start, 'status', 'the status of each target');
  addTargets(program, start, 'table', 'the table of each device');
  addTargets(program, start, 'measure', "what the kernel's integrity measurement is told of each table");
  addDeps(program, start);
  addList(program, start);
  addVersion(program, start);
}

function query(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(`print ${description}`)
    .argument('[names...]', 'all devices unless given')
    .option('-u, --uuid <uuid>', 'by uuid')
    .option('--inactive', 'of the inactive table')
    .addHelpText('after', `\nExamples:\n  dmplan ${name} data\n  dmplan ${name} --json`);
}

/** Asks for every device that is meant; `several`: as dmsetup has it, unless one was named. */
async function forEach<T>(
  context: Context,
  names: string[],
  uuid: string | undefined,
  ask: (dm: DeviceMapper, device: DeviceRef) => Promise<T>,
): Promise<{ several: boolean; answers: { name: string; answer: T }[] }> {
  const devices = refsOf(names, uuid);
  const answers: { name: string; answer: T }[] = [];
  await context.withDeviceMapper(async (dm) => {
    const asked = devices.length > 0 ? devices : (await dm.list(callOf(context))).map((device) => device.name);
    for (const device of asked) {
      answers.push({ name: shownName(device), answer: await ask(dm, device) });
    }
  });
  return { several: devices.length !== 1, answers };
}

function inactive({ inactive }: QueryOptions): { inactive?: boolean } {
  return inactive ? { inactive: true } : {};
}

function addInfo(program: Command, start: Start): void {
  query(program, 'info', 'the state of each device')
    .option('-c, --columns', 'in columns')
    .action(async (names: string[], options: QueryOptions, command: Command) => {
      const context = start(command);
      const { answers } = await forEach(context, names, options.uuid, (dm, device) =>
        dm.info(device, { ...inactive(options), ...callOf(context) }),
      );
      const infos = answers.map(({ answer }) => answer);
      if (context.options.json) return context.output.json(infos);
      if (infos.length === 0) return context.output.text(NO_DEVICES);
      context.output.text(options.columns ? columnsText(infos) : infos.map(infoText).join(''));
    });
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
  command.action(async (names: string[], options: QueryOptions, command: Command) => {
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
  options: QueryOptions,
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

function hideKeys(targets: TargetLine[], { showkeys }: QueryOptions, action: RowsAction): TargetLine[] {
  if (showkeys || action !== 'table') return targets;
  return targets.map((target) => {
    const keys = KEYS[target.type];
    return keys ? { ...target, params: target.params.replace(keys, zeros) } : target;
  });
}

function zeros(_: string, before: string, key: string): string {
  return before + '0'.repeat(key.length);
}

function addDeps(program: Command, start: Start): void {
  query(program, 'deps', 'the devices that each table has open').action(
    async (names: string[], options: QueryOptions, command: Command) => {
      const context = start(command);
      const { several, answers } = await forEach(context, names, options.uuid, (dm, device) =>
        dm.deps(device, { ...inactive(options), ...callOf(context) }),
      );
      if (context.options.json) return context.output.json(answers.map(({ name, answer }) => ({ name, deps: answer })));
      const text = answers.map(({ name, answer }) => depsText(answer, several ? name : undefined)).join('');
      context.output.text(answers.length === 0 ? NO_DEVICES : text);
    },
  );
}

interface ListOptions {
  target?: string;
  tree?: boolean;
  options?: string;
}

const TREE_OPTIONS = ['ascii', 'utf', 'inverted'];

function addList(program: Command, start: Start): void {
  program
    .command('ls')
    .description('print the names and numbers of all devices')
    .option('--target <type>', 'of devices with a target of this type alone')
    .option('--tree', 'each above what it has open')
    .option('-o, --options <words>', `of the tree, parted by commas: ${TREE_OPTIONS.join(', ')}`)
    .addHelpText('after', '\nExamples:\n  dmplan ls\n  dmplan ls --tree -o utf\n  dmplan ls --target verity --json')
    .action(async (options: ListOptions, command: Command) => {
      const context = start(command);
      const words = treeWords(options.options, command);
      await context.withDeviceMapper(async (dm) => {
        const devices = await dm.list({ uuids: context.options.json === true, ...callOf(context) });
        if (options.tree) return printTree(context, dm, devices, words);
        if (options.target !== undefined) return printMatches(context, dm, devices, options.target);
        if (context.options.json) return context.output.json(devices);
        context.output.text(listText(devices));
      });
    });
}

function treeWords(options: string | undefined, command: Command): string[] {
  const words = (options ?? '').split(',').filter((word) => word !== '');
  const other = words.find((word) => !TREE_OPTIONS.includes(word));
  if (other !== undefined) command.error(`error: "${other}" is none of ${TREE_OPTIONS.join(', ')}`);
  return words;
}

async function printTree(context: Context, dm: DeviceMapper, devices: Device[], words: string[]): Promise<void> {
  const tree: TreeDevice[] = [];
  for (const device of devices) tree.push({ device, deps: await dm.deps(device.name, callOf(context)) });
  if (context.options.json) return context.output.json(treeJson(tree));
  const utf = words.includes('utf') || (localeHasUtf() && !words.includes('ascii'));
  const text = treeText(tree, { utf, inverted: words.includes('inverted') });
  context.output.text(devices.length === 0 ? NO_DEVICES : text);
}

async function printMatches(context: Context, dm: DeviceMapper, devices: Device[], type: string): Promise<void> {
  const found: Device[] = [];
  for (const device of devices) {
    const rows = await dm.table(device.name, { noFlush: true, ...callOf(context) });
    if (rows.some((row) => row.type === type)) found.push(device);
  }
  if (context.options.json) return context.output.json(found);
  context.output.text(devices.length === 0 ? NO_DEVICES : found.map(({ name, dev }) => matchText(name, dev)).join(''));
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

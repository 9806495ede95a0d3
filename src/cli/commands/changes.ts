import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CallOptions } from '../../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../../device-mapper.ts';
import { DmError } from '../../errors.ts';
import { concise } from '../../forms/concise.ts';
import { requestOf } from '../../forms/device.ts';
import type { Actions, Table } from '../../request.ts';
import { readTable } from '../input.ts';
import { mangle } from '../mangle.ts';
import { callOf, deviceAnd, devicesOf, refsOf, shownName } from './names.ts';
import type { Start } from './start.ts';

interface TableOptions {
  table?: string;
  readonly?: boolean;
  uuid?: string;
  notable?: boolean;
  concise?: boolean;
  ifExists?: 'same' | 'fail';
  minor?: number;
  noflush?: boolean;
  nolockfs?: boolean;
}

/** The verbs that change devices. */
export function addChanges(program: Command, start: Start): void {
  addCreate(program, start);
  addRename(program, start);
  addLoad(program, start, 'load', 'load a table into the inactive slot');
  addLoad(program, start, 'reload', 'load a table and put it to use: load, suspend, resume');
  addSimple(program, start, 'clear', 'drop the inactive table', (dm, device, call) => dm.clear(device, call));
  addSuspend(program, start, 'suspend', 'hold back I/O until resume');
  addSuspend(program, start, 'resume', 'put the inactive table to use, if there is one, and let I/O go on');
  addNodes(program, start);
}

function addCreate(program: Command, start: Start): void {
  program
    .command('create')
    .description('create a device, load its table and resume it')
    .argument('[name]')
    .argument('[table_file]', 'the table; standard input unless given')
    .option('--table <table>', 'the table itself')
    .addOption(new Option('-n, --notable', 'create the device without a table').conflicts('table'))
    .option('-r, --readonly', 'load the table read-only')
    .option('-u, --uuid <uuid>')
    .option('-m, --minor <number>', 'with this minor number, if the executor lets one be chosen', minorOf)
    .option('-j, --major <number>', 'taken for dmsetup’s sake: the kernel gives every device its own', minorOf)
    .addOption(
      new Option('--if-exists <how>', 'a device of this name that is exactly the same will do, or not').choices([
        'same',
        'fail',
      ]),
    )
    .addOption(
      new Option(
        '--concise',
        'the first argument, or standard input, describes devices: name,uuid,minor,flags,table…',
      ).conflicts(['table', 'notable', 'uuid', 'readonly', 'minor', 'major']),
    )
    .addHelpText(
      'after',
      `
Examples:
  dmplan create data --table '0 2048 linear /dev/loop0 0'
  dmplan create data < table.txt
  dmplan create img -r --table "0 16384 verity 1 /dev/loop0 /dev/loop1 4096 4096 2048 1 sha256 $ROOT $SALT"
  dmplan create --concise 'dev1,,,,0 100 zero;dev2,,,ro,0 1 error'`,
    )
    .action(async (name: string | undefined, file: string | undefined, options: TableOptions, command: Command) => {
      const context = start(command);
      const devices = options.concise
        ? await conciseDevices(name, file, command)
        : [await deviceOf(name ?? command.error("error: missing required argument 'name'"), file, options)];
      const ifExists = options.ifExists ? { ifExists: options.ifExists } : {};
      await context.withDeviceMapper(async (dm) => {
        const created: unknown[] = [];
        for (const device of devices) {
          created.push(await dm.create(device, { ...ifExists, ...callOf(context) }));
        }
        if (context.options.json) context.output.json(options.concise ? created : created[0]);
      });
    });
}

async function deviceOf(name: string, file: string | undefined, options: TableOptions): Promise<Actions['create']> {
  const device = {
    name: mangle(name),
    ...(options.uuid === undefined ? {} : { uuid: mangle(options.uuid) }),
    ...(options.minor === undefined ? {} : { minor: options.minor }),
  };
  return options.notable
    ? { ...device, noTable: true }
    : { ...device, ...readOnly(options), table: await readTable(options.table, file) };
}

function minorOf(text: string): number {
  if (/^\d{1,7}$/.test(text) && Number(text) < 1 << 20) return Number(text);
  throw new InvalidArgumentError('Give a number from 0 to 1048575.');
}

async function conciseDevices(
  text: string | undefined,
  more: string | undefined,
  command: Command,
): Promise<Actions['create'][]> {
  if (more !== undefined) command.error('error: too many arguments');
  const devices = concise.read(text ?? Buffer.from(await readTable(undefined, undefined)).toString('utf8'));
  if (devices.length === 0) throw new DmError({ code: 'bad_form', message: 'no device is described' });
  return devices.map((device) => {
    const { action: _, ...fields } = requestOf({ ...device, name: mangle(device.name), uuid: mangle(device.uuid) });
    return fields as Actions['create'];
  });
}

function addRename(program: Command, start: Start): void {
  program
    .command('rename')
    .description('give a device another name, or its uuid')
    .argument('<words...>', 'device and new name, or device and uuid with --setuuid; without the device after --uuid')
    .option('-u, --uuid <uuid>', 'by uuid')
    .option('--setuuid', 'the word is the uuid of a device that has none yet')
    .addHelpText('after', '\nExamples:\n  dmplan rename data old\n  dmplan rename data --setuuid DATA-42')
    .action(async (words: string[], options: { uuid?: string; setuuid?: boolean }, command: Command) => {
      const context = start(command);
      const [device, [word, ...more]] = deviceAnd(words, options.uuid, command);
      if (word === undefined || more.length > 0) command.error('error: give one new name, or with --setuuid one uuid');
      await context.withDeviceMapper(async (dm) => {
        if (options.setuuid) await dm.setUuid(device, mangle(word), callOf(context));
        const path = options.setuuid ? undefined : await dm.rename(device, mangle(word), callOf(context));
        if (context.options.json) context.output.json(options.setuuid ? { uuid: mangle(word) } : { path });
      });
    });
}

function addNodes(program: Command, start: Start): void {
  program
    .command('mknodes')
    .description('make the nodes of devices anew where they are gone')
    .argument('[names...]', 'all devices unless given')
    .option('-u, --uuid <uuid>', 'by uuid')
    .addHelpText(
      'after',
      `
Not of devices that are suspended, or have an inactive table: nodes are made by a resume. Nodes without a device stay.

Example:
  dmplan mknodes data`,
    )
    .action(async (names: string[], options: { uuid?: string }, command: Command) => {
      const context = start(command);
      const devices = refsOf(names, options.uuid);
      await context.withDeviceMapper(async (dm) => {
        const all = devices.length > 0 ? devices : (await dm.list(callOf(context))).map(({ name }) => name);
        const made: { name: string; path: string | undefined }[] = [];
        for (const device of all) {
          made.push({ name: shownName(device), path: await dm.makeNode(device, callOf(context)) });
        }
        if (context.options.json) context.output.json(made);
      });
    });
}

function addLoad(program: Command, start: Start, action: 'load' | 'reload', description: string): void {
  const command = program
    .command(action)
    .description(description)
    .argument('<name>')
    .argument('[table_file]', 'the table; standard input unless given')
    .option('--table <table>', 'the table itself')
    .option('-r, --readonly', 'load the table read-only')
    .addHelpText('after', `\nExample:\n  dmplan ${action} data --table '0 4096 linear /dev/loop0 0'`);
  if (action === 'reload') addSuspendOptions(command);
  command.action(async (name: string, file: string | undefined, options: TableOptions, command: Command) => {
    const context = start(command);
    const device = mangle(name);
    const table: Table = { table: await readTable(options.table, file) };
    await context.withDeviceMapper(async (dm) => {
      const call = { ...table, ...readOnly(options), ...callOf(context) };
      const info = await (action === 'load'
        ? dm.load(device, call)
        : dm.reload(device, { ...call, ...flagsOf(options) }));
      if (context.options.json) context.output.json(info);
    });
  });
}

function addSuspend(program: Command, start: Start, action: 'suspend' | 'resume', description: string): void {
  const run: Run = (dm, device, call, options) => dm[action](device, { ...flagsOf(options), ...call });
  addSuspendOptions(addSimple(program, start, action, description, run));
}

type Run = (dm: DeviceMapper, device: DeviceRef, call: CallOptions, options: TableOptions) => Promise<unknown>;

function addSimple(program: Command, start: Start, action: string, description: string, run: Run): Command {
  return program
    .command(action)
    .description(description)
    .argument('[names...]')
    .option('-u, --uuid <uuid>', 'by uuid')
    .addHelpText('after', `\nExample:\n  dmplan ${action} data`)
    .action(async (names: string[], options: TableOptions, command: Command) => {
      const context = start(command);
      const devices = devicesOf(names, options.uuid, command);
      await context.withDeviceMapper(async (dm) => {
        const infos: unknown[] = [];
        for (const device of devices) infos.push(await run(dm, device, callOf(context), options));
        if (context.options.json) context.output.json(infos);
      });
    });
}

function addSuspendOptions(command: Command): void {
  command
    .option('--noflush', 'do not wait for I/O under way')
    .option('--nolockfs', 'do not freeze the file system first');
}

function flagsOf({ noflush, nolockfs }: TableOptions): { noFlush?: boolean; skipLockfs?: boolean } {
  return { ...(noflush ? { noFlush: true } : {}), ...(nolockfs ? { skipLockfs: true } : {}) };
}

function readOnly({ readonly }: TableOptions): { readOnly?: boolean } {
  return readonly ? { readOnly: true } : {};
}

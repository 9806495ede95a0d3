import { type Command, Option } from 'commander';
import type { DeviceMapper, DeviceRef } from '../../device-mapper.ts';
import type { CallOptions } from '../../executor/connection.ts';
import type { Table } from '../../request.ts';
import type { Context } from '../context.ts';
import { readTable } from '../input.ts';
import { mangle } from '../mangle.ts';
import type { Start } from './start.ts';

/** How to call with this context. */
export function callOf({ options, signal }: Context): CallOptions {
  return { signal, deadline: options.deadline };
}

interface TableOptions {
  table?: string;
  readonly?: boolean;
  uuid?: string;
  notable?: boolean;
  noflush?: boolean;
  nolockfs?: boolean;
}

/** The verbs that change devices. */
export function addChanges(program: Command, start: Start): void {
  addCreate(program, start);
  addRemove(program, start);
  addLoad(program, start, 'load', 'load a table into the inactive slot');
  addLoad(program, start, 'reload', 'load a table and put it to use: load, suspend, resume');
  addSimple(program, start, 'clear', 'drop the inactive table', (dm, device, call) => dm.clear(device, call));
  addSuspend(program, start, 'suspend', 'hold back I/O until resume');
  addSuspend(program, start, 'resume', 'put the inactive table to use, if there is one, and let I/O go on');
}

function addCreate(program: Command, start: Start): void {
  program
    .command('create')
    .description('create a device, load its table and resume it')
    .argument('<name>')
    .argument('[table_file]', 'the table; standard input unless given')
    .option('--table <table>', 'the table itself')
    .addOption(new Option('-n, --notable', 'create the device without a table').conflicts('table'))
    .option('-r, --readonly', 'load the table read-only')
    .option('-u, --uuid <uuid>')
    .addHelpText(
      'after',
      `
Examples:
  dmplan create data --table '0 2048 linear /dev/loop0 0'
  dmplan create data < table.txt
  dmplan create img -r --table "0 16384 verity 1 /dev/loop0 /dev/loop1 4096 4096 2048 1 sha256 $ROOT $SALT"`,
    )
    .action(async (name: string, file: string | undefined, options: TableOptions, command: Command) => {
      const context = start(command);
      const uuid = options.uuid === undefined ? {} : { uuid: mangle(options.uuid) };
      const fields = options.notable
        ? { name: mangle(name), ...uuid, noTable: true as const }
        : { name: mangle(name), ...uuid, ...readOnly(options), table: await readTable(options.table, file) };
      await context.withDeviceMapper(async (dm) => {
        const created = await dm.create(fields, callOf(context));
        if (context.options.json) context.output.json(created);
      });
    });
}

function addRemove(program: Command, start: Start): void {
  program
    .command('remove')
    .alias('rm')
    .description('remove devices and their nodes')
    .argument('[names...]')
    .option('-u, --uuid <uuid>', 'by uuid')
    .option('--deferred', 'when in use, remove it on last close')
    .addHelpText(
      'after',
      `
Examples:
  dmplan remove data
  dmplan remove -u CRYPT-42 --deferred`,
    )
    .action(async (names: string[], options: { uuid?: string; deferred?: boolean }, command: Command) => {
      const context = start(command);
      const devices = devicesOf(names, options.uuid, command);
      await context.withDeviceMapper(async (dm) => {
        for (const device of devices) {
          await dm.remove(device, { ...(options.deferred ? { deferred: true } : {}), ...callOf(context) });
        }
        if (context.options.json) context.output.json({ removed: devices.length });
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

/** The devices that the words name. */
export function refsOf(names: string[], uuid: string | undefined): DeviceRef[] {
  const byName = names.map(mangle);
  return uuid === undefined ? byName : [...byName, { uuid: mangle(uuid) }];
}

/** The same; at least one. */
function devicesOf(names: string[], uuid: string | undefined, command: Command): DeviceRef[] {
  const devices = refsOf(names, uuid);
  if (devices.length === 0) command.error('error: name a device, or give its uuid with --uuid');
  return devices;
}

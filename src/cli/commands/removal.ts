import type { Command } from 'commander';
import { DmError } from '../../errors.ts';
import { unmangle } from '../mangle.ts';
import { callOf, devicesOf } from './names.ts';
import type { Start } from './start.ts';

interface RemovalOptions {
  uuid?: string;
  deferred?: boolean;
  force?: boolean;
  retry?: boolean;
  yes?: boolean;
  noflush?: boolean;
  nolockfs?: boolean;
}

/** The verbs after which something is gone. */
export function addRemoval(program: Command, start: Start): void {
  addRemove(program, start);
  addRemoveAll(program, start);
  addWipe(program, start);
}

function addRemove(program: Command, start: Start): void {
  program
    .command('remove')
    .alias('rm')
    .description('remove devices and their nodes')
    .argument('[names...]')
    .option('-u, --uuid <uuid>', 'by uuid')
    .option('--deferred', 'when in use, remove it on last close')
    .option('-f, --force', 'first put an error target over it, without a flush')
    .option('--retry', 'while it is busy, try again for five seconds')
    .addHelpText(
      'after',
      `
Examples:
  dmplan remove data
  dmplan remove -u CRYPT-42 --deferred
  dmplan remove --force --retry data`,
    )
    .action(async (names: string[], options: RemovalOptions, command: Command) => {
      const context = start(command);
      const devices = devicesOf(names, options.uuid, command);
      await context.withDeviceMapper(async (dm) => {
        for (const device of devices) await dm.remove(device, { ...given(options), ...callOf(context) });
        if (context.options.json) context.output.json({ removed: devices.length });
      });
    });
}

function addRemoveAll(program: Command, start: Start): void {
  program
    .command('remove_all')
    .description('remove all devices that are not in use')
    .option('-y, --yes', 'yes, all of them')
    .option('--deferred', 'remove those in use on last close')
    .option('-f, --force', 'put an error target over those in use, and try them once more')
    .addHelpText(
      'after',
      `
Devices in use are left, and named on standard error; with --force the exit code is then 1.

Examples:
  dmplan remove_all --yes
  dmplan remove_all --yes --force --json`,
    )
    .action(async (options: RemovalOptions, command: Command) => {
      const context = start(command);
      if (!options.yes) {
        throw new DmError({
          code: 'confirmation_missing',
          message: 'this removes every device of the machine, whoever made it; say --yes if it should',
        });
      }
      const { retry: _, ...flags } = given(options);
      await context.withDeviceMapper(async (dm) => {
        const { removed, kept } = await dm.removeAll({ ...flags, ...callOf(context) });
        if (options.force && kept.length > 0) context.fail();
        if (context.options.json) return context.output.json({ removed, kept });
        for (const { name, error } of kept) context.output.note(`kept ${unmangle(name)}: ${error.message}`);
      });
    });
}

function addWipe(program: Command, start: Start): void {
  program
    .command('wipe_table')
    .description("put an error target in the place of a device's table")
    .argument('[names...]')
    .option('-u, --uuid <uuid>', 'by uuid')
    .option('-f, --force', 'without a flush, and without freezing the file system')
    .option('--noflush', 'do not wait for I/O under way')
    .option('--nolockfs', 'do not freeze the file system first')
    .addHelpText('after', '\nExample:\n  dmplan wipe_table data --noflush')
    .action(async (names: string[], options: RemovalOptions, command: Command) => {
      const context = start(command);
      const devices = devicesOf(names, options.uuid, command);
      const { force = false, noflush = force, nolockfs = force } = options;
      await context.withDeviceMapper(async (dm) => {
        for (const device of devices) {
          await dm.wipeTable(device, { noFlush: noflush, skipLockfs: nolockfs, ...callOf(context) });
        }
        if (context.options.json) context.output.json({ wiped: devices.length });
      });
    });
}

function given({ deferred, force, retry }: RemovalOptions): { deferred?: true; force?: true; retry?: true } {
  return { ...(deferred ? { deferred } : {}), ...(force ? { force } : {}), ...(retry ? { retry } : {}) };
}

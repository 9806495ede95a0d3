import type { Command } from 'commander';
import type { DeviceMapper, DeviceRef } from '../../device-mapper.ts';
import type { CallOptions } from '../../executor/connection.ts';
import type { TargetLine } from '../../reply.ts';
import type { Context } from '../context.ts';
import { depsText, infoText, listText, NO_DEVICES, targetsText } from '../dmsetup-text.ts';
import { VERSION } from '../version.ts';
import { callOf, refsOf } from './changes.ts';
import type { Start } from './start.ts';

interface QueryOptions {
  uuid?: string;
  inactive?: boolean;
  noflush?: boolean;
  showkeys?: boolean;
}

/** The verbs that ask; their text is dmsetup's. */
export function addQueries(program: Command, start: Start): void {
  addInfo(program, start);
  addTargets(program, start, 'status', 'the status of each target');
  addTargets(program, start, 'table', 'the table of each device');
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
      const name = typeof device === 'string' ? device : (device.name ?? device.uuid);
      answers.push({ name, answer: await ask(dm, device) });
    }
  });
  return { several: devices.length !== 1, answers };
}

function inactive({ inactive }: QueryOptions): { inactive?: boolean } {
  return inactive ? { inactive: true } : {};
}

function addInfo(program: Command, start: Start): void {
  query(program, 'info', 'the state of each device').action(
    async (names: string[], options: QueryOptions, command: Command) => {
      const context = start(command);
      const { answers } = await forEach(context, names, options.uuid, (dm, device) =>
        dm.info(device, { ...inactive(options), ...callOf(context) }),
      );
      const infos = answers.map(({ answer }) => answer);
      if (context.options.json) return context.output.json(infos);
      context.output.text(infos.length === 0 ? NO_DEVICES : infos.map(infoText).join(''));
    },
  );
}

function addTargets(program: Command, start: Start, action: 'status' | 'table', description: string): void {
  const command = query(program, action, description).option('--noflush', 'do not commit metadata for the answer');
  if (action === 'table') command.option('--showkeys', 'print keys instead of zeros');
  command.action(async (names: string[], options: QueryOptions, command: Command) => {
    const context = start(command);
    const flags = { ...inactive(options), ...(options.noflush ? { noFlush: true } : {}) };
    const ask = (dm: DeviceMapper, device: DeviceRef): Promise<TargetLine[]> =>
      dm[action](device, { ...flags, ...(callOf(context) as CallOptions) });
    const { several, answers } = await forEach(context, names, options.uuid, ask);
    const shown = answers.map(({ name, answer }) => ({ name, targets: hideKeys(answer, options, action) }));
    if (context.options.json) return context.output.json(shown);
    const text = shown.map(({ name, targets }) => targetsText(targets, several ? name : undefined)).join('');
    context.output.text(answers.length === 0 ? NO_DEVICES : text);
  });
}

/**
 * The tables of these targets may hold keys in hex, for which dmsetup prints zeros (tools/dmsetup.c _status). Behind the
 * first group; a crypt key that begins with a colon is only the name of one in a keyring.
 */
const KEYS: Record<string, RegExp> = {
  crypt: /^(\S* )([^ :]\S*)/g,
  integrity: /((?:internal_hash|journal_crypt|journal_mac):[^ :]*:)(\S*)/g,
};

function hideKeys(targets: TargetLine[], { showkeys }: QueryOptions, action: 'status' | 'table'): TargetLine[] {
  if (showkeys || action === 'status') return targets;
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

function addList(program: Command, start: Start): void {
  program
    .command('ls')
    .description('print the names and numbers of all devices')
    .addHelpText('after', '\nExamples:\n  dmplan ls\n  dmplan ls --json')
    .action(async (_options: object, command: Command) => {
      const context = start(command);
      await context.withDeviceMapper(async (dm) => {
        const devices = await dm.list({ uuids: context.options.json === true, ...callOf(context) });
        if (context.options.json) return context.output.json(devices);
        context.output.text(listText(devices));
      });
    });
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

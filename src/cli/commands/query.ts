import type { Command } from 'commander';
import type { DeviceMapper, DeviceRef } from '../../device-mapper.ts';
import type { Context } from '../context.ts';
import { callOf, refsOf, shownName } from './names.ts';

export interface QueryOptions {
  uuid?: string;
  inactive?: boolean;
}

/** A verb that asks about some devices, or about all. */
export function query(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(`print ${description}`)
    .argument('[names...]', 'all devices unless given')
    .option('-u, --uuid <uuid>', 'by uuid')
    .option('--inactive', 'of the inactive table')
    .addHelpText('after', `\nExamples:\n  dmplan ${name} data\n  dmplan ${name} --json`);
}

/** Asks for every device that is meant; `several`: as dmsetup has it, unless one was named. */
export async function forEach<T>(
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

export function inactive({ inactive }: QueryOptions): { inactive?: boolean } {
  return inactive ? { inactive: true } : {};
}

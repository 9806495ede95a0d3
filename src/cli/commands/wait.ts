import type { Command } from 'commander';
import { DmError } from '../../errors.ts';
import { wholeNumber } from './messages.ts';
import { callOf, deviceAnd } from './names.ts';
import type { Start } from './start.ts';

/** Event numbers have 32 bits. */
const LARGEST = 2 ** 32 - 1;

/** `dmplan wait`: until something happens to a device. */
export function addWait(program: Command, start: Start): void {
  program
    .command('wait')
    .description("wait until a device's event number is not the given one (0 unless given)")
    .argument('<words...>', 'device and perhaps event number; without the device after --uuid')
    .option('-u, --uuid <uuid>', 'by uuid')
    .addHelpText(
      'after',
      `
The number is in "dmplan info". ^C and --deadline end the wait, and then the exit code is 1.

Examples:
  dmplan wait data
  dmplan wait data 3 --deadline 60000`,
    )
    .action(async (words: string[], options: { uuid?: string }, command: Command) => {
      const context = start(command);
      const [device, [number = '0', ...more]] = deviceAnd(words, options.uuid, command);
      const eventNr = Number(wholeNumber(number));
      if (more.length > 0) command.error('error: too many arguments');
      if (eventNr > LARGEST) throw new DmError({ code: 'bad_number', message: `${number} is no event number` });
      await context.withDeviceMapper(async (dm) => {
        const info = await dm.waitEvent(device, { eventNr, ...callOf(context) });
        if (context.options.json) context.output.json(info);
      });
    });
}

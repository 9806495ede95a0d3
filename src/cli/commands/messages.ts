import type { Command } from 'commander';
import { DmError } from '../../errors.ts';
import { answerText } from '../dmsetup-text.ts';
import { callOf, deviceAnd } from './names.ts';
import type { Start } from './start.ts';

/** The verbs that tell a device something. */
export function addMessages(program: Command, start: Start): void {
  addMessage(program, start);
  addGeometry(program, start);
}

function addMessage(program: Command, start: Start): void {
  program
    .command('message')
    .description('send a message to a target, and print what it answers')
    .argument('<words...>', 'device, sector and message; without the device after --uuid')
    .option('-u, --uuid <uuid>', 'by uuid')
    .addHelpText(
      'after',
      `
The target is the one that has the sector; the messages of each target are in "dmplan explain TYPE".

Examples:
  dmplan message pool 0 create_thin 0
  dmplan message data 0 @stats_create - /1`,
    )
    .action(async (words: string[], options: { uuid?: string }, command: Command) => {
      const context = start(command);
      const [device, [sector = '', ...message]] = deviceAnd(words, options.uuid, command);
      if (message.length === 0) command.error('error: give a sector and a message');
      await context.withDeviceMapper(async (dm) => {
        const answer = await dm.message(device, message.join(' '), { sector: wholeNumber(sector), ...callOf(context) });
        if (context.options.json) context.output.json({ answer });
        else context.output.text(answerText(answer));
      });
    });
}

function addGeometry(program: Command, start: Start): void {
  program
    .command('setgeometry')
    .description('tell partitioning tools a geometry')
    .argument('<words...>', 'device, cylinders, heads, sectors and start; without the device after --uuid')
    .option('-u, --uuid <uuid>', 'by uuid')
    .addHelpText('after', '\nExample:\n  dmplan setgeometry data 130 16 63 0')
    .action(async (words: string[], options: { uuid?: string }, command: Command) => {
      const context = start(command);
      const [device, numbers] = deviceAnd(words, options.uuid, command);
      if (numbers.length !== 4) command.error('error: give four numbers: cylinders, heads, sectors and start');
      const [cylinders, heads, sectors, first] = numbers.map((word) => Number(wholeNumber(word)));
      const geometry = { cylinders: cylinders!, heads: heads!, sectors: sectors!, start: first! };
      await context.withDeviceMapper(async (dm) => {
        await dm.setGeometry(device, geometry, callOf(context));
        if (context.options.json) context.output.json(geometry);
      });
    });
}

/** @throws {DmError} `bad_number` */
export function wholeNumber(text: string): bigint {
  if (/^\d{1,20}$/.test(text)) return BigInt(text);
  throw new DmError({ code: 'bad_number', message: `"${text}" is not a whole number` });
}

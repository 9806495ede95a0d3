import { type Command, Option } from 'commander';
import { DmError } from '../../errors.ts';
import { FORMS, type FormName } from '../../forms/index.ts';
import { readInput } from '../input.ts';
import type { Start } from './start.ts';

interface ConvertOptions {
  from: FormName;
  to: FormName;
  name?: string;
  uuid?: string;
  readonly?: boolean;
}

/** `dmplan convert`: from one text form of devices to another. */
export function addConvert(program: Command, start: Start): void {
  const forms = Object.keys(FORMS);
  program
    .command('convert')
    .description('write devices in another text form')
    .argument('[file]', 'standard input unless given', '-')
    .addOption(new Option('--from <form>', 'the form it is in').choices(forms).makeOptionMandatory())
    .addOption(new Option('--to <form>', 'the form it is to have').choices(forms).makeOptionMandatory())
    .option('--name <name>', 'the name of a single device')
    .option('-u, --uuid <uuid>', 'the uuid of a single device')
    .option('-r, --readonly', 'a single device is read-only')
    .addHelpText(
      'after',
      `
table: dmsetup's table, of one device without its name. concise: dmsetup's --concise. dm-mod.create: the kernel's
parameter for devices at boot; of a few targets only. json: create requests, as "dmplan plan" reads them one by one.
Words are carried over as they are; "dmplan plan" checks them.

Examples:
  dmplan convert table.txt --from table --to dm-mod.create --name root -r
  dmsetup table --concise | dmplan convert --from concise --to json`,
    )
    .action(async (file: string, options: ConvertOptions, command: Command) => {
      const { output, options: shared } = start(command);
      const devices = FORMS[options.from].read((await readInput(file)).toString('utf8'));
      const { name, uuid, readonly } = options;
      const given = { ...(name === undefined ? {} : { name }), ...(uuid === undefined ? {} : { uuid }) };
      const changed = { ...given, ...(readonly ? { readOnly: true } : {}) };
      if (Object.keys(changed).length > 0 && devices.length !== 1) {
        throw new DmError({ code: 'several_devices', message: `--name, --uuid and --readonly are for one device` });
      }
      const text = FORMS[options.to].write(devices.map((device) => ({ ...device, ...changed })));
      if (shared.json) output.json({ form: options.to, text });
      else output.text(text);
    });
}

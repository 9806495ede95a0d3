import type { Command } from 'commander';
import type { TargetVersion } from '../../reply.ts';
import { versionsText } from '../dmsetup-text.ts';
import { callOf } from './names.ts';
import type { Start } from './start.ts';

/** The verbs that ask which targets the kernel has. */
export function addModules(program: Command, start: Start): void {
  program
    .command('targets')
    .description('print the targets of the kernel that are loaded, and their versions')
    .addHelpText('after', '\nExamples:\n  dmplan targets\n  dmplan targets --json')
    .action(async (_options: object, command: Command) => {
      const context = start(command);
      await context.withDeviceMapper(async (dm) => {
        const versions = await dm.targets(callOf(context));
        if (context.options.json) context.output.json(versions);
        else context.output.text(versionsText(versions));
      });
    });

  program
    .command('target-version')
    .description('print the version of targets; the kernel loads their modules')
    .argument('<types...>')
    .addHelpText('after', '\nExample:\n  dmplan target-version verity crypt')
    .action(async (types: string[], _options: object, command: Command) => {
      const context = start(command);
      await context.withDeviceMapper(async (dm) => {
        const versions: TargetVersion[] = [];
        for (const name of types) versions.push({ name, version: await dm.targetVersion(name, callOf(context)) });
        if (context.options.json) context.output.json(versions);
        else context.output.text(versionsText(versions));
      });
    });
}

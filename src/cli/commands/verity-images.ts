import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { DmError } from '../../errors.ts';
import { formatVerity } from '../../verity/format.ts';
import { verifyVerity } from '../../verity/verify.ts';
import { progressOn, sizeOf } from '../progress.ts';
import type { Start } from './start.ts';
import {
  addFec,
  addParameters,
  fecOf,
  type ParameterOptions,
  parametersOf,
  rootDigestOf,
  whole,
} from './verity-options.ts';
import { addRepair } from './verity-repair.ts';
import { corruptionText, factsText } from './verity-text.ts';

interface Options extends ParameterOptions {
  uuid?: string;
  rootHashFile?: string;
}

/** `dmplan verity` with the commands that hash images; the others are added to what this returns. */
export function addImages(program: Command, start: Start): Command {
  const verity = program
    .command('verity')
    .description('make and check dm-verity images, and open them as devices')
    .addHelpText(
      'after',
      `
Examples:
  dmplan verity format data.img hash.img
  dmplan verity verify data.img hash.img ROOT
  dmplan verity open data.img checked hash.img ROOT --trust-superblock`,
    );
  addFormat(verity, start);
  addVerify(verity, start);
  addRepair(verity, start);
  return verity;
}

function addFormat(verity: Command, start: Start): void {
  addFec(addParameters(verity.command('format')))
    .description('write the hash tree of a device, and print its root digest')
    .argument('<data_device>')
    .argument('<hash_device>', 'made when there is none; may be the data device, with --hash-offset')
    .option('--uuid <uuid>', "the image's (random)")
    .option('--root-hash-file <file>', 'write the root digest there too')
    .option('--threads <count>', 'threads that hash (as many as cores, up to 8)', whole)
    .action(async (dataDevice: string, hashDevice: string, options: Options, command: Command) => {
      const { output, signal, options: global } = start(command);
      const progress = progressOn(output.terminal, 'format', sizeOf(dataDevice));
      const { hashOffset, superblock, uuid, threads } = options;
      const formatted = await formatVerity({
        ...{ dataDevice, hashDevice, hashOffset, superblock, uuid, threads, signal },
        ...parametersOf(options),
        fec: fecOf(options),
        onProgress: progress.update,
      }).finally(progress.end);
      const { parameters, rootDigest, layout } = formatted;
      if (options.rootHashFile !== undefined) writeFileSync(options.rootHashFile, rootDigest);
      const facts = { uuid: formatted.uuid, ...parameters, hashBlocks: layout.hashBlocks, rootDigest };
      if (global.json) output.json({ ...facts, hashStartBlock: layout.hashStartBlock, end: layout.end });
      else output.text(factsText(facts));
    });
}

function addVerify(verity: Command, start: Start): void {
  addParameters(verity.command('verify'))
    .description('read a whole image and say which blocks are corrupt; exits with 1 when one is')
    .argument('<data_device>')
    .argument('<hash_device>')
    .argument('[root_digest]')
    .option('--root-hash-file <file>', 'read the root digest from there')
    .option('--threads <count>', 'threads that hash (as many as cores, up to 8)', whole)
    .action(async (dataDevice: string, hashDevice: string, root: string, options: Options, command: Command) => {
      const { output, signal, options: global } = start(command);
      const progress = progressOn(output.terminal, 'verify', sizeOf(dataDevice));
      const { hashOffset, superblock, threads } = options;
      const verified = await verifyVerity({
        ...{ dataDevice, hashDevice, hashOffset, superblock, threads, signal },
        parameters: parametersOf(options),
        rootDigest: rootDigestOf(root, options.rootHashFile),
        onProgress: progress.update,
      }).finally(progress.end);
      if (global.json) output.json(verified);
      else output.text(verified.corruptions.map((corruption) => `${corruptionText(corruption)}\n`).join(''));
      if (verified.valid) return;
      const first = verified.corruptions.find(({ doubtful }) => !doubtful) ?? verified.corruptions[0];
      if (global.json) process.exitCode = 1;
      else throw new DmError({ code: 'verity_corrupt', message: `the image is corrupt: ${corruptionText(first!)}` });
    });
}

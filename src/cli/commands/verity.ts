import { statSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { DmError } from '../../errors.ts';
import { closeVerity, openVerity, statusVerity, type VerityBehaviour } from '../../verity/device.ts';
import { formatVerity } from '../../verity/format.ts';
import { readVerityInfo } from '../../verity/info.ts';
import { superblockAt } from '../../verity/superblock.ts';
import { type Corruption, verifyVerity } from '../../verity/verify.ts';
import type { Context } from '../context.ts';
import { mangle } from '../mangle.ts';
import { progressOn } from '../progress.ts';
import { callOf } from './names.ts';
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

interface Options extends ParameterOptions {
  uuid?: string;
  rootHashFile?: string;
  trustSuperblock?: boolean;
  onCorruption?: VerityBehaviour['onCorruption'];
  onError?: VerityBehaviour['onError'];
  ignoreZeroBlocks?: boolean;
  checkAtMostOnce?: boolean;
  tryVerifyInTasklet?: boolean;
  rootHashSignatureKey?: string;
  deferred?: boolean;
}

/** `dmplan verity`: hash trees made, checked and put to use. */
export function addVerity(program: Command, start: Start): void {
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
  addOpen(verity, start);
  addStatus(verity, start);
  addInfo(verity, start);
  for (const command of verity.commands) command.copyInheritedSettings(program);
}

/** Bytes of a file; 0 of a device, whose rate is not told. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
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
      else output.text(table(facts));
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

/** `data: block 7 at byte 28672`, `level 0: blocks 3 to 5 at byte 16384 (padding)`. */
export function corruptionText({ level, firstBlock, blocks, position, what, doubtful }: Corruption): string {
  const where = level === 'data' ? 'data' : `level ${level} of the tree`;
  const which = blocks === 1 ? `block ${firstBlock}` : `blocks ${firstBlock} to ${firstBlock + blocks - 1}`;
  const notes = [
    what === 'padding' ? ' (its padding is not zero)' : '',
    doubtful ? ' (as a corrupt hash block has it)' : '',
  ];
  return `${where}: ${which} at byte ${position}${notes.join('')}`;
}

function addOpen(verity: Command, start: Start): void {
  addFec(addParameters(verity.command('open')))
    .description('make a device that verifies what is read from an image; files are put on loop devices')
    .argument('<data_device>')
    .argument('<name>')
    .argument('<hash_device>')
    .argument('[root_digest]')
    .option('--root-hash-file <file>', 'read the root digest from there')
    .option('--trust-superblock', 'take what is not given from the superblock, which nothing authenticates')
    .addOption(new Option('--on-corruption <mode>').choices(['ignore', 'restart', 'panic']))
    .addOption(new Option('--on-error <mode>').choices(['restart', 'panic']))
    .option('--ignore-zero-blocks', 'do not verify blocks that should be zero')
    .option('--check-at-most-once', 'verify a block only when it is first read')
    .option('--try-verify-in-tasklet', 'verify in a tasklet where that is faster')
    .option('--root-hash-signature-key <description>', "the kernel key with the root digest's signature")
    .action(async (...[dataDevice, name, hashDevice, root, options, command]: OpenArguments) => {
      const context = start(command);
      const { hashOffset, superblock, trustSuperblock } = options;
      const { onCorruption, onError, ignoreZeroBlocks, checkAtMostOnce } = options;
      const { tryVerifyInTasklet, rootHashSignatureKey } = options;
      await context.withDeviceMapper(async (dm) => {
        const created = await openVerity(dm, {
          ...{ dataDevice, hashDevice, hashOffset, superblock, trustSuperblock, name: mangle(name) },
          ...{ onCorruption, onError, ignoreZeroBlocks, checkAtMostOnce, tryVerifyInTasklet, rootHashSignatureKey },
          fec: fecOf(options),
          parameters: parametersOf(options),
          rootDigest: rootDigestOf(root, options.rootHashFile),
          loopDevices: !context.options.kernel,
          onWarning: (text) => context.output.note(`warning: ${text}`),
          ...callOf(context),
        });
        if (context.options.json) context.output.json(created);
      });
    });
}

type OpenArguments = [string, string, string, string | undefined, Options, Command];

function addStatus(verity: Command, start: Start): void {
  verity
    .command('close')
    .description('remove a verity device')
    .argument('<name>')
    .option('--deferred', 'when in use, remove it on last close')
    .action(async (name: string, options: Options, command: Command) => {
      const context = start(command);
      const deferred = options.deferred ? { deferred: true } : {};
      await context.withDeviceMapper((dm) => closeVerity(dm, mangle(name), { ...deferred, ...callOf(context) }));
    });
  verity
    .command('status')
    .description('the state of a verity device')
    .argument('<name>')
    .action(async (name: string, _options: Options, command: Command) => {
      const context = start(command);
      await context.withDeviceMapper(async (dm) => {
        const { fields, ...status } = await statusVerity(dm, mangle(name), callOf(context));
        print(context, { ...status, ...fields });
      });
    });
}

function addInfo(verity: Command, start: Start): void {
  verity
    .command('dump')
    .description('print the superblock of an image')
    .argument('<hash_device>')
    .option('--hash-offset <bytes>', 'where it is (0)', whole)
    .action(async (path: string, options: Options, command: Command) => {
      print(start(command), await superblockAt(path, options.hashOffset ?? 0));
    });
  verity
    .command('info')
    .description("print what hcsshim's DeviceVerityInfo holds, for an image with data and tree on one device")
    .argument('<device>')
    .requiredOption('--hash-offset <bytes>', 'where the superblock is: the size of the file system', whole)
    .action(async (path: string, options: Options, command: Command) => {
      print(start(command), await readVerityInfo(path, options.hashOffset ?? 0));
    });
}

function print({ options, output }: Context, facts: object): void {
  if (options.json) output.json(facts);
  else output.text(table(facts));
}

/** `dataBlocks: 128` becomes `data blocks       128`. */
function table(facts: object): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const label = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      return `${label.padEnd(18)} ${value === '' ? '-' : value}\n`;
    })
    .join('');
}

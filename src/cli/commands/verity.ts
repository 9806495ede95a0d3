import { type Command, Option } from 'commander';
import { closeVerity, openVerity, statusVerity, type VerityBehaviour } from '../../verity/device.ts';
import { readVerityInfo } from '../../verity/info.ts';
import { superblockAt } from '../../verity/superblock.ts';
import type { Context } from '../context.ts';
import { mangle } from '../mangle.ts';
import { callOf } from './names.ts';
import type { Start } from './start.ts';
import { addImages } from './verity-images.ts';
import {
  addFec,
  addParameters,
  fecOf,
  type ParameterOptions,
  parametersOf,
  rootDigestOf,
  whole,
} from './verity-options.ts';
import { factsText } from './verity-text.ts';

interface Options extends ParameterOptions {
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
  const verity = addImages(program, start);
  addOpen(verity, start);
  addStatus(verity, start);
  addInfo(verity, start);
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
  else output.text(factsText(facts));
}

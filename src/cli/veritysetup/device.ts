/** The actions on devices: they need device-mapper. */
import { closeSync, constants, openSync, statSync } from 'node:fs';
import type { DeviceMapper } from '../../device-mapper.ts';
import { DmError } from '../../errors.ts';
import { closeVerity, openVerity, statusVerity, type VerityBehaviour } from '../../verity/device.ts';
import type { Arguments } from './arguments.ts';
import { EXIT, Failure, NO_DEVICE_MAPPER } from './failures.ts';
import { fecOf, imageOf, invalidDevice, rootOf } from './given.ts';
import { knownName, newName } from './names.ts';
import { statusText } from './status.ts';
import type { Work } from './work.ts';

export async function open(work: Work): Promise<void> {
  const { args, operands, output, signal, names } = work;
  const [dataDevice, given, hashDevice] = operands as [string, string, string];
  const rootDigest = rootOf(work, 3);
  names.name = given;
  const name = newName(given);
  const options = { ...behaviourOf(args), name, rootDigest, fec: fecOf(args), trustSuperblock: true, signal };
  await work.withDeviceMapper(async (dm) => {
    await checkNew(dm, name);
    if (!args.switches.has('shared')) checkFree(dataDevice);
    const image = imageOf(work, dataDevice, hashDevice);
    await openVerity(dm, { ...image, ...options, loopDevices: true }).catch((error) => {
      throw isDataCut(error) ? new Failure(`Device ${dataDevice} is too small.`) : invalidDevice(error, hashDevice);
    });
    if ((await statusVerity(dm, name)).corrupt) {
      output.error('Verity device detected corruption after activation.');
    }
  });
}

/** Before anything is read, as the name is asked for first. */
async function checkNew(dm: DeviceMapper, name: string): Promise<void> {
  if ((await dm.list()).some((device) => device.name === name)) {
    throw new DmError({ code: 'device_exists', message: `${name} is there already` });
  }
}

/** The kernel gives a device that is mounted or mapped to no one who wants it alone (block/bdev.c bd_prepare_to_claim). */
function checkFree(device: string): void {
  if (!statSync(device, { throwIfNoEntry: false })?.isBlockDevice()) return;
  try {
    closeSync(openSync(device, constants.O_RDONLY | constants.O_EXCL));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
    throw new Failure(`Cannot use device ${device} which is in use (already mapped or mounted).`, EXIT.busy);
  }
}

function isDataCut(error: unknown): boolean {
  return error instanceof DmError && error.code === 'verity_truncated' && / its data ends /.test(error.message);
}

/** The last that is given counts, as the kernel reads its options. */
const MODES = { ignore: 'ignore-corruption', restart: 'restart-on-corruption', panic: 'panic-on-corruption' } as const;

function behaviourOf({ switches, texts }: Arguments): VerityBehaviour {
  const signature = texts['root-hash-signature'];
  if (signature !== undefined) {
    const stat = statSync(signature, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size === 0) throw new Failure(`Invalid signature file ${signature}.`);
    throw new Failure(
      'A signature has to be in a key of the kernel: dmplan verity open --root-hash-signature-key takes its description.',
    );
  }
  const onCorruption = (['panic', 'restart', 'ignore'] as const).find((mode) => switches.has(MODES[mode]));
  return {
    ...(onCorruption ? { onCorruption } : {}),
    ...(switches.has('ignore-zero-blocks') ? { ignoreZeroBlocks: true } : {}),
    ...(switches.has('check-at-most-once') ? { checkAtMostOnce: true } : {}),
    ...(switches.has('use-tasklets') ? { tryVerifyInTasklet: true } : {}),
  };
}

export async function close({ args, operands, names, output, signal, withDeviceMapper }: Work): Promise<void> {
  const [given] = operands as [string];
  names.name = given;
  await withDeviceMapper(async (dm) => {
    const name = await knownName(given);
    if (args.switches.has('cancel-deferred')) {
      await statusVerity(dm, name);
      await dm.message(name, '@cancel_deferred_remove');
    } else if (args.switches.has('deferred')) {
      await closeVerity(dm, name, { deferred: true });
      const isLeft = (await dm.list()).some((device) => device.name === name);
      if (isLeft) output.text(`Device ${given} is still active and scheduled for deferred removal.\n`);
    } else {
      await closeVerity(dm, name, { retry: true, signal });
    }
  }).catch((error) => {
    throw error instanceof DmError && error.code === 'no_device_mapper'
      ? new Failure(NO_DEVICE_MAPPER, EXIT.device)
      : error;
  });
}

export async function status({ operands, output, names, withDeviceMapper }: Work): Promise<void> {
  const [given] = operands as [string];
  names.name = given;
  const shown = given.includes('/') ? given : `/dev/mapper/${given}`;
  await withDeviceMapper(async (dm) => {
    try {
      output.text(statusText(shown, await statusVerity(dm, await knownName(given))));
    } catch (error) {
      if (!(error instanceof DmError)) throw error;
      if (error.code === 'no_such_device') {
        output.text(`${shown} is inactive.\n`);
        throw new Failure('', EXIT.device);
      }
      if (error.code !== 'not_verity') throw error;
      output.text(`${shown} is active.\n  type:        n/a\n`);
      throw new Failure('');
    }
  });
}

import { DmError } from '../errors.ts';
import type { DeviceVerityInfo } from '../hcsshim.ts';
import type { Planner } from '../planner/planner.ts';
import { withImage } from './image.ts';
import { rootOf } from './tree.ts';

/** hcsshim's description of an image, and what it leaves out. */
export interface VerityInfo extends DeviceVerityInfo {
  /** Of the superblock's own layout. `version` is the hash type, as `createVerityTarget` and the kernel want it. */
  superblockVersion: number;
  uuid: string;
}

/**
 * Reads what hcsshim's ReadDMVerityInfo reads, from a device whose data is followed by superblock and tree. Nothing of it is
 * authenticated: compare the root digest, and all else that matters, with what is known from elsewhere.
 *
 * @param offset bytes from the start of the device to the superblock: the size of its file system
 * @throws {DmError} `verity_no_superblock`, `verity_salt_size`, `verity_truncated`, `verity_not_for_hcsshim` …
 */
export async function readVerityInfo(path: string, offset: number, planner?: Planner): Promise<VerityInfo> {
  const image = { dataDevice: path, hashDevice: path, hashOffset: offset, planner };
  return withImage(image, async ({ parameters, layout, superblock, ...files }) => {
    const { dataBlockSize, hashBlockSize, dataBlocks, hashType, algorithm, salt } = parameters;
    if (dataBlockSize !== hashBlockSize || layout.hashStartBlock !== Number(dataBlocks) + 1) {
      throw new DmError({
        code: 'verity_not_for_hcsshim',
        message: `hcsshim knows one block size and a tree right behind data and superblock; this image has ${dataBlocks} blocks of ${dataBlockSize} bytes and a tree at block ${layout.hashStartBlock} of ${hashBlockSize}`,
      });
    }
    return {
      ext4SizeInBytes: layout.dataSize,
      version: hashType,
      algorithm,
      superBlock: true,
      rootDigest: rootOf({ parameters, layout, ...files }),
      salt,
      blockSize: dataBlockSize,
      superblockVersion: superblock!.superblockVersion,
      uuid: superblock!.uuid,
    };
  });
}

import { type DeviceResolver, resolveDevice } from './devices.ts';
import { type BlockDeviceReader, type HolderReader, readBlockDevice, readHolders } from './sysfs.ts';

/** What only the machine that has the devices can tell; this host unless given. */
export interface Readers {
  /** What holds a busy device. */
  holders: HolderReader;
  /** Which device a path names. */
  resolveDevice: DeviceResolver;
  /** What the kernel calls a device. */
  blockDevice: BlockDeviceReader;
}

export const THIS_HOST: Readers = { holders: readHolders, resolveDevice, blockDevice: readBlockDevice };

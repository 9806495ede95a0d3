/** dmplan: device-mapper tables as exact bytes, and an executor that applies them. */

export * from './client/index.ts';
export {
  type Created,
  type CreateOptions,
  type DeviceMapper,
  type DeviceRef,
  type MessageOptions,
  type OpenOptions,
  openDeviceMapper,
  type ShowKeys,
} from './device-mapper.ts';
export { type DeviceResolver, resolveDevice } from './devices.ts';
export {
  CreateFlags,
  createDevice,
  createVerityTarget,
  createZeroSectorLinearTarget,
  type DeviceVerityInfo,
  type HcsOptions,
  linearTarget,
  type MappingInfo,
  removeDevice,
  type Target,
} from './hcsshim.ts';
export type { Difference } from './live/compare.ts';
export type { Expected, Verified, VerifyOptions } from './live/verify.ts';
export * from './planner/index.ts';
export {
  checkPolicy,
  explainPolicy,
  type PolicyAnswer,
  type PolicyCheck,
  type PolicyExplanation,
  type PolicyFault,
} from './policy/index.ts';
export type { Readers } from './readers.ts';
export { type BlockDevice, type BlockDeviceReader, type HolderReader, readBlockDevice, readHolders } from './sysfs.ts';
export type { RemoveAllOptions, RemovedAll, RemoveOptions, WipeOptions } from './verbs/remove.ts';
export type { WaitOptions } from './verbs/wait.ts';
export * from './verity/index.ts';

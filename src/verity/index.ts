/** Verity images: from a file to its hash tree, and from both to a device. */
export {
  closeVerity,
  type OpenVerityOptions,
  openVerity,
  statusVerity,
  type VerityBehaviour,
  type VerityStatus as VerityDeviceStatus,
} from './device.ts';
export type { FecArea } from './fec-area.ts';
export { type FormatOptions, type Formatted, formatVerity } from './format.ts';
export type { ImageOptions } from './image.ts';
export { readVerityInfo, type VerityInfo } from './info.ts';
export { layoutOf, type VerityLayout, type VerityLevel, type VerityPlace } from './layout.ts';
export { DEFAULTS, type VerityParameters } from './parameters.ts';
export type { WorkOptions } from './pool.ts';
export { type Repaired, type RepairOptions, type RepairTarget, repairVerity } from './repair.ts';
export { decodeSuperblock, encodeSuperblock, SUPERBLOCK_SIZE, type VeritySuperblock } from './superblock.ts';
export {
  type Corruption,
  type Verified as VerifiedImage,
  type VerifyOptions as VerifyImageOptions,
  verifyRoot,
  verifyVerity,
} from './verify.ts';

/** dmplan: device-mapper tables as exact bytes, and an executor that applies them. */

export {
  type Applied,
  type CallOptions,
  type Channel,
  connect,
  type Executor,
} from './client/connection.ts';
export type { Hello } from './client/messages.ts';
export { type ConnectOptions, connectExecutor, readHello } from './client/socket.ts';
export { executorProgram, type SpawnOptions, spawnExecutor } from './client/spawn.ts';
export { COMMANDS, type CommandName } from './commands.ts';
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
export { DmError, type Errno, isDmError, type Rollback } from './errors.ts';
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
export type { Area, LayoutFields, LayoutKind, LayoutRequest, Layouts } from './layout.ts';
export type { Difference } from './live/compare.ts';
export type { Expected, Verified, VerifyOptions } from './live/verify.ts';
export type { Message, MessageFields, TypedMessage } from './messages.ts';
export { Plan, type Step } from './planner/plan.ts';
export { loadPlanner, type Planner } from './planner/planner.ts';
export { plannerBytes } from './planner/wasm.ts';
export type { Readers } from './readers.ts';
export {
  type Decoded,
  type Dev,
  type Device,
  type DeviceInfo,
  type Field,
  type Header,
  type TargetLine,
  type TargetVersion,
  tableFields,
  targetStatus,
} from './reply.ts';
export type { ActionName, Actions, DeviceId, Geometry, Request, Table, Version } from './request.ts';
export { type BlockDevice, type BlockDeviceReader, type HolderReader, readBlockDevice, readHolders } from './sysfs.ts';
export * from './targets.ts';
export { type Bytes, bytes, type SectorCount, type Sectors, sectors, toBytes, toSectors } from './units.ts';
export type { RemoveAllOptions, RemovedAll, RemoveOptions, WipeOptions } from './verbs/remove.ts';
export type { WaitOptions } from './verbs/wait.ts';
export * from './verity/index.ts';

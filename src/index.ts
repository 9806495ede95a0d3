/** dmplan: device-mapper tables as exact bytes, and an executor that applies them. */

export { COMMANDS, type CommandName } from './commands.ts';
export {
  type Created,
  type DeviceMapper,
  type DeviceRef,
  type OpenOptions,
  openDeviceMapper,
} from './device-mapper.ts';
export { DmError, type Errno, isDmError, type Rollback } from './errors.ts';
export { type Applied, type CallOptions, type Channel, connect, type Executor } from './executor/connection.ts';
export type { Hello } from './executor/messages.ts';
export { executorProgram, type SpawnOptions, spawnExecutor } from './executor/spawn.ts';
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
export { type HolderReader, readHolders } from './holders.ts';
export { Plan, type Step } from './planner/plan.ts';
export { loadPlanner, type Planner } from './planner/planner.ts';
export { plannerBytes } from './planner/wasm.ts';
export type { Decoded, Dev, Device, DeviceInfo, Field, Header, TargetLine } from './reply.ts';
export type { ActionName, Actions, DeviceId, Request, Table } from './request.ts';
export {
  type ErrorFields,
  error,
  type LinearFields,
  linear,
  type RawFields,
  type StripedFields,
  striped,
  type TableTarget,
  type VerityFields,
  verity,
  type ZeroFields,
  zero,
} from './targets.ts';
export { type Bytes, bytes, type SectorCount, type Sectors, sectors, toBytes, toSectors } from './units.ts';

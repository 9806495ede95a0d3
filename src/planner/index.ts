/** `dmplan/planner`: requests into bytes and replies into fields, wherever WebAssembly runs; nothing of Node is in it. */

export { COMMANDS, type CommandName } from '../commands.ts';
export { DmError, type Errno, isDmError, type Rollback } from '../errors.ts';
export type { Area, LayoutFields, LayoutKind, LayoutRequest, Layouts } from '../layout.ts';
export type { Message, MessageFields, TypedMessage } from '../messages.ts';
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
} from '../reply.ts';
export type { ActionName, Actions, DeviceId, Geometry, Request, Table, Version } from '../request.ts';
export * from '../targets.ts';
export { type Bytes, bytes, type SectorCount, type Sectors, sectors, toBytes, toSectors } from '../units.ts';
export { Plan, type Step } from './plan.ts';
export { loadPlanner, type Planner } from './planner.ts';
export { plannerBytes } from './wasm.ts';

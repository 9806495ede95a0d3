import * as abi from '../assembly/abi.ts';

/** The commands of the control node by the kernel's names without their `DM_`. */
export type CommandName =
  | 'VERSION'
  | 'REMOVE_ALL'
  | 'LIST_DEVICES'
  | 'DEV_CREATE'
  | 'DEV_REMOVE'
  | 'DEV_RENAME'
  | 'DEV_SUSPEND'
  | 'DEV_STATUS'
  | 'DEV_WAIT'
  | 'TABLE_LOAD'
  | 'TABLE_CLEAR'
  | 'TABLE_DEPS'
  | 'TABLE_STATUS'
  | 'LIST_VERSIONS'
  | 'TARGET_MSG'
  | 'DEV_SET_GEOMETRY'
  | 'DEV_ARM_POLL'
  | 'GET_TARGET_VERSION';

/** Their numbers. */
export const COMMANDS: Readonly<Record<CommandName, number>> = {
  VERSION: abi.DM_VERSION,
  REMOVE_ALL: abi.DM_REMOVE_ALL,
  LIST_DEVICES: abi.DM_LIST_DEVICES,
  DEV_CREATE: abi.DM_DEV_CREATE,
  DEV_REMOVE: abi.DM_DEV_REMOVE,
  DEV_RENAME: abi.DM_DEV_RENAME,
  DEV_SUSPEND: abi.DM_DEV_SUSPEND,
  DEV_STATUS: abi.DM_DEV_STATUS,
  DEV_WAIT: abi.DM_DEV_WAIT,
  TABLE_LOAD: abi.DM_TABLE_LOAD,
  TABLE_CLEAR: abi.DM_TABLE_CLEAR,
  TABLE_DEPS: abi.DM_TABLE_DEPS,
  TABLE_STATUS: abi.DM_TABLE_STATUS,
  LIST_VERSIONS: abi.DM_LIST_VERSIONS,
  TARGET_MSG: abi.DM_TARGET_MSG,
  DEV_SET_GEOMETRY: abi.DM_DEV_SET_GEOMETRY,
  DEV_ARM_POLL: abi.DM_DEV_ARM_POLL,
  GET_TARGET_VERSION: abi.DM_GET_TARGET_VERSION,
};

const NAMES = new Map<number, CommandName>(
  (Object.entries(COMMANDS) as [CommandName, number][]).map(([name, number]) => [number, name]),
);

/** The commands that change nothing, however often they are given. */
export const QUERIES: ReadonlySet<CommandName> = new Set([
  'VERSION',
  'LIST_DEVICES',
  'DEV_STATUS',
  'TABLE_DEPS',
  'TABLE_STATUS',
  'LIST_VERSIONS',
  'GET_TARGET_VERSION',
]);

/** The name of a command's number. */
export function commandName(number: number): CommandName {
  const name = NAMES.get(number);
  if (name === undefined) throw new RangeError(`no device-mapper command has the number ${number}`);
  return name;
}

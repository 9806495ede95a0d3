/** `dmplan/executor`: the client of an executor, by itself; plans come from `dmplan/planner`, or from anywhere else. */

export {
  type Applied,
  type ApplyOptions,
  type CallOptions,
  type Channel,
  connect,
  type Executor,
} from './connection.ts';
export type { Hello } from './messages.ts';
export { type ConnectOptions, connectExecutor, readHello } from './socket.ts';
export { executorProgram, type SpawnOptions, spawnExecutor } from './spawn.ts';

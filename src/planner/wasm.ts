import { PLANNER_BASE64 } from './bytes.ts';

/** What `planner.wasm` exports: docs/abi.md. */
export interface PlannerExports {
  readonly memory: WebAssembly.Memory;
  abi_version(): number;
  request(length: number): number;
  plan(): number;
  decode(): number;
  inspect(): number;
  result(): number;
  result_length(): number;
  selftest(): number;
}

/** The module's bytes. */
export function plannerBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(PLANNER_BASE64), (character) => character.charCodeAt(0));
}

let module: Promise<WebAssembly.Module> | undefined;

/** The compiled module; compiled once. */
export function plannerModule(): Promise<WebAssembly.Module> {
  module ??= WebAssembly.compile(plannerBytes());
  return module;
}

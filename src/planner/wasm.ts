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

/** The module's bytes. Where the host has a decoder of its own, it takes a thirtieth of the loop's time. */
export function plannerBytes(): Uint8Array<ArrayBuffer> {
  if (typeof Buffer !== 'undefined') return new Uint8Array(Buffer.from(PLANNER_BASE64, 'base64'));
  const text = atob(PLANNER_BASE64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

let module: Promise<WebAssembly.Module> | undefined;

/** The compiled module; compiled once. */
export function plannerModule(): Promise<WebAssembly.Module> {
  module ??= WebAssembly.compile(plannerBytes());
  return module;
}

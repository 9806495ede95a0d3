/** The planner's interface, version 1: see docs/abi.md. Everything that a host may call, and nothing else. */
export { abi_version, decode, inspect, plan, request, result, result_length } from './calls';
export { selftest } from './selftest';

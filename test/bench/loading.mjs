// What loading takes: compiles and instantiates the planner's module in a process that has never seen it. Prints
// nanoseconds of CPU time, of all threads that compile. Argument: planner.wasm.
import { readFileSync } from 'node:fs';

const bytes = readFileSync(process.argv[2]);
const before = process.cpuUsage();
const { instance } = await WebAssembly.instantiate(bytes, {});
const { user, system } = process.cpuUsage(before);
if (instance.exports.abi_version() !== 1) throw new Error('this is not the planner');
console.log((user + system) * 1000);

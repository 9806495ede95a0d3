// The planner's side of the planning benchmark: reads a table's text and compiles it, as often as asked. Prints
// nanoseconds and the size of the payload, a line a round. Arguments: planner.wasm, the table's file, rounds.
import { readFileSync } from 'node:fs';

const [, , wasm, file, rounds] = process.argv;
const table = readFileSync(file);
const planner = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm)), {}).exports;
const request = Buffer.concat([
  Buffer.from('84a17601a6616374696f6ea46c6f6164a46e616d65a562656e6368a57461626c65c6', 'hex'),
  Buffer.of(table.length >>> 24, table.length >>> 16, table.length >>> 8, table.length),
  table,
]);

for (let round = 0; round < Number(rounds); round++) {
  const before = process.hrtime.bigint();
  const at = planner.request(request.length) >>> 0;
  new Uint8Array(planner.memory.buffer, at, request.length).set(request);
  const code = planner.plan();
  const after = process.hrtime.bigint();
  if (code !== 0) throw new Error(`the planner refuses the table with ${code}`);
  console.log(`${after - before} ${planner.result_length() >>> 0}`);
}

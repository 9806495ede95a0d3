// The library's side of the planning benchmark: a table as text, text bytes or typed targets, from the request object to the
// plan object, and beside it what the planner alone takes for the same request. Prints nanoseconds of CPU time for a call
// of each, a line a round. Arguments: the library's folder, planner.wasm, "string", "text" or "typed", rows, calls a round, rounds.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , folder, wasm, form, rows, calls, rounds] = process.argv;
const { loadPlanner, linear } = await import(pathToFileURL(`${folder}/index.js`));
const { encode } = await import(pathToFileURL(`${folder}/planner/codec.js`));

const each = (row) => Array.from({ length: Number(rows) }, (_, i) => row(i));
const string = () => ({ table: each((i) => `${i * 8} 8 linear 253:${i % 1000} ${i * 16}\n`).join('') });
const text = () => ({ table: Buffer.from(string().table) });
const typed = () => ({ targets: each((i) => linear({ length: 8, device: `253:${i % 1000}`, offset: i * 16 })) });
const request = { action: 'create', name: 'bench', ...{ string, text, typed }[form]() };

const library = await loadPlanner();
const planner = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm)), {}).exports;
const encoded = encode({ v: 1, ...request });

function alone() {
  const at = planner.request(encoded.length) >>> 0;
  new Uint8Array(planner.memory.buffer, at, encoded.length).set(encoded);
  if (planner.plan() !== 0) throw new Error('the planner refuses the table');
}

function time(call) {
  const before = process.cpuUsage();
  for (let left = Number(calls); left > 0; left--) call();
  const { user, system } = process.cpuUsage(before);
  return Math.round(((user + system) * 1000) / Number(calls));
}

for (let round = 0; round < Number(rounds); round++) {
  console.log(`${time(alone)} ${time(() => library.plan(request))}`);
}

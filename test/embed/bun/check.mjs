// Bun: bun check.mjs planner.wasm vectors.jsonl
import { check } from '../javascript/check.mjs';

const [wasm, vectors] = Bun.argv.slice(2);
const module = new WebAssembly.Module(await Bun.file(wasm).arrayBuffer());
console.log(JSON.stringify({ version: Bun.version, ...(await check(module, await Bun.file(vectors).text())) }));

// Deno: deno run --allow-read check.mjs planner.wasm vectors.jsonl
import { check } from '../javascript/check.mjs';

const [wasm, vectors] = Deno.args;
const report = await check(new WebAssembly.Module(Deno.readFileSync(wasm)), Deno.readTextFileSync(vectors));
console.log(JSON.stringify({ version: Deno.version.deno, ...report }));

// Node: node check.mjs planner.wasm vectors.jsonl
import { readFileSync } from 'node:fs';
import { check } from '../javascript/check.mjs';

const [wasm, vectors] = process.argv.slice(2);
const report = await check(new WebAssembly.Module(readFileSync(wasm)), readFileSync(vectors, 'utf8'));
console.log(JSON.stringify({ version: process.versions.node, ...report }));

// Runs the conformance pack in whatever runtime this is.
import { Planner } from './planner.mjs';

/**
 * @param {WebAssembly.Module} module planner.wasm, compiled
 * @param {string} vectors the text of vectors.jsonl
 * @returns {Promise<{ cases: number, milliseconds: number, differences: string[], selftest: number }>} the ids of the cases that
 * were answered otherwise
 */
export async function check(module, vectors) {
  const cases = vectors.trimEnd().split('\n').map(JSON.parse);
  const planner = new Planner(module);
  const differences = [];
  const started = await now();
  for (const { id, call, request, code, result } of cases) {
    const found = planner.call(call, bytes(request));
    if (found.code !== code || hex(found.answer) !== result) differences.push(id);
  }
  const milliseconds = Math.round((await now()) - started);
  return { cases: cases.length, milliseconds, differences, selftest: planner.selftest() };
}

/** After a turn of the event loop: workerd's clock stands still within one. */
async function now() {
  await new Promise((resolve) => setTimeout(resolve, 0));
  return performance.now();
}

function bytes(text) {
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(array) {
  let text = '';
  for (const byte of array) text += PAIRS[byte];
  return text;
}

// One SHA-256 over the answers to a fixed list of requests, computed by a host that has nothing but WebAssembly.
// Arguments: planner.wasm, and a file of requests, each `call (1 byte) length (u32, big-endian) bytes`.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const CALLS = ['plan', 'decode', 'inspect'];

const [wasm, file] = process.argv.slice(2);
const { exports: planner } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm)), {});
const requests = readFileSync(file);
const hash = createHash('sha256');

for (let at = 0; at < requests.length; ) {
  const call = CALLS[requests[at]];
  const length = requests.readUInt32BE(at + 1);
  const address = planner.request(length) >>> 0;
  new Uint8Array(planner.memory.buffer, address, length).set(requests.subarray(at + 5, at + 5 + length));
  const code = planner[call]() >>> 0;
  const answer = Buffer.from(planner.memory.buffer, planner.result() >>> 0, planner.result_length() >>> 0);
  hash.update(`${call} ${code} ${answer.length} `).update(answer);
  at += 5 + length;
}

hash.update(`selftest ${planner.selftest() >>> 0}`);
process.stdout.write(hash.digest('hex'));

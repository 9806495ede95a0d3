/** The conformance pack: every case with the answer of this planner, which has to be the one that its source records. */
import { createHash } from 'node:crypto';
import { plannerBytes } from '../../src/planner/wasm.ts';
import type { Manifest, Vector } from '../../src/vectors.ts';
import { Host, readFailure } from '../unit/planner/harness.ts';
import { type Case, cases } from './cases.ts';

/** The files of the pack by their names. */
export async function packFiles(): Promise<Record<string, string>> {
  const vectors = (await cases()).map(vectorOf);
  const lines = vectors.map((vector) => `${JSON.stringify(vector)}\n`).join('');
  const host = new Host();
  const manifest: Manifest = {
    format: 1,
    abiVersion: host.exports.abi_version(),
    cases: vectors.length,
    selftest: host.exports.selftest() >>> 0,
    sha256: { 'planner.wasm': sha256(plannerBytes()), 'vectors.jsonl': sha256(lines) },
  };
  return { 'vectors.jsonl': lines, 'manifest.json': `${JSON.stringify(manifest, null, 2)}\n` };
}

function vectorOf(each: Case): Vector {
  const { code, bytes } = new Host().call(each.call, each.request);
  const found = code === 0 ? {} : readFailure(code, bytes);
  const expected = each.error ?? { name: undefined, path: undefined };
  const { name, path } = found as { name?: string; path?: string };
  if (name !== expected.name || path !== expected.path || (each.digest && each.digest !== `sha256:${sha256(bytes)}`)) {
    throw new Error(`${each.id}: the planner answers ${code} ${name} ${path}, and its source says otherwise`);
  }
  // the keys in this order: a host without a JSON parser may count on it
  return { id: each.id, call: each.call, request: hex(each.request), code, result: hex(bytes) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

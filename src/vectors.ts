/** `dmplan/vectors`: the conformance pack, for whoever writes a host of the planner. Its README.md says how one runs it. */
import { readFile } from 'node:fs/promises';

/** A case: what is asked in which call, and what has to come out. */
export interface Vector {
  /** A name for reports; no two are the same. */
  id: string;
  call: 'plan' | 'decode' | 'inspect';
  /** The bytes to write, in lower-case hex; sometimes none. */
  request: string;
  /** What the call returns: 0, or the code of an error. */
  code: number;
  /** The answer's bytes, in lower-case hex. */
  result: string;
}

/** manifest.json: what the cases are, and which planner they were made with. */
export interface Manifest {
  format: 1;
  abiVersion: number;
  cases: number;
  /** What `selftest()` returns. */
  selftest: number;
  /** In hex. */
  sha256: { 'planner.wasm': string; 'vectors.jsonl': string };
}

/** The folder with `vectors.jsonl`, `manifest.json` and `README.md`, for hosts in other languages. */
export const VECTORS: URL = new URL('../vectors/', import.meta.url);

/** The cases, in the order of the file. */
export async function readVectors(): Promise<Vector[]> {
  const lines = (await read('vectors.jsonl')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Vector);
}

export async function readManifest(): Promise<Manifest> {
  return JSON.parse(await read('manifest.json')) as Manifest;
}

function read(name: string): Promise<string> {
  return readFile(new URL(name, VECTORS), 'utf8');
}

/** The conformance pack in a folder of its own, for hosts to read. */
import { appendFileSync, copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Vector } from '../../src/vectors.ts';
import { packFiles } from '../vectors/pack.ts';

/** A case behind those of the pack whose answer is wrong: a host has to find it. */
export const PLANTED = 'planted/wrong';

export interface Pack {
  folder: string;
  wasm: string;
  vectors: string;
  /** With the planted one. */
  cases: number;
  selftest: number;
}

const WASM = fileURLToPath(new URL('../../dist/planner.wasm', import.meta.url));

export async function writePack(): Promise<Pack> {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-pack-'));
  const files = await packFiles();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  appendFileSync(join(folder, 'vectors.jsonl'), planted(files['vectors.jsonl']!));
  const wasm = join(folder, 'planner.wasm');
  copyFileSync(WASM, wasm);
  const { cases, selftest } = JSON.parse(files['manifest.json']!) as { cases: number; selftest: number };
  return { folder, wasm, vectors: join(folder, 'vectors.jsonl'), cases: cases + 1, selftest };
}

/** The first case with another last byte in its answer. */
function planted(vectors: string): string {
  const first = JSON.parse(vectors.slice(0, vectors.indexOf('\n'))) as Vector;
  const last = Number.parseInt(first.result.slice(-2), 16) ^ 1;
  const result = first.result.slice(0, -2) + last.toString(16).padStart(2, '0');
  return `${JSON.stringify({ ...first, id: PLANTED, result })}\n`;
}

/** The conformance pack in a folder of its own, for hosts to read. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packFiles } from '../vectors/pack.ts';

export interface Pack {
  folder: string;
  wasm: string;
  vectors: string;
  cases: number;
  selftest: number;
}

const WASM = fileURLToPath(new URL('../../dist/planner.wasm', import.meta.url));

export async function writePack(): Promise<Pack> {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-pack-'));
  const files = await packFiles();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const wasm = join(folder, 'planner.wasm');
  copyFileSync(WASM, wasm);
  const { cases, selftest } = JSON.parse(files['manifest.json']!) as { cases: number; selftest: number };
  return { folder, wasm, vectors: join(folder, 'vectors.jsonl'), cases, selftest };
}

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootKernel } from '../../src/kernel/boot.ts';
import { ensureKernel } from '../../src/kernel/install.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';

/** One comparison: medians in nanoseconds, and how many times faster the planner is. */
export interface Figure {
  what: string;
  rows: number;
  planner: number;
  libdevmapper: number;
  ratio: number;
}

/** `npm run` starts in the package's folder; the bundle of this file lies elsewhere. */
const ROOT = process.cwd();

/**
 * A table's text to the complete TABLE_LOAD payload: the planner with all of its checks, and a C program on
 * libdevmapper without the kernel's part. Both in the same throwaway kernel, in turns, so that neither has a quieter time.
 */
export async function comparePlanning(rows: number, rounds: number): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-bench-'));
  try {
    execFileSync('cc', ['-O2', '-o', join(folder, 'libdm-load'), join(ROOT, 'test/bench/libdm-load.c'), '-ldevmapper']);
    copyFileSync(join(ROOT, 'test/bench/planner.mjs'), join(folder, 'planner.mjs'));
    copyFileSync(join(ROOT, 'dist/planner.wasm'), join(folder, 'planner.wasm'));
    writeFileSync(join(folder, 'table'), tableOf(rows));
    const kernel = await ensureKernel(kernelRelease('6.1'), { install: true });
    const guest = await bootKernel({ kernel, readable: [folder], memory: '2G' });
    try {
      const figures = { planner: [] as number[], libdevmapper: [] as number[] };
      const commands = {
        planner: `node ${folder}/planner.mjs ${folder}/planner.wasm ${folder}/table 6`,
        libdevmapper: `${folder}/libdm-load ${folder}/table 6`,
      };
      for (let round = 0; round < rounds; round++) {
        for (const side of ['planner', 'libdevmapper'] as const) {
          const { code, stdout, stderr } = await guest.run(commands[side], { timeoutMs: 300_000 });
          if (code !== 0) throw new Error(`${side} failed: ${stderr}`);
          // The first is warm-up: compiling, growing memory, faulting pages in.
          figures[side].push(
            ...stdout
              .trim()
              .split('\n')
              .slice(1)
              .map((line) => Number(line.split(' ')[0])),
          );
        }
      }
      const [planner, libdevmapper] = [median(figures.planner), median(figures.libdevmapper)];
      return { what: 'text to TABLE_LOAD payload', rows, planner, libdevmapper, ratio: libdevmapper / planner };
    } finally {
      await guest.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf(rows: number): string {
  return Array.from({ length: rows }, (_, i) => `${i * 8} 8 linear 253:${i % 1000} ${i * 16}\n`).join('');
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/**
 * Planner and kernel judge the same tables: what the planner accepts the kernel loads and prints again, and what the
 * planner refuses the kernel refuses too, but for what `assembly/tables/differences/` lists. Every entry there has an
 * example that is tried each time, so that none stays when its reason is gone. In the environment:
 *
 *   DMPLAN_DIFFERENTIAL_TABLES   tables of each target (150)
 *   DMPLAN_DIFFERENTIAL_SEED     another seed gives other tables (1)
 *   DMPLAN_DIFFERENTIAL_TARGETS  these targets alone, parted by commas
 *   DMPLAN_DIFFERENTIAL_REPORT   a folder for a file of each target, with every table and what was said to it
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import type { Guest } from '../../../src/kernel/boot.ts';
import { ensureKernel } from '../../../src/kernel/install.ts';
import { kernelRelease } from '../../../src/kernel/releases.ts';
import { loadPlanner, type Planner } from '../../../src/planner/planner.ts';
import { examplesOf } from './examples.ts';
import { generate } from './generate.ts';
import type { Judgement, Versions } from './judge.ts';
import { PROFILES } from './profiles.ts';
import { bootForTables, runTables, targetOf, versionsIn } from './run.ts';

const release = kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1');
const seed = Number(process.env.DMPLAN_DIFFERENTIAL_SEED ?? 1);
const count = Number(process.env.DMPLAN_DIFFERENTIAL_TABLES ?? 150);
const only = process.env.DMPLAN_DIFFERENTIAL_TARGETS?.split(',');
const reports = process.env.DMPLAN_DIFFERENTIAL_REPORT;

/** Targets that Debian's User-Mode Linux does not have, whichever the kernel. */
const ABSENT = ['ebs', 'zoned', 'vdo', 'pcache', 'inlinecrypt'];

describe(`planner and Linux ${release.key} judge the same`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'differential-'));
  let guest: Guest;
  /** A table that the kernel does not survive fails its own test and no other. */
  let alive = false;
  let planner: Planner;
  let versions: Versions;

  beforeAll(async () => {
    planner = await loadPlanner();
    await boot();
  }, 120_000);

  async function boot(): Promise<void> {
    alive = true;
    guest = await bootForTables(await ensureKernel(release, { install: true }), folder);
    versions = await versionsIn(guest);
    guest.exited.then(() => {
      alive = false;
    });
  }

  afterAll(async () => {
    await guest?.close();
    rmSync(folder, { recursive: true });
  }, 20_000);

  it('has every target but a few', () => {
    const missing = TARGETS.map(({ type }) => type).filter((type) => versions[type] === undefined);
    expect(missing).toEqual(ABSENT);
  });

  const types = TARGETS.map(({ type }) => type).filter((type) => !ABSENT.includes(type));
  for (const type of types.filter((name) => only?.includes(name) ?? true)) {
    it(type, { timeout: 1_800_000 }, async () => {
      expect(PROFILES[type]).toBeDefined();
      if (!alive) await boot();
      const started = performance.now();
      const examples = examplesOf(type, release.key);
      const generated = generate(targetOf(type), PROFILES[type]!, { seed, count, kernel: release.key });
      const judgements = await runTables(
        { guest, planner, folder, versions },
        { type, kernel: release.key, samples: [...examples.map(({ sample }) => sample), ...generated] },
      );
      report(type, judgements, performance.now() - started);
      expect(judgements.length).toBe(examples.length + count);
      expect(judgements.filter(({ verdict }) => verdict === 'unexplained').map(sentence)).toEqual([]);
      const idle = examples.filter(({ entry }, at) => !judgements[at]!.explained.includes(entry));
      expect(idle.map(({ entry }) => `${entry.example}: ${entry.reason}`)).toEqual([]);
    });
  }
});

function sentence({ planned: { sample }, why }: Judgement): string {
  const { start, length, type, params, change } = sample;
  return `${start} ${length} ${type} ${params} [${change}]: ${why}`;
}

function report(type: string, judgements: Judgement[], ms: number): void {
  const figures: Record<string, number> = {};
  for (const { verdict } of judgements) figures[verdict] = (figures[verdict] ?? 0) + 1;
  console.log(
    `${release.key} ${type}: ${judgements.length} tables in ${Math.round(ms)} ms: ${JSON.stringify(figures)}`,
  );
  if (reports === undefined) return;
  const lines = judgements.map((judgement) => {
    const { verdict, answer, planned } = judgement;
    const said = { errno: answer.errno, messages: answer.messages, planner: planned.refusal?.message, ms: answer.ms };
    const reasons = judgement.explained.map(({ reason }) => reason).join(' / ');
    return `${verdict}\t${sentence(judgement)}\t${reasons}\t${JSON.stringify(said)}`;
  });
  writeFileSync(join(reports, `${release.key}-${type}.txt`), `${lines.join('\n')}\n`);
}

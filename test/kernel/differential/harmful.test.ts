/** The tables that no kernel is handed elsewhere: each does what its entry says, or has no place in the list. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HARMFUL } from '../../../assembly/tables/differences/harmful.ts';
import { ensureKernel } from '../../../src/kernel/install.ts';
import { kernelRelease } from '../../../src/kernel/releases.ts';
import { loadPlanner, type Planner } from '../../../src/planner/planner.ts';
import { sampleOfLine } from './examples.ts';
import { harmful } from './generate.ts';
import { plan } from './judge.ts';
import { bootForTables, runTables, versionsIn } from './run.ts';

const release = kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1');

/** The end of the kernel, or a device that it has freed while a target holds it (dm-table.c). */
const HARM = /Kernel panic|relay_signal|dm_put_device call missing/;

describe('a table that a kernel does not survive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harmful-'));
  let planner: Planner;

  beforeAll(async () => {
    planner = await loadPlanner();
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(HARMFUL)('is known: $example', ({ example, kernels }) => {
    for (const kernel of kernels) expect(harmful(sampleOfLine(example), kernel)?.example).toBe(example);
  });

  it.each(HARMFUL.filter(({ error }) => error))('is refused: $example', ({ example, error }) => {
    expect(error!.split(' ')).toContain(plan(planner, sampleOfLine(example), {}).refusal?.name);
  });

  const here = HARMFUL.filter(({ kernels }) => kernels.includes(release.key));
  it.each(here)(`harms Linux ${release.key}: $example`, { timeout: 120_000 }, async ({ example }) => {
    const guest = await bootForTables(await ensureKernel(release, { install: true }), folder);
    try {
      const versions = await versionsIn(guest);
      const sample = sampleOfLine(example);
      const tables = { type: sample.type, kernel: release.key, samples: [sample] };
      const said = await runTables({ guest, planner, folder, versions }, tables).then(
        ([judgement]) => judgement!.answer.messages.join('\n'),
        () => guest.log(),
      );
      expect(said).toMatch(HARM);
    } finally {
      await guest.close().catch(() => undefined);
    }
  });
});

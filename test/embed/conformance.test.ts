/** The whole conformance pack, in every host that there is: the same bytes. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTS, type Report } from './hosts.ts';
import { type Pack, PLANTED, writePack } from './pack.ts';

/** A runtime may have to be brought first. */
const TIMEOUT_MS = 600_000;

let pack: Pack;
const reports = new Map<string, Report>();

beforeAll(async () => {
  pack = await writePack();
});

afterAll(() => {
  rmSync(pack.folder, { recursive: true });
  process.stdout.write(`\n${table()}\n`);
});

function table(): string {
  const rows = [['host', 'version', 'cases', 'milliseconds', 'differences']];
  for (const { name } of HOSTS) {
    const report = reports.get(name);
    const figures = report && [report.version, report.cases, report.milliseconds, report.differences.length];
    rows.push([name, ...(figures?.map(String) ?? ['not run', '', '', ''])]);
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}

describe('the conformance pack gives the same bytes', () => {
  test.for(HOSTS)('in $name', { timeout: TIMEOUT_MS }, async ({ name, selftestOnly, bring, run }, context) => {
    const program = await bring().catch((error: unknown) => {
      if (process.env.CI) throw error;
      return context.skip(`${name} cannot be brought here: ${String(error)}`);
    });
    const report = await run(program, pack);
    const { cases, differences, selftest, version } = report;
    const planted = selftestOnly ? [] : [PLANTED];
    const found = differences.filter((id) => !planted.includes(id));
    reports.set(name, { ...report, cases: cases - planted.length, differences: found });
    expect(version).toMatch(/\d/);
    expect(selftest).toBe(pack.selftest);
    expect(differences).toEqual(planted);
    expect(cases).toBe(selftestOnly ? 1 : pack.cases);
  });
});

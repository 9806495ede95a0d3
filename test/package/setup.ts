import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { runCommand } from '../../src/kernel/command.ts';
import { ensureTools, type Tool } from '../../src/kernel/tools.ts';
import { pack, ROOT } from './npm.ts';

const TOOLS: readonly Tool[] = ['zsh', 'fish', 'mandoc', 'groff'].map((name) => ({
  commands: [name],
  package: name,
}));

declare module 'vitest' {
  interface ProvidedContext {
    /** The package as it is published: the path of its tarball. */
    tarball: string;
  }
}

/** Packs the package once for all tests, and brings the programs that read what it holds for them. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  await ensureTools(TOOLS, true, (line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-package-'));
  await runCommand('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  provide('tarball', await pack(ROOT, folder));
  return () => rmSync(folder, { recursive: true });
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The system's Chromium, or `DMPLAN_CHROMIUM`; Debian's package where there is none and it may be installed. */
export function chromiumProgram(): string {
  const found = [process.env.DMPLAN_CHROMIUM ?? '', '/usr/bin/chromium'].find((path) => existsSync(path));
  if (found) return found;
  if (process.getuid?.() !== 0)
    throw new Error('these tests need Chromium: install Debian’s package chromium, or set DMPLAN_CHROMIUM to its path');
  execFileSync('apt-get', ['update', '-qq']);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
  return '/usr/bin/chromium';
}

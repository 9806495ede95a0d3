/** The one Chromium of all tests: the system's, or what `DMPLAN_CHROMIUM` names. */
import { type Browser, chromium } from 'playwright-core';
import { findCommand } from '../src/kernel/command.ts';
import { ensureTools, type Tool } from '../src/kernel/tools.ts';

const CHROMIUM: Tool = { commands: ['chromium'], package: 'chromium' };

/** Its program; Debian's package is installed where there is none, and where it may be. */
export async function bringChromium(): Promise<string> {
  const named = process.env.DMPLAN_CHROMIUM ?? '';
  if (named !== '') return named;
  await ensureTools([CHROMIUM], true);
  return findCommand('chromium')!;
}

/** Headless, with a profile that goes when it is closed. */
export async function launchChromium(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath: await bringChromium(), args });
}

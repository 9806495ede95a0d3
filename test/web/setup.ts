import { chromiumProgram } from './chromium.ts';

/** Chromium is installed once, before the tests that need it. */
export default function setup(): void {
  chromiumProgram();
}

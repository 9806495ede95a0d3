import { bringChromium } from '../chromium.ts';

/** Chromium is installed once, before the tests that need it. */
export default async function setup(): Promise<void> {
  await bringChromium();
}

/** Pages with the inspector in a real Chromium, headless. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';
import { launchChromium } from '../chromium.ts';

/** The page as it is built; it is opened from its file. */
export const PAGE: string = pathToFileURL(fileURLToPath(new URL('../../dist/web/index.html', import.meta.url))).href;

const browser: Browser = await launchChromium();
afterAll(() => browser.close());

/** What pages reported as errors during a test. */
export const complaints: string[] = [];
afterEach(() => expect(complaints.splice(0)).toEqual([]));

export interface Inspector {
  page: Page;
  /** Types a text in the place of what is there. */
  write(text: string): Promise<void>;
  text(selector: string): Promise<string>;
  /** Presses a button that copies; what is then in the clipboard. */
  copied(form: 'link' | 'hex' | 'json' | 'request' | 'table' | 'c'): Promise<string>;
}

/** A new page with the inspector in it. Whatever the page reports as an error fails the test. */
export async function open(address: string = PAGE, options: BrowserContextOptions = {}): Promise<Inspector> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(address);
  await page.waitForSelector('html[data-ready]');
  return {
    page,
    // Playwright's fill types line by line; this is what a browser does with a text that is pasted
    write: (text) =>
      page.evaluate((text) => {
        const area = document.querySelector('textarea')!;
        area.value = text;
        area.dispatchEvent(new InputEvent('input'));
      }, text),
    text: async (selector) => (await page.locator(selector).innerText()).replace(/\s+/g, ' '),
    async copied(form) {
      await page.click(`[data-copy=${form}]`);
      await page.waitForFunction(() => document.querySelector('#done')?.textContent?.startsWith('Copied'));
      return page.evaluate(() => navigator.clipboard.readText());
    },
  };
}

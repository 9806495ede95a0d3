import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { inTurns, type Middle, middle, ratio } from './measure.ts';
import { type Extent, type Section, table } from './section.ts';

/** What a browser took for one table, in milliseconds. */
interface Shown {
  /** From the paste to the last view drawn; of the text alone, to its layout. */
  shown: number;
  /** The median of the frames while it is scrolled, and the slowest but one of 20. */
  frame: number;
  slowest: number;
}

interface Comparison {
  rows: number;
  inspector: Shown;
  text: Shown;
  /** How many times as fast: below 1 the text alone is faster. */
  ratio: Middle;
  frames: Middle;
}

interface Figures {
  tables: Comparison[];
}

const FRAMES = 20;
/** `npm run` starts in the package's folder; the bundle of this file lies elsewhere. */
const PAGE = pathToFileURL(join(process.cwd(), 'dist/web/index.html')).href;

/** A table that is pasted into the inspector, beside a text area with the same text, in turns in one browser. */
async function compare(page: Page, rows: number, rounds: number): Promise<Comparison> {
  const text = Array.from({ length: rows }, (_, i) => `${i * 8} 8 linear /dev/sd${'abcd'[i % 4]} ${i * 8}\n`).join('');
  const taken = await inTurns(
    {
      async inspector() {
        await page.goto(PAGE);
        await page.waitForSelector('html[data-ready]');
        const shown = await page.evaluate(showTable, { text, rows });
        return { shown, ...framesOf(await page.evaluate(scroll, { selector: '#bytes', frames: FRAMES })) };
      },
      async text() {
        await page.goto('about:blank');
        const shown = await page.evaluate(layOutText, text);
        return { shown, ...framesOf(await page.evaluate(scroll, { selector: 'textarea', frames: FRAMES })) };
      },
    },
    rounds,
  );
  const all = (runs: Shown[], key: keyof Shown): number[] => runs.map((run) => run[key]);
  const middles = (runs: Shown[]): Shown => ({
    shown: middle(all(runs, 'shown')).median,
    frame: middle(all(runs, 'frame')).median,
    slowest: middle(all(runs, 'slowest')).median,
  });
  return {
    rows,
    inspector: middles(taken.inspector),
    text: middles(taken.text),
    ratio: ratio(all(taken.text, 'shown'), all(taken.inspector, 'shown')),
    frames: ratio(all(taken.text, 'frame'), all(taken.inspector, 'frame')),
  };
}

function framesOf(frames: number[]): { frame: number; slowest: number } {
  return { frame: middle(frames).median, slowest: frames.toSorted((a, b) => b - a)[1]! };
}

/** These run in the page. */
function layOutText(text: string): number {
  const area = document.createElement('textarea');
  area.wrap = 'off';
  area.style.cssText = 'font: 13px/20px monospace; width: 400px; height: 400px';
  document.body.append(area);
  const start = performance.now();
  area.value = text;
  area.getBoundingClientRect();
  return performance.now() - start;
}

async function showTable({ text, rows }: { text: string; rows: number }): Promise<number> {
  const area = document.querySelector('textarea')!;
  const isShown = (): boolean =>
    document.querySelector('#map-words')!.textContent!.replace(/\D/g, '').startsWith(String(rows));
  const start = performance.now();
  area.value = text;
  area.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }));
  do await new Promise((resolve) => requestAnimationFrame(resolve));
  while (!isShown());
  return performance.now() - start;
}

async function scroll({ selector, frames }: { selector: string; frames: number }): Promise<number[]> {
  const box = document.querySelector(selector)!;
  const taken: number[] = [];
  await new Promise((resolve) => requestAnimationFrame(resolve));
  for (let i = 0; i < frames; i++) {
    const start = performance.now();
    box.scrollTop += 1000;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    taken.push(performance.now() - start);
  }
  return taken;
}

async function run({ short, rounds }: Extent): Promise<Figures> {
  const { launchChromium } = await import('../chromium.ts');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const tables: Comparison[] = [];
    for (const rows of short ? [10_000] : [100, 10_000, 100_000])
      tables.push(await compare(page, rows, Math.min(rounds, short ? 3 : 9)));
    return { tables };
  } finally {
    await browser.close();
  }
}

function page({ tables }: Figures): string {
  const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const spread = ({ median, low, high }: Middle): string =>
    `**${median.toFixed(2)}** (${low.toFixed(2)} to ${high.toFixed(2)})`;
  const rows = tables.map(({ rows, inspector, text, ratio: shown, frames }) => [
    rows.toLocaleString('en'),
    milliseconds(inspector.shown),
    milliseconds(text.shown),
    spread(shown),
    `${milliseconds(inspector.frame)}, ${milliseconds(inspector.slowest)}`,
    `${milliseconds(text.frame)}, ${milliseconds(text.slowest)}`,
    spread(frames),
  ]);
  return `A table that is pasted into the inspector's page in headless Chromium, until its steps, bytes and sector map are drawn, beside
a text area that lays out the same text and does nothing else: what the browser takes in any case. Then the bytes, and the
text area, are scrolled by 1,000 pixels for each of ${FRAMES} frames: the median, and the slowest but one.

${table(['linear targets', 'inspector', 'text alone', 'times as fast', 'a frame', 'of the text', 'times as fast'], rows)}`;
}

export const inspector: Section<Figures> = {
  name: 'inspector',
  title: 'The inspector',
  run,
  page,
  ratios: () => ({}),
};

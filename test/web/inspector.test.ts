import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadPlanner } from '../../src/index.ts';
import { complaints, open, PAGE } from './browser.ts';

const planner = await loadPlanner();
const TABLE = '0 2048 linear /dev/sda 0\n2048 4096 striped 2 64 /dev/sdb 0 /dev/sdc 128\n';
const plan = planner.plan({ action: 'create', name: 'data', table: TABLE });
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the page', () => {
  test('is one file of less than 150 KB as it is transferred, planner included', () => {
    expect(gzipSync(readFileSync(fileURLToPath(PAGE))).length).toBeLessThan(150_000);
  });

  test('asks nothing of any network', async () => {
    const { page, write } = await open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await write(TABLE);
    await page.click('[data-copy=hex]');
    expect(asked).toEqual([]);
    const refusal = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => 'asked',
        (error: Error) => error.name,
      ),
    );
    expect(refusal).toBe('TypeError');
    expect(complaints.splice(0).join()).toMatch(/Content Security Policy/);
  });
});

describe('a table that is typed', () => {
  test('becomes the steps and the bytes that the planner makes of it', async () => {
    const { page, write, text } = await open();
    await write(TABLE);
    expect(await page.locator('#steps .command').allInnerTexts()).toEqual(['DEV_CREATE', 'TABLE_LOAD', 'DEV_SUSPEND']);
    expect(await text('#digest')).toBe(await plan.digest());
    for (const [index, { payload }] of plan.steps.entries()) {
      await page.locator(`[data-step="${index}"]`).click();
      const shown: string[] = await page.locator('#bytes .row .hex').allInnerTexts();
      const digits = shown.join('').replace(/\s/g, '');
      expect(digits.length).toBeGreaterThan(200);
      expect(hexOf(payload).slice(0, digits.length)).toBe(digits);
    }
  });

  test('follows the name, the uuid and the action beside it', async () => {
    const { page, write, text } = await open();
    await write(TABLE);
    await page.selectOption('#action', 'reload');
    await page.fill('#name', 'other');
    await page.check('#read-only');
    const expected = planner.plan({ action: 'reload', name: 'other', readOnly: true, table: TABLE });
    expect(await text('#digest')).toBe(await expected.digest());
  });

  test('tells what a field means, by pointer and by keys', async () => {
    const { page, write, text } = await open();
    await write(TABLE);
    await page.locator('#bytes .k-name').first().hover();
    expect(await text('#field')).toMatch(/^name bytes 48 to 175 data .*name of the device/);
    await page.locator('#bytes').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await text('#field')).toMatch(/^data_size bytes 12 to 15 440 /);
    expect(await page.locator('#looked-at').first().getAttribute('aria-label')).toBe('data_size, bytes 12 to 15: 440');
    await page.keyboard.press('End');
    expect(await text('#field')).toMatch(/^targets\[1\]\.padding/);
    expect(await page.locator('#map-words').innerText()).toMatch(/^targets\[1\] striped/);
  });

  test('is walked through with the keyboard alone', async () => {
    const { page, write } = await open();
    await write(TABLE);
    const stops: string[] = [];
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(
          () => document.activeElement?.id || document.activeElement?.getAttribute('data-step') || '',
        ),
      );
    }
    expect(stops).toEqual(expect.arrayContaining(['action', 'name', 'keep', '1', 'bytes', 'zoom-in', 'map']));
    await page.locator('[data-step="1"]').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('[aria-selected=true] .command').innerText()).toBe('DEV_CREATE');
  });
});

describe('a mistake', () => {
  test('is told with its name, its place and what to do, and the word is marked', async () => {
    const { page, write, text } = await open();
    await write(TABLE);
    await write('0 2048 linear /dev/sda 0\n4096 8 linear /dev/sdb 0\n');
    expect(await text('#problem')).toMatch(
      /^gap table\[1\]\.start .*nothing maps the sectors between Line 2, column 1$/,
    );
    expect(await page.locator('#views').getAttribute('class')).toBe('stale');
    await page.click('#go-to');
    expect(await page.evaluate(() => getSelection()?.toString())).toBe('4096');
    const mark = (await page.locator('#mark').boundingBox())!;
    const area = (await page.locator('#text').boundingBox())!;
    expect(mark.y - area.y).toBeCloseTo(26, 0);
    expect(mark.x - area.x).toBeCloseTo(8, 0);
    await write(TABLE);
    expect(await page.locator('#problem').isHidden()).toBe(true);
    expect(await page.locator('#mark').isHidden()).toBe(true);
  });

  test.each([
    ['a number that is none', '0 8 linear /dev/sda x\n', 'x'],
    [
      'a field of JSON',
      '{"action":"create","name":"data","targets":[{"type":"linear","length":8,"device":"sda","offset":0}]}',
      '"sda"',
    ],
    ['a word of --concise', 'a,,,,0 8 linear /dev/sda 0;b,,,,0 8 zero,9 8 zero', '9'],
    ['a word of a table in JSON', '{"action":"create","name":"data","table":"0 8 zero\\n9 8 zero\\n"}', '9'],
    ['what is not JSON', '{"action":"create",}', '}'],
    ['a digit that is no hex', '04000000 00000000 0000000g', '0000000g'],
    [
      'a second target behind a path with letters of more than one byte',
      '0 8 linear /dev/é 0\n8 8 linear /dev/€ q\n',
      'q',
    ],
  ])('is selected exactly: %s', async (_, input, word) => {
    const { page, write } = await open();
    await write(input);
    await page.click('#go-to');
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(word);
  });

  test('beside the text is shown there', async () => {
    const { page, write } = await open();
    await write(TABLE);
    await page.fill('#name', 'a/b');
    expect(await page.locator('#name').getAttribute('aria-invalid')).toBe('true');
    await page.click('#go-to');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('name');
  });

  test('leaves nothing to copy but the link', async () => {
    const { page, write, text } = await open();
    await write('0 8 nonsense!\n');
    await page.click('[data-copy=hex]');
    expect(await text('#done')).toBe('There is no plan to copy.');
  });
});

describe('what is put in', () => {
  test.each([
    ['a JSON request', JSON.stringify({ action: 'create', name: 'data', table: TABLE })],
    ['dmsetup’s --concise', `data,,,,${TABLE.trim().replace('\n', ',')}`],
    ['the kernel’s dm-mod.create=', `dm-mod.create="data,,,rw,${TABLE.trim().replace('\n', ',')}"`],
    [
      'a plan as JSON',
      JSON.stringify({ v: 1, steps: plan.steps.map(({ command, payload }) => ({ command, payload: hexOf(payload) })) }),
    ],
    ['a plan as hex', plan.steps.map(({ command, payload }) => `${command} ${hexOf(payload)}`).join('\n')],
    ['a plan as MessagePack in hex', hexOf(plan.bytes)],
  ])('may be %s', async (_, input) => {
    const { page, write, copied } = await open();
    await write(input);
    expect(await page.locator('#steps .command').allInnerTexts()).toEqual(['DEV_CREATE', 'TABLE_LOAD', 'DEV_SUSPEND']);
    expect(await copied('hex')).toBe(
      plan.steps.map(({ command, payload }) => `${command} ${hexOf(payload)}\n`).join(''),
    );
  });

  test('may be the bytes of one payload, whose command is guessed and can be said', async () => {
    const { page, write, copied } = await open();
    await write(hexOf(plan.steps[1]!.payload));
    expect(await page.locator('#steps .command').allInnerTexts()).toEqual(['TABLE_LOAD']);
    expect(await copied('table')).toBe(TABLE);
    await page.selectOption('#command', 'DEV_STATUS');
    expect(await page.locator('#steps .command').allInnerTexts()).toEqual(['DEV_STATUS']);
  });
});

describe('a link', () => {
  test('brings another browser to the same bytes', async () => {
    const first = await open();
    await first.write(TABLE);
    await first.page.fill('#name', 'over there');
    await first.page.fill('#name', 'other');
    const second = await open(await first.copied('link'));
    expect(await second.page.inputValue('#text')).toBe(TABLE);
    expect(await second.text('#digest')).toBe(await first.text('#digest'));
  });

  test('is in the address too, unless the table holds a key', async () => {
    const { page, write, copied } = await open();
    await write(TABLE);
    await page.waitForFunction(() => location.hash.length > 3);
    await page.selectOption('#example', 'crypt, JSON');
    await page.waitForFunction(() => location.hash === '');
    await copied('link');
    expect(await page.locator('#done').innerText()).toMatch(/It holds a key/);
  });

  test('that is damaged is told, and harms nothing', async () => {
    const { text } = await open(`${PAGE}#1:AAAA`);
    expect(await text('#steps')).toMatch(/DEV_CREATE/);
    expect(await text('#done')).toMatch(/damaged/);
  });
});

describe('copies', () => {
  test('as a C array hold every byte of every step', async () => {
    const { write, copied } = await open();
    await write(TABLE);
    const arrays = (await copied('c')).split('static const').slice(1);
    const bytes = arrays.map((text) => [...text.matchAll(/0x([0-9a-f]{2}),/g)].map(([, byte]) => byte).join(''));
    expect(bytes).toEqual(plan.steps.map(({ payload }) => hexOf(payload)));
  });

  test('as a JSON request make the same plan again', async () => {
    const { page, write, text, copied } = await open();
    await write(TABLE);
    await page.fill('#uuid', 'CRYPT-1');
    await page.check('#read-only');
    const before = await text('#digest');
    const request = await copied('request');
    await page.fill('#uuid', '');
    await write(request);
    await page.waitForFunction((digest) => document.querySelector('#digest')?.textContent === digest, before);
    expect(JSON.parse(request)).toMatchObject({ action: 'create', name: 'data', uuid: 'CRYPT-1', readOnly: true });
  });

  test('as JSON are what dmplan plan --format json prints', async () => {
    const { write, copied } = await open();
    await write(TABLE);
    expect(JSON.parse(await copied('json'))).toEqual({
      v: 1,
      digest: await plan.digest(),
      steps: plan.steps.map(({ command, payload }) => ({ command, payload: hexOf(payload) })),
    });
  });
});

describe('the sector map', () => {
  test('is to scale', async () => {
    const { page, write } = await open();
    await write('0 1000 linear /dev/sda 0\n1000 3000 linear /dev/sdb 0\n');
    const widths = await page
      .locator('#map .segment .body')
      .evaluateAll((all) => all.map((rect) => Number(rect.getAttribute('width'))));
    expect(widths[1]! / widths[0]!).toBeCloseTo(3, 3);
    const extents = await page
      .locator('#map .extent')
      .evaluateAll((all) => all.map((rect) => Number(rect.getAttribute('width'))));
    expect(extents).toEqual(widths);
  });

  test('shows each chunk of a stripe in its device’s colour', async () => {
    const { page, write } = await open();
    await write('0 1024 striped 2 128 /dev/sda 0 /dev/sdb 0\n');
    const chunks = await page
      .locator('#map .chunk')
      .evaluateAll((all) => all.map((rect) => rect.getAttribute('class')));
    expect(chunks).toEqual([
      'chunk h0',
      'chunk h1',
      'chunk h0',
      'chunk h1',
      'chunk h0',
      'chunk h1',
      'chunk h0',
      'chunk h1',
    ]);
  });

  test('is read with keys: target by target, and nearer', async () => {
    const { page, write, text } = await open();
    await write(TABLE);
    await page.locator('#map').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await text('#map-words')).toMatch(
      /^targets\[1\] striped: sectors 2.048 to 6.143, .*64 sectors to each in turn$/,
    );
    expect(await text('#field')).toMatch(/^targets\[1\]/);
    await page.keyboard.press('Enter');
    expect(await page.locator('#map .segment').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.locator('#map .segment').count()).toBe(2);
  });
});

describe('the verity tree', () => {
  test('is drawn with its levels, and followed from a block to the root', async () => {
    const { page, text } = await open();
    await page.selectOption('#example', 'verity');
    expect(await page.locator('#tree svg .title').allTextContents()).toEqual([
      'root digest',
      'level 2',
      'level 1',
      'level 0',
      'data',
    ]);
    await page.fill('#data-block', '129');
    // 262144 blocks: 2048 + 16 + 1 blocks of hashes behind block 1, the top first
    expect(await text('#tree .words')).toMatch(
      /^Data block 129 → digest 1 of hash block 19 \(level 0, .*\) → digest 1 of hash block 2 \(level 1, .*\) → digest 0 of hash block 1 \(level 2, .*\) → the root digest$/,
    );
  });
});

describe('the difference between two plans', () => {
  test('is told field by field, and marked in the bytes', async () => {
    const { page, write, text, copied } = await open();
    await write(TABLE);
    await page.click('#keep');
    expect(await text('#diff')).toBe('The two plans are the same, byte for byte.');
    await write(TABLE.replace('/dev/sda 0', '/dev/sda 8'));
    expect(await text('#diff')).toMatch(
      /TABLE_LOAD differs targets\[0\] 0 2048 linear \/dev\/sda 0 → 0 2048 linear \/dev\/sda 8/,
    );
    await page.locator('#bytes').focus();
    await page.keyboard.press('End');
    expect(await page.locator('#bytes .changed').count()).toBeGreaterThan(0);
    const [before, after] = [TABLE, TABLE.replace('/dev/sda 0', '/dev/sda 8')];
    await page.click('#swap');
    expect(await page.inputValue('#text')).toBe(before);
    const second = await open(await copied('link'));
    expect(await second.text('#diff')).toMatch(/sda 8 → 0 2048 linear \/dev\/sda 0/);
    await second.page.click('#swap');
    expect(await second.page.inputValue('#text')).toBe(after);
  });
});

describe('ten thousand targets', () => {
  const COUNT = 10_000;
  const table = Array.from({ length: COUNT }, (_, i) => `${i * 8} 8 linear /dev/sd${'abcd'[i % 4]} ${i * 8}\n`).join(
    '',
  );
  const load = planner.plan({ action: 'create', name: 'data', table }).steps[1]!;

  test('are all there, though only those in sight are drawn', async () => {
    const { page, write, text } = await open();
    await write(table);
    await page.waitForFunction(() => document.querySelector('#map-words')?.textContent?.startsWith('10'));
    expect(await page.locator('#bytes .row').count()).toBeLessThan(60);
    expect(await page.locator('#map svg *').count()).toBeLessThan(20_000);
    await page.locator('#bytes').focus();
    await page.keyboard.press('End');
    expect(await text('#field')).toMatch(/^targets\[9999\]/);
    const rows: string[] = await page.locator('#bytes .row .hex').allInnerTexts();
    const digits = rows.join('').replace(/\s/g, '');
    expect(hexOf(load.payload).endsWith(digits)).toBe(true);
    await page.evaluate(() => document.querySelector('#bytes')!.scrollTo(0, 100_000));
    await page.waitForFunction(() => {
      const first = Number.parseInt(document.querySelector('#bytes .offset')!.textContent!, 16);
      return first > 0 && first < 100_000;
    });
    const first = Number.parseInt((await page.locator('#bytes .offset').first().innerText()) ?? '', 16);
    const seen = (await page.locator('#bytes .row .hex').allInnerTexts()).join('').replace(/\s/g, '');
    expect(hexOf(load.payload).slice(first * 2, first * 2 + seen.length)).toBe(seen);
  });

  test('a mistake in the last of them is shown', async () => {
    const { page, write } = await open();
    await write(`${table}80000 8 linear /dev/sda y\n`);
    await page.click('#go-to');
    expect(await page.evaluate(() => getSelection()?.toString())).toBe('y');
    const mark = (await page.locator('#mark').boundingBox())!;
    const area = (await page.locator('#text').boundingBox())!;
    expect(mark.y).toBeGreaterThan(area.y);
    expect(mark.y + mark.height).toBeLessThan(area.y + area.height);
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('every text stands out from what is behind it', async () => {
    const { page } = await open(PAGE, { colorScheme });
    await page.selectOption('#example', 'a gap, to see an error');
    const ratios = await page.evaluate(contrasts);
    await page.selectOption('#example', 'verity');
    for (const { what, ratio } of [...ratios, ...(await page.evaluate(contrasts))]) {
      expect(ratio, what).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each([1400, 400])('nothing is wider than a window of %i', async (width) => {
    const { page } = await open(PAGE, { colorScheme, viewport: { width, height: 800 } });
    for (const example of await page.locator('#example option').allInnerTexts()) {
      if (example !== 'choose…') await page.selectOption('#example', example);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });
});

/** Runs in the page: the contrast of each kind of text that is shown, by the formula of WCAG 2. */
function contrasts(): { what: string; ratio: number }[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const luminance = (colors: string[]): number => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const behind = (element: Element | null): string[] =>
    element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : [];
  const all = [
    ...document.querySelectorAll('h1, h2, label, p, button, strong, code, textarea, .offset, .f, #line-numbers'),
  ];
  return all
    .filter((element) => element.getClientRects().length > 0 && !element.closest('.stale'))
    .map((element) => {
      const back = luminance(behind(element));
      const front = luminance([...behind(element), getComputedStyle(element).color]);
      return {
        what: `${element.tagName}.${element.className}#${element.id}`,
        ratio: (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05),
      };
    });
}

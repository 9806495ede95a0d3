import { once } from 'node:events';
import { expect, test } from 'vitest';
import { scratch, start } from '../unit/cli/capture.ts';
import { open } from './browser.ts';

const { file } = scratch();

test('the link that dmplan inspect --web prints opens the inspector with the file in it', async () => {
  const child = start(['inspect', '--web', file('disks.table', '0 8 linear /dev/sda 0\n8 8 zero\n')]);
  try {
    const [line] = (await once(child.stdout!.setEncoding('utf8'), 'data')) as [string];
    const { page } = await open(line.trim());
    expect(await page.inputValue('#text')).toBe('0 8 linear /dev/sda 0\n8 8 zero\n');
    expect(await page.inputValue('#name')).toBe('disks');
    expect(await page.locator('#map .segment').count()).toBe(2);
  } finally {
    child.kill('SIGINT');
  }
});

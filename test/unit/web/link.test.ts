import { describe, expect, test } from 'vitest';
import { entryOf } from '../../../src/web/entry.ts';
import { fragmentOf, readFragment } from '../../../src/web/link.ts';

describe('a link', () => {
  test.each([
    ['a table', entryOf('0 8 zero\n')],
    ['letters of any language', entryOf('# é € 𝄞\n', { name: 'é' })],
    [
      'everything beside the text',
      entryOf('00', { action: 'reload', name: 'n', uuid: 'u', readOnly: true, command: 'TABLE_LOAD', reply: true }),
    ],
    ['nothing', entryOf('')],
  ])('carries %s there and back', async (_, entry) => {
    expect(await readFragment(await fragmentOf({ entry }))).toEqual({ entry });
  });

  test('carries the plan it is compared with', async () => {
    const linked = { entry: entryOf('0 8 zero\n'), compared: entryOf('0 8 error\n', { name: 'old' }) };
    expect(await readFragment(await fragmentOf(linked))).toEqual(linked);
  });

  test('needs no escapes in an address', async () => {
    expect(await fragmentOf({ entry: entryOf('0 8 linear /dev/ä 0\n'.repeat(99)) })).toMatch(/^#1:[\w-]+$/);
  });

  test('of ten thousand targets is a tenth of the table', async () => {
    const table = Array.from({ length: 10_000 }, (_, i) => `${i * 8} 8 linear /dev/sda ${i * 8}\n`).join('');
    expect((await fragmentOf({ entry: entryOf(table) })).length).toBeLessThan(table.length / 3);
  });

  test.each(['', '#', '#1:', '#1:!!!', '#1:AAAA', '#2:AAAA', '#top'])(
    'that is damaged or not ours carries nothing: "%s"',
    async (fragment) => {
      expect(await readFragment(fragment)).toBeUndefined();
    },
  );

  test('takes only what is well formed', async () => {
    const entry = { text: 7, action: 'destroy', name: {}, command: 'toString', reply: 'yes', readOnly: 1 };
    expect(await readFragment(await fragmentOf({ entry: entry as never }))).toEqual({ entry: entryOf('') });
  });
});

/** Whole drawings, each in a file of drawings/ that a person can hold against the table above it. */
import { expect, test } from 'vitest';
import type { Request } from '../../../../src/index.ts';
import { drawn, load, plainStyle } from './draw.ts';

const MIXED = `0 1000 linear /dev/sda 50
1000 2000 linear /dev/sdb 1000000
3000 4096 striped 2 512 /dev/sdc 0 /dev/sdd 8
7096 1000 zero
8096 2000 mirror core 1 1024 2 /dev/sda 5000 /dev/sde 0
`;
const VERITY = `0 4194304 verity 1 /dev/sda /dev/sdb 4096 4096 524288 1 sha256 ${'ab'.repeat(32)} -\n`;
const MANY = Array.from({ length: 10_000 }, (_, i) => `${i * 8} 8 linear /dev/sd${'abcd'[i % 4]} ${i * 8}\n`).join('');
const KEY = `0 8 crypt aes-xts-plain64 ${'1a'.repeat(32)} 0 /dev/sda 0\n`;
const LOOSE = '0 4194304 raid raid5_ls 1 32 3 - /dev/x - /dev/y - /dev/z\n4194304 100000 thin /dev/pool 3\n';

const DRAWINGS: [string, Request, number, 'unicode' | 'ascii'][] = [
  ['every kind of target, 80 columns', load(MIXED), 80, 'unicode'],
  ['every kind of target, 80 columns, ASCII', load(MIXED), 80, 'ascii'],
  ['every kind of target, 40 columns', load(MIXED), 40, 'unicode'],
  ['every kind of target, 120 columns', load(MIXED), 120, 'unicode'],
  ['three steps', { action: 'create', name: 'data', uuid: 'ACME-1', table: '0 8 zero\n' }, 80, 'unicode'],
  ['a verity tree', load(VERITY, true), 80, 'unicode'],
  ['a verity tree, 40 columns, ASCII', load(VERITY, true), 40, 'ascii'],
  ['ten thousand targets', load(MANY), 80, 'unicode'],
  ['a key', load(KEY), 80, 'unicode'],
  ['sectors that only the target knows', load(LOOSE), 80, 'unicode'],
  ['sectors wider than a column', load('0 16 striped 2 4 /dev/a 0 /dev/b 0\n'), 80, 'unicode'],
];

test.each(DRAWINGS)('%s', async (name, request, width, form) => {
  const { table } = request as { table: string };
  const text = `${table.length < 1000 ? `${table}\n` : ''}${drawn(request, plainStyle(width, form))}`;
  await expect(text).toMatchFileSnapshot(`drawings/${name.replace(/\W+/g, '-')}.txt`);
});

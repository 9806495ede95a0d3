import { beforeAll, describe, expect, it } from 'vitest';
import { DmError } from '../../src/errors.ts';
import type { KernelKey } from '../../src/kernel/releases.ts';
import type { TableTarget } from '../../src/targets.ts';
import { KERNEL, useKernel } from './harness.ts';
import { type Row, rawCreate } from './raw-plan.ts';

/**
 * Every rule of a table against the kernel: the same rows are given to the planner, and, as bytes that no rule has
 * seen, to the kernel. Where the kernel takes what the planner refuses, `because` says why the planner refuses it.
 */
interface Case {
  rule: string;
  rows: Row[];
  /** True unless the rule is about that. */
  readOnly?: boolean;
  /** `created`, or the command and errno that refused. The same on all kernels, or one for each. */
  kernel: string | Record<KernelKey, string>;
  because?: string;
}

const REFUSED = 'TABLE_LOAD EINVAL';
const TOO_BIG = 'TABLE_LOAD E2BIG';
const IGNORED = 'it ignores the words, which somebody meant';
const LAST = 2n ** 54n - 1n;
const ROOT = 'ab'.repeat(32);

/** Words of a verity table over 256 blocks on DATA and HASH, some of them replaced. */
function words(replaced: Partial<Record<(typeof WORDS)[number], string>> = {}, options = ''): string {
  const usual = ['1', 'DATA', 'HASH', '4096', '4096', '256', '1', 'sha256', ROOT, '-'];
  const all = WORDS.map((name, index) => replaced[name] ?? usual[index]);
  return `${all.join(' ')}${options === '' ? '' : ` ${options}`}`;
}

const WORDS = ['type', 'data', 'hash', 'dbs', 'hbs', 'blocks', 'start', 'algorithm', 'root', 'salt'] as const;

const verity = (params: string, length: number | bigint = 2048): Row[] => [[0, length, 'verity', params]];
const linear = (params: string, length: number | bigint = 8): Row[] => [[0, length, 'linear', params]];

const CASES: Case[] = [
  { rule: 'linear_past_last_sector', rows: linear(`DATA ${LAST}`), kernel: REFUSED },
  { rule: 'striped_length_not_divisible', rows: [[0, 1001, 'striped', '2 8 DATA 0 HASH 0']], kernel: REFUSED },
  { rule: 'striped_length_not_chunks', rows: [[0, 1000, 'striped', '2 8 DATA 0 HASH 0']], kernel: REFUSED },
  { rule: 'verity_data_too_large', rows: verity(words({ blocks: String(2n ** 53n) })), kernel: TOO_BIG },
  { rule: 'verity_length_past_data', rows: verity(words(), 2056), kernel: REFUSED },
  { rule: 'verity_length_not_blocks', rows: verity(words(), 2047), kernel: REFUSED },
  { rule: 'verity_hash_start_too_large', rows: verity(words({ start: String(2n ** 53n) })), kernel: TOO_BIG },
  {
    rule: 'verity_hash_overlaps_data',
    rows: verity(words({ hash: 'DATA' })),
    kernel: 'created',
    because: 'it would verify blocks of the tree as data',
  },
  { rule: 'verity_digest_length', rows: verity(words({ root: ROOT.slice(2) })), kernel: REFUSED },
  { rule: 'verity_digest_length', rows: verity(words({ root: `${ROOT}ab` })), kernel: REFUSED },
  {
    // No algorithm that the kernel has is that long, so that it stops at the name.
    rule: 'verity_digest_exceeds_block',
    rows: verity(words({ root: 'ab'.repeat(300), hbs: '512', algorithm: 'long' })),
    kernel: 'TABLE_LOAD ENOENT',
  },
  {
    rule: 'verity_fec_incomplete',
    rows: verity(words({}, '2 use_fec_from_device HASH')),
    kernel: REFUSED,
  },
  {
    rule: 'verity_fec_block_sizes',
    rows: verity(words({ hbs: '1024' }, '8 use_fec_from_device HASH fec_start 0 fec_blocks 300 fec_roots 2')),
    kernel: REFUSED,
  },
  {
    rule: 'verity_fec_blocks_too_few',
    rows: verity(words({}, '8 use_fec_from_device HASH fec_start 0 fec_blocks 255 fec_roots 2')),
    kernel: REFUSED,
  },
  { rule: 'read_only_required', rows: verity(words()), readOnly: false, kernel: REFUSED },
  { rule: 'singleton', rows: [...verity(words()), [2048, 8, 'linear', 'DATA 0']], kernel: REFUSED },
  {
    rule: 'singleton',
    rows: [
      [0, 8, 'linear', 'DATA 0'],
      [8, 2048, 'verity', words()],
    ],
    kernel: REFUSED,
  },
  { rule: 'first_start', rows: [[8, 8, 'linear', 'DATA 0']], kernel: REFUSED },
  {
    rule: 'gap',
    rows: [
      [0, 8, 'linear', 'DATA 0'],
      [16, 8, 'linear', 'DATA 0'],
    ],
    kernel: REFUSED,
  },
  {
    rule: 'overlap',
    rows: [
      [0, 8, 'linear', 'DATA 0'],
      [4, 8, 'linear', 'DATA 0'],
    ],
    kernel: REFUSED,
  },
  { rule: 'table_too_long', rows: [[0, LAST + 1n, 'zero', '']], kernel: REFUSED },
  {
    rule: 'table_too_long',
    rows: [
      [0, LAST, 'zero', ''],
      [LAST, 8, 'zero', ''],
    ],
    kernel: REFUSED,
  },
  { rule: 'out_of_range', rows: verity(words({ type: '2' })), kernel: REFUSED },
  { rule: 'out_of_range', rows: verity(words({ dbs: '256', blocks: '4096' })), kernel: REFUSED },
  { rule: 'out_of_range', rows: verity(words({ blocks: '0' })), kernel: REFUSED },
  { rule: 'not_power_of_two', rows: verity(words({ dbs: '1536' })), kernel: REFUSED },
  { rule: 'not_power_of_two', rows: verity(words({ hbs: '1536' })), kernel: REFUSED },
  { rule: 'out_of_range', rows: [[0, 8, 'striped', '1 0 DATA 0']], kernel: REFUSED },
  { rule: 'list_too_short', rows: [[0, 8, 'striped', '0 8']], kernel: REFUSED },
  { rule: 'missing_word', rows: [[0, 16, 'striped', '2 8 DATA 0 HASH']], kernel: REFUSED },
  { rule: 'missing_word', rows: linear('DATA'), kernel: REFUSED },
  { rule: 'missing_word', rows: verity(words().replace(/ -$/, '')), kernel: REFUSED },
  { rule: 'extra_word', rows: linear('DATA 0 0'), kernel: REFUSED },
  { rule: 'extra_word', rows: [[0, 8, 'zero', 'DATA']], kernel: REFUSED },
  { rule: 'missing_word', rows: [[0, 8, 'error', 'DATA']], kernel: 'created', because: IGNORED },
  { rule: 'extra_word', rows: [[0, 8, 'error', 'DATA 0 0']], kernel: 'created', because: IGNORED },
  { rule: 'bad_number', rows: linear('DATA 08'), kernel: 'created', because: 'one number has one spelling' },
  { rule: 'bad_number', rows: linear('DATA +8'), kernel: REFUSED },
  { rule: 'bad_number', rows: linear('DATA 8x'), kernel: REFUSED },
  { rule: 'bad_number', rows: linear('DATA 0x8'), kernel: REFUSED },
  {
    rule: 'number_too_large',
    rows: linear(`DATA ${2n ** 64n + 8n}`),
    kernel: { '6.1': 'created', '6.12': 'created', '7.2': REFUSED },
    because: 'its scanf drops the high bits: sector 8 is mapped',
  },
  { rule: 'bad_hex', rows: verity(words({ root: 'xy'.repeat(32) })), kernel: REFUSED },
  { rule: 'odd_hex', rows: verity(words({ salt: 'abc' })), kernel: REFUSED },
  { rule: 'odd_hex', rows: verity(words({ root: ROOT.slice(1) })), kernel: REFUSED },
  { rule: 'unknown_option', rows: verity(words({}, '1 ignore_everything')), kernel: REFUSED },
  { rule: 'option_count', rows: verity(words({}, '2 ignore_corruption')), kernel: REFUSED },
  { rule: 'option_count', rows: verity(words({}, '0 ignore_corruption')), kernel: 'created', because: IGNORED },
  { rule: 'option_repeated', rows: verity(words({}, '2 ignore_corruption ignore_corruption')), kernel: REFUSED },
  {
    rule: 'option_repeated',
    rows: verity(words({}, '2 ignore_zero_blocks ignore_zero_blocks')),
    kernel: 'created',
    because: 'one of the two is a mistake',
  },
  {
    // dm_get_device makes every failed look-up ENODEV before 6.5.
    rule: 'bad_device',
    rows: linear('loop0 0'),
    kernel: { '6.1': 'TABLE_LOAD ENODEV', '6.12': 'TABLE_LOAD ENOENT', '7.2': 'TABLE_LOAD ENOENT' },
  },
];

const kernel = useKernel({ disks: [1, 1] });
const devices: Record<string, string> = {};

beforeAll(() => {
  [devices.DATA, devices.HASH] = kernel.disks as [string, string];
});

const filled = (params: string): string => params.replaceAll(/DATA|HASH/g, (name) => devices[name]!);

function planned({ rows, readOnly = true }: Case): string {
  const targets: TableTarget[] = rows.map(([start, length, type, params]) => ({
    type,
    start: String(start),
    length: String(length),
    params: filled(params),
  }));
  try {
    kernel.dm.planner.plan({ action: 'create', name: 'ruled', readOnly, targets });
    return 'planned';
  } catch (error) {
    if (error instanceof DmError) return error.code;
    throw error;
  }
}

/** What the kernel does with it: `created`, or which command fails how. */
async function tried({ rows, readOnly = true }: Case): Promise<string> {
  const bytes = rows.map(([start, length, type, params]): Row => [start, length, type, filled(params)]);
  try {
    await kernel.dm.apply(rawCreate('ruled', bytes, { readOnly }));
  } catch (error) {
    if (!(error instanceof DmError)) throw error;
    expect(error.rollback).toMatchObject({ complete: true });
    return `${error.step?.command} ${error.errno?.name ?? error.code}`;
  }
  await kernel.dm.remove('ruled');
  return 'created';
}

it('planner and executor refuse a number of a device that the kernel reads as another', async () => {
  const number = '07:0';
  expect(planned({ rule: 'bad_device', rows: linear(`${number} 0`), kernel: '' })).toBe('bad_device');
  const error = await kernel.dm
    .apply(rawCreate('ruled', [[0, 8, 'linear', `${number} 0`]]))
    .catch((error: DmError) => error);
  expect(error).toMatchObject({ code: 'payload_refused', rule: 'canonical', rollback: undefined });
  await kernel.sh(`dmsetup create ruled --table '0 8 linear ${number} 0'`);
  expect(await kernel.dm.table('ruled')).toMatchObject([{ params: '7:0 0' }]);
  await kernel.dm.remove('ruled');
});

describe('the planner refuses', () => {
  for (const given of CASES) {
    const { rule, rows, because } = given;
    const outcome = typeof given.kernel === 'string' ? given.kernel : given.kernel[KERNEL];
    const what = outcome === 'created' ? `which the kernel takes (${because})` : `and so does the kernel (${outcome})`;
    const shown = rows
      .map((row) =>
        row
          .join(' ')
          .replaceAll(/([0-9a-f]{4})[0-9a-f]{20,}/g, '$1…')
          .trim(),
      )
      .join(', ');
    it(`${rule}: "${shown}", ${what}`, async () => {
      expect(planned(given)).toBe(rule);
      expect(await tried(given)).toBe(outcome);
    });
  }
});

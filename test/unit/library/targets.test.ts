import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import {
  error,
  linear,
  loadPlanner,
  type Request,
  sectors,
  striped,
  type TableTarget,
  verity,
  zero,
} from '../../../src/index.ts';
import { plannedTargets } from '../../../src/live/planned.ts';
import * as exported from '../../../src/targets/builders.ts';

const planner = await loadPlanner();
const builders = new Map<string, unknown>(Object.entries(exported));
const digest = 'ab'.repeat(32);

/** The rows that the kernel would read. */
function rows(...targets: TableTarget[]): string[] {
  const plan = planner.plan({ action: 'load', name: 'data', readOnly: true, targets });
  const fields = planner.inspect('TABLE_LOAD', plan.steps[0]!.payload);
  const told = (name: string): unknown[] =>
    fields.filter(({ field }) => field.endsWith(name)).map(({ value }) => value);
  const [start, length, type, params] = ['sector_start', 'length', 'target_type', 'params'].map(told);
  return targets.map((_, i) => [start![i], length![i], type![i], params![i] || ''].join(' ').trim());
}

describe('a target builder', () => {
  it('adds its type to the fields and changes nothing else', () => {
    const fields = Object.freeze({ length: 8, device: '/dev/a', offset: sectors(16) });
    expect(linear(fields)).toEqual({ type: 'linear', ...fields });
    expect(zero({ length: '4KiB' })).toEqual({ type: 'zero', length: '4KiB' });
    expect(error({ length: 8 })).toEqual({ type: 'error', length: 8 });
  });

  it('gives the rows that dmsetup would be given as text', () => {
    expect(
      rows(
        linear({ length: '1MiB', device: '/dev/a', offset: sectors(2048) }),
        striped({
          length: 256,
          chunkSize: 64,
          stripes: [
            { device: '7:0', offset: 0 },
            { device: '7:1', offset: '4KiB' },
          ],
        }),
        zero({ length: 8, start: 2304 }),
        error({ length: 8 }),
        error({ length: 8, device: '/dev/b', offset: 1 }),
        { type: 'snapshot-origin', length: 8, params: '/dev/c' },
      ),
    ).toEqual([
      '0 2048 linear /dev/a 2048',
      '2048 256 striped 2 64 7:0 0 7:1 8',
      '2304 8 zero',
      '2312 8 error',
      '2320 8 error /dev/b 1',
      '2328 8 snapshot-origin /dev/c',
    ]);
  });

  it('gives a verity row with its options', () => {
    const fields = {
      length: 16,
      hashType: 1 as const,
      dataDevice: '/dev/a',
      hashDevice: '/dev/b',
      dataBlockSize: 4096,
      hashBlockSize: 4096,
      dataBlocks: 2n,
      hashStartBlock: 1,
      algorithm: 'sha256',
      rootDigest: digest,
    };
    expect(rows(verity(fields))).toEqual([`0 16 verity 1 /dev/a /dev/b 4096 4096 2 1 sha256 ${digest} -`]);
    expect(rows(verity({ ...fields, salt: 'aa', onCorruption: 'panic', checkAtMostOnce: true }))[0]).toMatch(
      / aa 2 (panic_on_corruption check_at_most_once|check_at_most_once panic_on_corruption)$/,
    );
  });

  it('is there for every target, named after it', () => {
    const names = TARGETS.map(({ type }) => type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
    expect([...builders.keys()].sort()).toEqual(names.map((name) => (name === 'switch' ? 'switchPaths' : name)).sort());
  });

  it.each(TARGETS)(
    'makes of the fields of a $type row the bytes of its words',
    ({ type, example, readOnly = false }) => {
      const load = (request: object): Uint8Array =>
        planner.plan({ action: 'load', name: 'a', readOnly, ...request } as Request).steps[0]!.payload;
      const payload = load({ table: `${example}\n` });
      const [{ fields, length } = { fields: undefined, length: 0 }] = plannedTargets(planner, payload);
      const { keyTypeNumber: _, ...given } = fields!;
      const name =
        type === 'switch' ? 'switchPaths' : type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      const build = builders.get(name) as (fields: object) => TableTarget;
      expect(build({ length, ...given })).toEqual({ type, length, ...given });
      expect(Buffer.from(load({ targets: [build({ length, ...given })] })).equals(payload)).toBe(true);
    },
  );
});

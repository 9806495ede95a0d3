import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../../assembly/tables/errors.ts';
import { TEXTS } from '../../../assembly/tables/texts.ts';
import { loadPlanner } from '../../../src/index.ts';
import { readCanonical } from '../planner/canonical.ts';
import { encoded, readFailure } from '../planner/harness.ts';
import { as } from '../planner/pack.ts';
import { host, layout, refusal } from './ask.ts';
import { LAYOUT_EXAMPLES } from './examples.ts';
import { REFUSED_LAYOUTS } from './refused.ts';

const usable = { kind: 'usable', deviceSize: 2048 };

describe('a request for a layout', () => {
  test.each([
    ['no kind', {}, 'missing_field', 'kind'],
    ['a kind that is no text', { kind: 7 }, 'wrong_type', 'kind'],
    ['an unknown kind', { kind: 'raid7' }, 'unknown_layout', 'kind'],
    ['an unknown version', { ...usable, v: 2 }, 'unsupported_version', 'v'],
    ['a field of a plan', { ...usable, name: 'x' }, 'unknown_field', 'name'],
    ['a unit that is none', { kind: 'usable', deviceSize: '1MB' }, 'unknown_unit', 'deviceSize'],
    ['a number past 64 bits', { kind: 'usable', deviceSize: '18446744073709551616' }, 'number_too_large', 'deviceSize'],
    ['a negative number', { kind: 'usable', deviceSize: -1 }, 'negative_number', 'deviceSize'],
  ])('with %s is refused', (_, fields, name, path) => {
    expect(refusal(fields)).toMatchObject({ name, path });
  });

  test.each(REFUSED_LAYOUTS)('with $what is refused: $name', ({ request, name, path }) => {
    const failure = host.failure('plan', request);
    expect(failure).toMatchObject({ name, path });
    expect(failure.message).not.toMatch(/\{\w+\}|[^ -~]/);
  });

  test('has a good example for each kind', () => {
    expect(Object.keys(LAYOUT_EXAMPLES)).toEqual(TEXTS.kinds.split(', '));
    for (const [kind, fields] of Object.entries(LAYOUT_EXAMPLES)) expect(layout({ kind, ...fields })).not.toEqual({});
  });

  test('has a bad example for each of its errors', () => {
    const codes = ERRORS.filter(({ code }) => code >= 110 && code < 140);
    expect(REFUSED_LAYOUTS.map(({ name }) => name)).toEqual(codes.map(({ name }) => name));
  });

  test('names the byte at fault', () => {
    const bytes = encoded({ v: 1, action: 'layout', kind: 'usable', deviceSize: as('uint64', 0) });
    const { code, bytes: answer } = host.call('plan', bytes);
    const { offset } = readFailure(code, answer);
    expect(bytes[offset]).toBe(0xcf);
  });

  test('says which kinds and fields there are', () => {
    expect(refusal({ kind: 'raid7' }).message).toContain(
      'concat, stripe, verity, thinPool, snapshot, integrity, raid, mirror, usable',
    );
    expect(refusal({ ...usable, name: 'x' }).message).toContain('deviceSize, offset, logicalBlockSize');
  });

  test('takes numbers in every form', () => {
    for (const deviceSize of [2048, '2048', '2048s', '1MiB', as('float64', 2048), as('int64', 2048)]) {
      expect(layout({ ...usable, deviceSize })).toEqual({ length: 2048n, unused: 0n });
    }
  });

  test('without a version is refused, as any other', () => {
    expect(host.failure('plan', { action: 'layout', ...usable })).toMatchObject({ name: 'missing_field', path: 'v' });
  });

  test('is answered or refused, whatever its fields are', () => {
    const names = Object.entries(TEXTS).filter(([name]) => name.endsWith('Fields'));
    const fields = fc.constantFrom(...new Set(names.flatMap(([, known]) => known.split(', '))));
    const value = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 0n, max: 5000n }),
      fc.integer({ min: 0, max: 63 }).map((bits) => 2n ** BigInt(bits)),
      fc.constantFrom(true, false, null, '1MiB', 'sha256', 'far', 'bitmap', ''),
      fc.array(fc.record({ device: fc.string(), length: fc.bigInt({ min: 0n, max: 2n ** 55n }) }), { maxLength: 3 }),
    );
    const kinds = fc.constantFrom(...TEXTS.kinds.split(', '));
    fc.assert(
      fc.property(kinds, fc.dictionary(fields, value, { maxKeys: 6 }), (kind, some) => {
        const { code, bytes } = host.call('plan', encoded({ ...some, v: 1, action: 'layout', kind }));
        if (code === 0) readCanonical(bytes);
        else readFailure(code, bytes);
      }),
      { numRuns: 5000 },
    );
  });

  test('is answered the same whatever came before it', () => {
    const before = layout(usable);
    refusal({ kind: 'stripe', chunkSize: 8, devices: [{ device: '/dev/sda', length: 4 }] });
    expect(layout(usable)).toEqual(before);
  });
});

describe('the library', () => {
  test('answers with bigints, and its targets can be planned as they are', async () => {
    const planner = await loadPlanner();
    const { length, targets } = planner.layout({
      kind: 'stripe',
      chunkSize: 8,
      devices: [
        { device: '/dev/loop0', length: '1MiB' },
        { device: '/dev/loop1', length: 2047 },
      ],
    });
    expect(length).toBe(4080n);
    expect(planner.plan({ action: 'create', name: 'striped', targets }).steps).toHaveLength(3);
    expect(planner.layout({ kind: 'thinPool', dataSize: '1TiB' }).capped).toBe(false);
  });

  test('throws with the name of the error and its path', async () => {
    const planner = await loadPlanner();
    expect(() => planner.layout({ kind: 'usable', deviceSize: 0 })).toThrow(
      expect.objectContaining({ code: 'out_of_range', path: 'deviceSize' }),
    );
  });
});

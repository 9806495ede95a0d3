import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateErrors, type SymbolError } from '../../../src/verity/error-locator.ts';
import { CODE_SYMBOLS, ParityEncoder } from '../../../src/verity/reed-solomon.ts';

/** A code word of these data symbols, made by the encoder whose parity is veritysetup's. */
function encode(data: Uint8Array, roots: number): Uint8Array {
  const encoder = new ParityEncoder(roots, 1);
  for (const symbol of data) encoder.push(Uint8Array.of(symbol));
  return Uint8Array.from([...data, ...encoder.finish()]);
}

/** What decoding is told: the parity that is stored, plus the one of the data that is stored. */
function differenceOf(word: Uint8Array, roots: number): Uint8Array {
  const own = encode(word.subarray(0, CODE_SYMBOLS - roots), roots).subarray(-roots);
  return word.subarray(-roots).map((value, at) => value ^ own[at]!);
}

/** The word with those errors in it, or without those that were found. */
function plus(word: Uint8Array, errors: readonly SymbolError[]): Uint8Array {
  const sum = word.slice();
  for (const { symbol, value } of errors) sum[symbol]! ^= value;
  return sum;
}

const wordOf = (roots: number): fc.Arbitrary<Uint8Array> =>
  fc
    .uint8Array({ minLength: CODE_SYMBOLS - roots, maxLength: CODE_SYMBOLS - roots })
    .map((data) => encode(data, roots));

const errorsOf = (count: number): fc.Arbitrary<SymbolError[]> =>
  fc.uniqueArray(
    fc.record({ symbol: fc.integer({ min: 0, max: CODE_SYMBOLS - 1 }), value: fc.integer({ min: 1, max: 255 }) }),
    { minLength: count, maxLength: count, selector: ({ symbol }) => symbol },
  );

const sorted = (errors: readonly SymbolError[] | undefined) => errors?.toSorted((a, b) => a.symbol - b.symbol);

describe.each(Array.from({ length: 23 }, (_, at) => at + 2))('a code word with %i parity symbols', (roots) => {
  const runs = { numRuns: 20 };

  it('without errors has none', () => {
    expect(locateErrors(new Uint8Array(roots))).toEqual([]);
  });

  it('with as many errors as half of them has each found, in data and parity', () => {
    const word = fc.tuple(wordOf(roots), fc.integer({ min: 1, max: roots >> 1 }).chain(errorsOf));
    fc.assert(
      fc.property(word, ([right, errors]) => {
        expect(sorted(locateErrors(differenceOf(plus(right, errors), roots)))).toEqual(sorted(errors));
      }),
      runs,
    );
  });

  it('with as many erasures as there are of them has each mended, also those that were right after all', () => {
    const word = fc.tuple(wordOf(roots), fc.integer({ min: 1, max: roots }).chain(errorsOf), fc.nat({ max: roots }));
    fc.assert(
      fc.property(word, ([right, erased, spared]) => {
        const errors = erased.slice(spared);
        const erasures = erased.map(({ symbol }) => symbol);
        expect(sorted(locateErrors(differenceOf(plus(right, errors), roots), erasures))).toEqual(sorted(errors));
      }),
      runs,
    );
  });

  it('with erasures and half as many errors as are left has all found', () => {
    const counts = fc.integer({ min: 0, max: roots }).chain((erased) => {
      const most = (roots - erased) >> 1;
      return fc.tuple(fc.constant(erased), fc.integer({ min: 0, max: most }));
    });
    const word = fc.tuple(
      wordOf(roots),
      counts.chain(([erased, more]) => fc.tuple(fc.constant(erased), errorsOf(erased + more))),
    );
    fc.assert(
      fc.property(word, ([right, [erased, errors]]) => {
        const erasures = errors.slice(0, erased).map(({ symbol }) => symbol);
        expect(sorted(locateErrors(differenceOf(plus(right, errors), roots), erasures))).toEqual(sorted(errors));
      }),
      runs,
    );
  });

  it('with more errors has none found, or becomes some other code word, never one that is none', () => {
    const word = fc.tuple(wordOf(roots), fc.integer({ min: (roots >> 1) + 1, max: 40 }).chain(errorsOf));
    fc.assert(
      fc.property(word, ([right, errors]) => {
        const wrong = plus(right, errors);
        const found = locateErrors(differenceOf(wrong, roots));
        if (found) expect(differenceOf(plus(wrong, found), roots).every((value) => value === 0)).toBe(true);
      }),
      runs,
    );
  });

  it('with more erasures than parity symbols is not tried', () => {
    const erasures = Array.from({ length: roots + 1 }, (_, at) => at);
    expect(locateErrors(new Uint8Array(roots).fill(1), erasures)).toBeUndefined();
  });
});

import { divide, evaluate, multiply, ORDER, power } from './galois.ts';

/** What has to be added to a symbol to make it right. */
export interface SymbolError {
  /** 0 for the first data symbol to 254 for the last parity symbol. */
  symbol: number;
  value: number;
}

/**
 * The errors of a Reed-Solomon code word, found from the parity that its data should have. As many as half of the parity
 * symbols are found for certain; with `erasures`, symbols that are known to be wrong, each costs one parity symbol in place of
 * two. Of more errors nothing may be found, or others that fit as well: only the digests of the blocks can tell.
 *
 * @param difference for each parity symbol, what is stored plus what the data gives
 */
export function locateErrors(
  difference: ArrayLike<number>,
  erasures: readonly number[] = [],
): SymbolError[] | undefined {
  const roots = difference.length;
  if (erasures.length > roots) return undefined;
  const syndromes = syndromesOf(difference);
  const locator = locatorOf(syndromes, erasures.map(pointOf));
  const errors = symbolsOf(locator).map((symbol) => ({ symbol, value: valueAt(symbol, syndromes, locator) }));
  if (errors.length !== locator.length - 1 || !explains(errors, syndromes)) return undefined;
  return errors.filter(({ value }) => value !== 0);
}

/** The field element that stands for a symbol: the first has the highest power. */
function pointOf(symbol: number): number {
  return power(ORDER - 1 - symbol);
}

/** The word at each root of the generator, 2^0, 2^1 …: a word without errors is 0 there. */
function syndromesOf(difference: ArrayLike<number>): number[] {
  const ascending = Array.from(difference).reverse();
  return ascending.map((_, root) => evaluate(ascending, power(root)));
}

/** Berlekamp and Massey's shortest polynomial, from one that the erasures are roots of; each error's inverse is a root. */
function locatorOf(syndromes: readonly number[], erased: readonly number[]): number[] {
  let locator = erased.reduce((product, point) => plus(product, times(product, point)), [1]);
  let previous = locator;
  let length = erased.length;
  for (let step = erased.length; step < syndromes.length; step++) {
    const discrepancy = locator.reduce((sum, term, at) => sum ^ multiply(term, syndromes[step - at] ?? 0), 0);
    if (discrepancy === 0) {
      previous = [0, ...previous];
      continue;
    }
    const next = plus(locator, times(previous, discrepancy));
    if (2 * length <= step + erased.length) {
      length = step + 1 + erased.length - length;
      previous = locator.map((term) => divide(term, discrepancy));
    } else {
      previous = [0, ...previous];
    }
    locator = next;
  }
  return trimmed(locator);
}

/** `polynomial * factor * x` */
function times(polynomial: readonly number[], factor: number): number[] {
  return [0, ...polynomial.map((term) => multiply(term, factor))];
}

function plus(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => (a[at] ?? 0) ^ (b[at] ?? 0));
}

function trimmed(polynomial: number[]): number[] {
  let length = polynomial.length;
  while (length > 1 && polynomial[length - 1] === 0) length--;
  return polynomial.slice(0, length);
}

/** Chien's search: where the locator is 0. */
function symbolsOf(locator: readonly number[]): number[] {
  const found: number[] = [];
  for (let symbol = 0; symbol < ORDER && found.length < locator.length; symbol++) {
    if (evaluate(locator, power(symbol - (ORDER - 1))) === 0) found.push(symbol);
  }
  return found;
}

/** Forney's formula for codes whose first root is 2^0. */
function valueAt(symbol: number, syndromes: readonly number[], locator: readonly number[]): number {
  const point = pointOf(symbol);
  const inverse = divide(1, point);
  let evaluator = 0;
  for (let at = syndromes.length - 1; at >= 0; at--) {
    let term = 0;
    for (let k = 0; k <= at && k < locator.length; k++) term ^= multiply(locator[k]!, syndromes[at - k]!);
    evaluator = multiply(evaluator, inverse) ^ term;
  }
  const derivative = locator.slice(1).map((term, at) => (at % 2 === 0 ? term : 0));
  return multiply(point, divide(evaluator, evaluate(derivative, inverse)));
}

function explains(errors: readonly SymbolError[], syndromes: readonly number[]): boolean {
  return syndromes.every((syndrome, root) => {
    const sum = errors.reduce(
      (total, { symbol, value }) => total ^ multiply(value, power((pointLog(symbol) * root) % ORDER)),
      0,
    );
    return sum === syndrome;
  });
}

function pointLog(symbol: number): number {
  return ORDER - 1 - symbol;
}

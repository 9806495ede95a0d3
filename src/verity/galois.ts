/** GF(256) with the field polynomial 0x11d, as dm-verity's error correction has it (drivers/md/dm-verity-fec.h). */

const FIELD = 0x11d;
/** Elements but 0: the powers of 2 repeat after so many. */
export const ORDER = 255;

const POWERS = new Uint8Array(2 * ORDER);
const LOGARITHMS = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < ORDER; exponent++) {
  POWERS[exponent] = value;
  POWERS[exponent + ORDER] = value;
  LOGARITHMS[value] = exponent;
  value = value & 0x80 ? (value << 1) ^ FIELD : value << 1;
}

/** 2 to that power, for exponents from -255 on. */
export function power(exponent: number): number {
  return POWERS[(exponent + ORDER) % ORDER]!;
}

export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : POWERS[LOGARITHMS[a]! + LOGARITHMS[b]!]!;
}

/** `b` is not 0. */
export function divide(a: number, b: number): number {
  return a === 0 ? 0 : POWERS[LOGARITHMS[a]! + ORDER - LOGARITHMS[b]!]!;
}

/** The value of a polynomial whose constant term comes first. */
export function evaluate(polynomial: ArrayLike<number>, at: number): number {
  let value = 0;
  for (let index = polynomial.length - 1; index >= 0; index--) value = multiply(value, at) ^ polynomial[index]!;
  return value;
}

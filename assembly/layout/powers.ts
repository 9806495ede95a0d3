/** Powers of two. */

/** The smallest that is not below `value` (include/linux/log2.h roundup_pow_of_two); `value` is at most 2^63. */
export function powerFrom(value: u64): u64 {
  let power: u64 = 1;
  while (power < value) power <<= 1;
  return power;
}

/** The exponent of the largest that is not above `value` (include/linux/bitops.h __fls); `value` is not 0. */
export function exponentOf(value: u64): u64 {
  return 63 - clz(value);
}

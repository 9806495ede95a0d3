import { openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errnoOf, errnoPair } from '../../../executor/errno.ts';

test('an errno has the name that the kernel uses for it', () => {
  const names = {
    1: 'EPERM',
    6: 'ENXIO',
    11: 'EAGAIN',
    15: 'ENOTBLK',
    16: 'EBUSY',
    95: 'EOPNOTSUPP',
    126: 'ENOKEY',
    128: 'EKEYREVOKED',
  };
  for (const [number, name] of Object.entries(names)) expect(errnoPair(Number(number))).toEqual([Number(number), name]);
});

test('an errno without a name is still one, and 0 is none', () => {
  expect(errnoPair(4000)).toEqual([4000, 'E4000']);
  expect(errnoPair(0)).toBeNull();
});

test('the errno of a failed call of node:fs is positive', () => {
  const act = () => openSync('/nowhere/at/all', 'r');
  expect(act).toThrow();
  try {
    act();
  } catch (error) {
    expect(errnoOf(error)).toBe(2);
  }
});

test('anything that is not a failed call is thrown on', () => {
  const defect = new TypeError('a defect');
  expect(() => errnoOf(defect)).toThrow(defect);
});

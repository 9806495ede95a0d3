import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mangle, unmangle } from '../../../src/cli/mangle.ts';

const code = (name: string) => expect.objectContaining({ name: 'DmError', code: name });

/** libdm's list of what udev reads as it is written. */
const WHITELIST = /^[0-9A-Za-z#+.:=@_-]$/;

describe('a name', () => {
  it('keeps every character of libdm’s whitelist, and has all others as \\x and two hex digits', () => {
    for (let byte = 1; byte < 0x80; byte++) {
      const character = String.fromCharCode(byte);
      const hex = byte.toString(16).padStart(2, '0');
      expect(mangle(`a${character}b`)).toBe(WHITELIST.test(character) ? `a${character}b` : `a\\x${hex}b`);
    }
  });

  it.each([
    ['my disk', 'my\\x20disk'],
    ['we ird\tname', 'we\\x20ird\\x09name'],
    ['a/b', 'a\\x2fb'],
    ['größe', 'gr\\xc3\\xb6\\xc3\\x9fe'],
    ['a\\b', 'a\\x5cb'],
    ['vg-lv--1', 'vg-lv--1'],
    ['', ''],
  ])('%j is written %s', (name, mangled) => {
    expect(mangle(name)).toBe(mangled);
    expect(unmangle(mangled)).toBe(name);
  });

  it('comes back as it was given, whatever it is', () => {
    const names = fc.string({ unit: 'binary' }).filter((name) => !/\\x|\p{Surrogate}/u.test(name));
    fc.assert(fc.property(names, (name) => unmangle(mangle(name)) === name));
  });

  it('is made of nothing that the planner would refuse in a name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((name) => !name.includes('\\x')),
        (name) => /^([0-9A-Za-z#+.:=@_-]|\\x[0-9a-f]{2})*$/.test(mangle(name)),
      ),
    );
  });

  it('that is mangled already stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((name) => !name.includes('\\')),
        (name) => mangle(mangle(name)) === mangle(name),
      ),
    );
    expect(mangle('my\\x20disk')).toBe('my\\x20disk');
    expect(mangle('my\\x2Fdisk')).toBe('my\\x2Fdisk');
  });

  it.each(['a b\\x20c', 'a\\x20b c', 'a\\x2', 'a\\xzz', 'a\\x5cx20', 'é\\x20'])(
    'that is mangled in part, badly, or twice is refused, as libdm refuses it: %j',
    (name) => {
      expect(() => mangle(name)).toThrow(code('mixed_name'));
    },
  );
});

describe('a name from the kernel', () => {
  it.each([
    ['plain', 'plain'],
    ['a\\x20b', 'a b'],
    ['\\xc3\\xb6', 'ö'],
    ['a\\xZZ', 'a\\xZZ'],
    ['a\\x2', 'a\\x2'],
  ])('%s is shown as %j', (name, shown) => {
    expect(unmangle(name)).toBe(shown);
  });
});

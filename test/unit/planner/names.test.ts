import { describe, expect, test } from 'vitest';
import { encoded, Host } from './harness.ts';

const host = new Host();
const info = (fields: object) => ({ v: 1, action: 'info', ...fields });

const nameIn = (payload: Uint8Array) => Buffer.from(payload).subarray(48, 176);
const uuidIn = (payload: Uint8Array) => Buffer.from(payload).subarray(176, 305);

/** The characters that udev and libdm leave as they are (libdm/libdm-common.c). */
const PLAIN = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#+-.:=@_';

describe('names that other projects try', () => {
  test.each([
    ['dm-verity-scsi-contr0-lun0-p0-hash', 'hcsshim, scsi'],
    ['dm-linear-pmem0-0-1024', 'hcsshim, pmem'],
  ])('%s is a name (%s)', (name) => {
    expect(
      nameIn(host.steps(info({ name }))[0]!.payload)
        .toString()
        .replace(/\0+$/, ''),
    ).toBe(name);
  });

  test.each([
    ['', 'empty_name', 'devicemapper-rs, AOSP'],
    ['x/x', 'name_character', 'cryptsetup, DM_BAD_NAME'],
    ['é', 'name_character', 'devicemapper-rs: ASCII only'],
    ['a\0b', 'name_character', 'the kernel would see "a"'],
    ['..', 'reserved_name', 'hcsshim would remove /dev'],
    ['control', 'reserved_name', 'the control node'],
  ])('%j is %s (%s)', (name, error) => {
    expect(host.failure('plan', info({ name }))).toMatchObject({ name: error, path: 'name' });
  });
});

describe('a name', () => {
  test('holds what udev leaves as it is, and of the other bytes none', () => {
    const accepted = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte)).filter(
      (character) => host.call('plan', encoded(info({ name: `a${character}` }))).code === 0,
    );
    expect(accepted.join('')).toBe([...PLAIN].sort().join(''));
  });

  test('may hold any other byte as libdm mangles it', () => {
    const name = String.raw`a\x20b\x2Fc`;
    expect(
      nameIn(host.steps(info({ name }))[0]!.payload)
        .toString()
        .replace(/\0+$/, ''),
    ).toBe(name);
  });

  test('has at most 127 bytes, and zeros behind them', () => {
    const name = 'n'.repeat(127);
    expect(nameIn(host.steps(info({ name }))[0]!.payload)).toEqual(Buffer.from(`${name}\0`));
    const { message } = host.failure('plan', info({ name: `${name}n` }));
    expect(message).toBe('a name is at most 127 bytes long, this one is 128');
  });

  test('may begin like a reserved one', () => {
    for (const name of ['control1', '...', '.x', 'Control']) expect(host.steps(info({ name }))).toHaveLength(1);
  });
});

describe('a uuid', () => {
  test('has at most 128 bytes, and zeros behind them', () => {
    const uuid = 'U'.repeat(128);
    const [step] = host.steps(info({ uuid }));
    expect(uuidIn(step!.payload)).toEqual(Buffer.from(`${uuid}\0`));
    expect(nameIn(step!.payload)).toEqual(Buffer.alloc(128));
    const { message } = host.failure('plan', info({ uuid: `${uuid}U` }));
    expect(message).toBe('a uuid is at most 128 bytes long, this one is 129');
  });

  test('may be what a name may not', () => {
    for (const uuid of ['control', '.', '..']) expect(host.steps(info({ uuid }))).toHaveLength(1);
  });

  test('is given to a new device once: its name alone stands in the steps that follow', () => {
    const steps = host.steps({ v: 1, action: 'create', name: 'x', uuid: 'U', table: '0 8 zero' });
    expect(steps.map(({ payload }) => [nameIn(payload)[0], uuidIn(payload)[0]])).toEqual([
      [0x78, 0x55],
      [0x78, 0],
      [0x78, 0],
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import * as abi from '../../../assembly/abi.ts';
import { ioctlFilter, MACHINES } from '../../../src/policy/filter.ts';

const [ALLOW, EPERM] = ['allow', 'EPERM'];
const X86_64 = MACHINES.x64.audit;
const IOCTL = MACHINES.x64.ioctl;
const REQUEST = 0xc138fd00;

/** What a classic BPF program says of a system call: an interpreter by linux/bpf_common.h, of what the filter uses. */
function verdict(filter: Uint8Array, number: number, request = 0, architecture: number = X86_64): string {
  const data: Readonly<Record<number, number>> = { 0: number, 4: architecture, 24: request >>> 0 };
  const view = new DataView(filter.buffer, filter.byteOffset, filter.length);
  let accumulator = 0;
  for (let at = 0; ; at++) {
    const [op, yes, no] = [view.getUint16(8 * at, true), view.getUint8(8 * at + 2), view.getUint8(8 * at + 3)];
    const value = view.getUint32(8 * at + 4, true);
    if (op === 0x20) accumulator = data[value]!;
    else if (op === 0x15) at += accumulator === value ? yes : no;
    else if (op === 0x35) at += accumulator >= value ? yes : no;
    else if (op === 0x06) return value === 0x7fff0000 ? 'allow' : value === 0x50001 ? 'EPERM' : `return ${value}`;
    else throw new Error(`instruction ${op}`);
  }
}

describe('the filter of system calls', () => {
  const filter = ioctlFilter('x64', [abi.DM_DEV_CREATE, abi.DM_TABLE_LOAD])!;

  test.each([
    ['a command of the policy', IOCTL, REQUEST | abi.DM_TABLE_LOAD, ALLOW],
    ['what an executor undoes by', IOCTL, REQUEST | abi.DM_TABLE_CLEAR, ALLOW],
    ['a command of device-mapper that is not of the policy', IOCTL, REQUEST | abi.DM_REMOVE_ALL, EPERM],
    ['a command of device-mapper of another size', IOCTL, 0xc137fd03, EPERM],
    ['a command of another driver', IOCTL, 0x4c00, EPERM],
    ['TIOCSTI, which types into a terminal', IOCTL, 0x5412, EPERM],
    ['FIONBIO, which node asks of sockets', IOCTL, 0x5421, ALLOW],
    ['execve', 59, 0, EPERM],
    ['ptrace', 101, 0, EPERM],
    ['read', 0, 0, ALLOW],
    ['a number of the x32 ABI', 0x40000000 | 514, REQUEST, EPERM],
  ])('answers %s', (_, number, request, expected) => {
    expect(verdict(filter, number, request)).toBe(expected);
  });

  test('refuses system calls of another architecture, whose numbers mean others', () => {
    expect(verdict(filter, 0, 0, 0x40000003)).toBe(EPERM);
  });

  test('lets through just the commands that it is given, and an executor’s own', () => {
    const all = ioctlFilter('arm64', [])!;
    const { audit, ioctl } = MACHINES.arm64;
    const passing = Array.from({ length: 256 }, (_, n) => n).filter(
      (n) => verdict(all, ioctl, REQUEST | n, audit) === ALLOW,
    );
    expect(passing).toEqual(
      [
        abi.DM_VERSION,
        abi.DM_DEV_REMOVE,
        abi.DM_DEV_SUSPEND,
        abi.DM_DEV_STATUS,
        abi.DM_TABLE_CLEAR,
        abi.DM_TABLE_DEPS,
      ].sort((a, b) => a - b),
    );
  });

  test('is not made for a machine that is not known', () => {
    expect(ioctlFilter('mips', [])).toBeNull();
  });
});

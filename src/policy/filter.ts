import * as abi from '../../assembly/abi.ts';

/**
 * What an executor installs for all of its threads with seccomp(2): a program of classic BPF over `struct seccomp_data`.
 * It refuses ioctls other than device-mapper's given commands and those that node asks of its streams, and what would
 * make another program of the process. systemd's filters see the number of a system call, not its arguments.
 */

/** AUDIT_ARCH of linux/audit.h, and the machine's numbers of ioctl, and of execve, execveat, ptrace, bpf, io_uring_setup. */
export const MACHINES = {
  x64: { audit: 0xc000003e, ioctl: 16, never: [59, 322, 101, 321, 425] },
  arm64: { audit: 0xc00000b7, ioctl: 29, never: [221, 281, 117, 280, 425] },
  riscv64: { audit: 0xc00000f3, ioctl: 29, never: [221, 281, 117, 280, 425] },
} as const;

/** TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX. */
const STREAMS = [0x5401, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451];
/** What an executor asks and undoes by itself, whatever a plan holds. */
const OWN = [
  abi.DM_VERSION,
  abi.DM_DEV_STATUS,
  abi.DM_TABLE_DEPS,
  abi.DM_DEV_REMOVE,
  abi.DM_DEV_SUSPEND,
  abi.DM_TABLE_CLEAR,
];

/** linux/bpf_common.h, and where `nr`, `arch` and the low half of `args[1]` stand. */
const [LOAD, EQUAL, AT_LEAST, RETURN] = [0x20, 0x15, 0x35, 0x06];
const [NUMBER, ARCHITECTURE, REQUEST] = [0, 4, 24];
const [ALLOW, REFUSE_EPERM] = [0x7fff0000, 0x50001];
/** Numbers of the x32 ABI, which a process of x86-64 may use beside its own. */
const X32 = 0x40000000;
const INSTRUCTION_SIZE = 8;

type Instruction = { op: number; value: number; yes?: 'refuse' | 'allow'; no?: 'refuse' | 'allow' };

/** The filter for a machine, as node names it, that lets these commands through; null for a machine that is not known. */
export function ioctlFilter(machine: string, commands: Iterable<number>): Uint8Array | null {
  const known = MACHINES[machine as keyof typeof MACHINES];
  if (known === undefined) return null;
  const requests = [...[...new Set([...OWN, ...commands])].map(requestOf), ...STREAMS];
  return assemble([
    { op: LOAD, value: ARCHITECTURE },
    { op: EQUAL, value: known.audit, no: 'refuse' },
    { op: LOAD, value: NUMBER },
    { op: AT_LEAST, value: X32, yes: 'refuse' },
    ...known.never.map((value) => ({ op: EQUAL, value, yes: 'refuse' as const })),
    { op: EQUAL, value: known.ioctl, no: 'allow' },
    { op: LOAD, value: REQUEST },
    ...requests.map((value) => ({ op: EQUAL, value, yes: 'allow' as const })),
    { op: RETURN, value: REFUSE_EPERM },
    { op: RETURN, value: ALLOW },
  ]);
}

/** The last two instructions are what `refuse` and `allow` jump to. */
function assemble(code: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(INSTRUCTION_SIZE * code.length);
  const view = new DataView(bytes.buffer);
  const ends = { refuse: code.length - 2, allow: code.length - 1 };
  for (const [index, { op, value, yes, no }] of code.entries()) {
    const at = INSTRUCTION_SIZE * index;
    view.setUint16(at, op, true);
    view.setUint8(at + 2, yes === undefined ? 0 : ends[yes] - index - 1);
    view.setUint8(at + 3, no === undefined ? 0 : ends[no] - index - 1);
    view.setUint32(at + 4, value >>> 0, true);
  }
  return bytes;
}

/** _IOWR of the command, as asm-generic/ioctl.h packs it. */
function requestOf(command: number): number {
  return ((abi.IOC_READ_WRITE << 30) | (abi.HEADER_SIZE << 16) | (abi.IOC_TYPE << 8) | command) >>> 0;
}

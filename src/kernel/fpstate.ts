import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommand, runCommand } from './command.ts';
import { COMPILER, ensureTools } from './tools.ts';

/**
 * User-Mode Linux before 6.13 or so keeps 2,696 bytes of floating point state a thread and hands exactly those to
 * `PTRACE_SETREGSET`. Where the processor has AMX the host takes 11,008 or nothing (`xstateregs_set` in
 * arch/x86/kernel/fpu/regset.c), and the guest's first process dies with "ptrace set fp regs failed, errno = 14".
 * Padded with zeros the state is whole: AMX is off until a process asks for it, which a guest cannot.
 */
const PAD_SOURCE = `
struct iovec { void *base; unsigned long size; };
extern long syscall(long number, ...);
static unsigned long whole[8192];

long ptrace(long request, long pid, long address, void *data) {
  enum { PTRACE = 101, LAST_PEEK = 3, SETREGSET = 0x4205, XSTATE = 0x202 };
  struct iovec *given = data, padded = { whole, sizeof whole };
  long word, result;
  unsigned long i;

  if (request == SETREGSET && address == XSTATE && given->size < sizeof whole) {
    for (i = 0; i < given->size / sizeof *whole; i++) whole[i] = ((unsigned long *)given->base)[i];
    return syscall(PTRACE, request, pid, address, &padded);
  }
  if (request < 1 || request > LAST_PEEK) return syscall(PTRACE, request, pid, address, data);
  result = syscall(PTRACE, request, pid, address, &word);
  return result < 0 ? result : word;
}
`;

/** Whether this machine's floating point state is wider than older User-Mode Linux can carry. */
export function hostHasWideFpState(): boolean {
  return /^flags\b.*\bamx_tile\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
}

/**
 * The library that, preloaded, makes an older kernel's floating point state wide enough; compiled into `cache` once.
 *
 * @throws KernelMissing where there is no C compiler and none may be installed.
 */
export async function ensureFpState(cache: string, install: boolean, log?: (line: string) => void): Promise<string> {
  const version = createHash('sha256').update(PAD_SOURCE).digest('hex').slice(0, 12);
  const library = join(cache, `fpstate-${version}.so`);
  if (existsSync(library)) return library;
  await ensureTools([COMPILER], install, log);
  const compiler = COMPILER.commands.map(findCommand).find((path) => path !== undefined)!;
  await mkdir(cache, { recursive: true });
  const work = `${library}.${process.pid}`;
  await writeFile(`${work}.c`, PAD_SOURCE);
  await runCommand(compiler, ['-shared', '-fPIC', '-O2', '-nostdlib', '-o', work, `${work}.c`]);
  await rename(`${work}.c`, join(cache, 'fpstate.c'));
  await rename(work, library);
  return library;
}

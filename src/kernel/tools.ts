import { findCommand, runCommand } from './command.ts';
import { KernelMissing } from './missing.ts';

/** A program of the host that a kernel needs: any of `commands` does, and `package` brings one. */
export interface Tool {
  readonly commands: readonly string[];
  readonly package: string;
}

/** What every guest runs; its file system is the host's. */
export const GUEST_TOOLS: readonly Tool[] = [
  { commands: ['mount'], package: 'mount' },
  { commands: ['losetup'], package: 'mount' },
  { commands: ['perl'], package: 'perl-base' },
  { commands: ['modprobe'], package: 'kmod' },
  { commands: ['dmsetup'], package: 'dmsetup' },
  { commands: ['veritysetup'], package: 'cryptsetup-bin' },
];

/** Points a kernel at a libc of its own. */
export const PATCHELF: Tool = { commands: ['patchelf'], package: 'patchelf' };

/** Any C compiler; the one that Debian packs smallest is asked for. */
export const COMPILER: Tool = { commands: ['cc', 'gcc', 'clang', 'tcc'], package: 'tcc' };

/**
 * Sees to it that every tool is there.
 *
 * @param install whether missing ones may be installed, which takes root.
 * @throws KernelMissing naming the programs and the command that brings them.
 */
export async function ensureTools(
  tools: readonly Tool[],
  install: boolean,
  log: (line: string) => void = () => {},
): Promise<void> {
  const missing = absent(tools);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tool.package))];
  const wanted = `not installed: ${missing.map((tool) => tool.commands.join(' or ')).join(', ')}`;
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  const command = `apt-get update && apt-get ${args.join(' ')}`;
  if (!install || process.getuid?.() !== 0) throw new KernelMissing(wanted, command);
  log(`installing ${packages.join(', ')}`);
  await aptInstall(args).catch((error: Error) => {
    throw new KernelMissing(`${wanted}, and could not be installed (${error.message})`, command);
  });
  const still = absent(tools);
  if (still.length > 0) throw new KernelMissing(`${wanted}, and ${packages.join(', ')} did not bring them`, command);
}

function absent(tools: readonly Tool[]): Tool[] {
  return tools.filter((tool) => !tool.commands.some((name) => findCommand(name) !== undefined));
}

/** Tries with the package lists there are, and only then fetches new ones: a fresh image has none. */
async function aptInstall(args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const waiting = ['-o', 'DPkg::Lock::Timeout=120'];
  try {
    await runCommand('apt-get', [...waiting, ...args], { env });
  } catch {
    await runCommand('apt-get', ['update'], { env });
    await runCommand('apt-get', [...waiting, ...args], { env });
  }
}

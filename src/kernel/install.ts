import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { fetchRelease } from './fetch.ts';
import { ensureFpState, hostHasWideFpState } from './fpstate.ts';
import { KernelMissing } from './missing.ts';
import type { KernelRelease } from './releases.ts';
import { ensureTools, GUEST_TOOLS, PATCHELF } from './tools.ts';

export { KernelMissing } from './missing.ts';

/** A kernel that `bootKernel` can start. */
export interface InstalledKernel {
  /** Path of the kernel, an ordinary program. */
  readonly binary: string;
  /** Path of the folder with its modules, the one named after the release. */
  readonly modules: string;
  /** What `uname -r` says in it. */
  readonly release: string;
  /** A library to preload into it, on machines that take one. */
  readonly preload?: string;
}

/** How far `ensureKernel` may go. */
export interface EnsureOptions {
  /** Whether missing tools may be installed with apt-get, which takes root. */
  readonly install: boolean;
  /** Told in one line what is being done, when it takes time. */
  readonly log?: (line: string) => void;
}

/**
 * Finds the host's own kernel of that series, or one fetched before, or fetches it into the cache folder
 * (`$XDG_CACHE_HOME/dmplan/kernels`). Needs no root unless tools have to be installed.
 *
 * @throws KernelMissing naming what is missing and the command that brings it; Error where a download fails.
 */
export async function ensureKernel(release: KernelRelease, options: EnsureOptions): Promise<InstalledKernel> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new KernelMissing(`User-Mode Linux runs on x86-64 Linux, not on ${process.arch} ${process.platform}`);
  }
  const { install, log } = options;
  await ensureTools(GUEST_TOOLS, install, log);
  const kernel = (await kernelIn('/', release)) ?? (await cachedKernel(release, options));
  if (release.wideFpState || !hostHasWideFpState()) return kernel;
  return { ...kernel, preload: await ensureFpState(cacheFolder(), install, log) };
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dmplan', 'kernels');
}

/** The kernel of that series below `root`, as Debian's package lays it out. */
async function kernelIn(root: string, { key }: KernelRelease): Promise<InstalledKernel | undefined> {
  const binary = join(root, 'usr/bin/linux.uml');
  const modules = join(root, 'usr/lib/uml/modules');
  if (!existsSync(binary) || !existsSync(modules)) return undefined;
  const release = (await readdir(modules)).find((name) => name.startsWith(`${key}.`));
  return release === undefined ? undefined : { binary, modules: join(modules, release), release };
}

async function cachedKernel(release: KernelRelease, options: EnsureOptions): Promise<InstalledKernel> {
  const folder = join(cacheFolder(), release.key);
  const cached = await kernelIn(folder, release);
  if (cached !== undefined) return cached;
  if (release.ownLibc) await ensureTools([PATCHELF], options.install, options.log);
  options.log?.(`fetching Linux ${release.key} from Debian ${release.suite}`);
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(`${folder}.new-`);
  try {
    await fetchRelease(release, work);
    if ((await kernelIn(work, release)) === undefined) {
      throw new KernelMissing(`Debian ${release.suite} no longer carries a Linux ${release.key}`);
    }
    if (release.ownLibc) await useOwnLibc(work, folder);
    await moveInto(folder, work, release);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return (await kernelIn(folder, release))!;
}

/** The loader and the libraries are named by where they will be, not by where they are being put together. */
async function useOwnLibc(work: string, folder: string): Promise<void> {
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu');
  const loader = join(libraries, 'ld-linux-x86-64.so.2');
  const binary = join(work, 'usr/bin/linux.uml');
  await runCommand('patchelf', ['--set-interpreter', loader, '--set-rpath', libraries, binary]);
}

/** Of two processes that fetch at once the first wins, and the second finds the folder taken by a whole kernel. */
async function moveInto(folder: string, work: string, release: KernelRelease): Promise<void> {
  try {
    await rename(work, folder);
  } catch (error) {
    if ((await kernelIn(folder, release)) !== undefined) return;
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder).catch(() => {
      throw error;
    });
  }
}

/** The series of real kernels that can be booted, oldest first. */
export const KERNEL_KEYS = ['6.1', '6.12', '7.2'] as const;

/** A series of kernels, by its first two numbers. */
export type KernelKey = (typeof KERNEL_KEYS)[number];

/** Where a User-Mode Linux kernel comes from, and what it needs from its host. */
export interface KernelRelease {
  readonly key: KernelKey;
  /** The Debian suite that carries it. */
  readonly suite: string;
  /** Packages to unpack, the kernel's own first. */
  readonly packages: readonly string[];
  /** Whether it runs with the libc6 among its packages, since older hosts lack the one it was linked with. */
  readonly ownLibc: boolean;
  /** Whether it can carry the floating point state of a processor with AMX (11,008 bytes) by itself. */
  readonly wideFpState: boolean;
}

/** Every kernel that `ensureKernel` can fetch. */
export const RELEASES: Readonly<Record<KernelKey, KernelRelease>> = {
  '6.1': { key: '6.1', suite: 'bookworm', packages: ['user-mode-linux'], ownLibc: false, wideFpState: false },
  '6.12': { key: '6.12', suite: 'trixie', packages: ['user-mode-linux', 'libc6'], ownLibc: true, wideFpState: false },
  '7.2': { key: '7.2', suite: 'sid', packages: ['user-mode-linux', 'libc6'], ownLibc: true, wideFpState: true },
};

/**
 * The release of that name.
 *
 * @throws RangeError where there is none.
 */
export function kernelRelease(key: string): KernelRelease {
  const found = KERNEL_KEYS.find((known) => known === key);
  if (found === undefined) throw new RangeError(`no kernel '${key}': there are ${KERNEL_KEYS.join(', ')}`);
  return RELEASES[found];
}

import { ensureKernel } from '../../src/kernel/install.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';

/** Brings the kernel of `DMPLAN_KERNEL`. Without it the run fails: no test is skipped in silence. */
export default async function setup(): Promise<void> {
  const release = kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1');
  await ensureKernel(release, { install: true, log: (line) => process.stderr.write(`${line}\n`) });
}

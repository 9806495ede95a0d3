/** Debian's veritysetup, and our command line in its place. */
import { spawnSync } from 'node:child_process';
import { run } from '../../src/cli/run.ts';

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export function veritysetup(args: string[], cwd: string): Ended {
  const { status, stdout, stderr, error } = spawnSync('/sbin/veritysetup', args, {
    argv0: 'veritysetup',
    cwd,
    encoding: 'utf8',
  });
  if (error) throw new Error('these tests need veritysetup: apt-get install cryptsetup-bin', { cause: error });
  return { code: status, out: stdout, err: stderr };
}

/** `dmplan veritysetup`, in this process. */
export async function dmplanVeritysetup(args: string[], cwd: string): Promise<Ended> {
  const before = process.cwd();
  const ended = { out: '', err: '' };
  process.chdir(cwd);
  try {
    const into = (key: 'out' | 'err') => ({ write: (text: string | Uint8Array) => (ended[key] += text) });
    const code = await run(['veritysetup', ...args], { out: into('out'), err: into('err') });
    return { code, ...ended };
  } finally {
    process.chdir(before);
  }
}

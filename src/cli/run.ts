import type { Streams } from './output.ts';

/** The commands of `verity` that read whole images: what a small one takes is the start of the program. */
const HASHING = ['format', 'verify', 'repair'];

/**
 * Runs the program with these arguments; resolves with its exit code. Never rejects. Each of its command lines is loaded only
 * when it is wanted, as that takes longer than many a command.
 */
export async function run(
  args: string[],
  streams: Streams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  if (args[0] === 'veritysetup') {
    const { runVeritysetup } = await import('./veritysetup/run.ts');
    return runVeritysetup(args.slice(1), streams);
  }
  if (args[0] === 'verity' && HASHING.includes(args[1] ?? '')) {
    const { runImages } = await import('./images.ts');
    return runImages(args, streams);
  }
  const { runDmplan } = await import('./dmplan.ts');
  return runDmplan(args, streams);
}

import { setFlagsFromString } from 'node:v8';
import { runCommandLine } from './command-line.ts';
import { addImages } from './commands/verity-images.ts';
import type { Streams } from './output.ts';

const open = (): never => {
  throw new Error('no command on images takes a device-mapper');
};

/** The commands of `verity` that hash images. Never rejects. */
export function runImages(args: string[], streams: Streams): Promise<number> {
  // What hashing leaves behind is digests, 2 MB at a time: helpers take longer to wake than to collect it.
  setFlagsFromString('--no-parallel-scavenge');
  return runCommandLine(args, streams, { add: (program, start) => void addImages(program, start), open });
}

import { runCommandLine } from './command-line.ts';
import { addImages } from './commands/verity-images.ts';
import type { Streams } from './output.ts';

const open = (): never => {
  throw new Error('no command on images takes a device-mapper');
};

/** The commands of `verity` that hash images. Never rejects. */
export const runImages = (args: string[], streams: Streams): Promise<number> =>
  runCommandLine(args, streams, { add: (program, start) => void addImages(program, start), open });

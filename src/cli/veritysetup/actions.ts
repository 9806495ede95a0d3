import { loadPlanner } from '../../planner/planner.ts';
import { layoutOf } from '../../verity/layout.ts';
import { superblockAt } from '../../verity/superblock.ts';
import { close, open, status } from './device.ts';
import { dumpText } from './dump.ts';
import { format } from './format.ts';
import { checkOffset, invalidDevice } from './given.ts';
import { verify } from './verify.ts';
import type { Work } from './work.ts';

/** The actions; each resolves when veritysetup would exit with 0. */
export const ACTIONS: Record<string, (work: Work) => Promise<void>> = { format, verify, open, close, status, dump };

async function dump(work: Work): Promise<void> {
  const { args, operands, output, names } = work;
  const [hashDevice] = operands as [string];
  names.hash = hashDevice;
  checkOffset(work, hashDevice);
  const hashOffset = args.numbers['hash-offset'] ?? 0;
  const {
    superblockVersion: _,
    uuid,
    ...parameters
  } = await superblockAt(hashDevice, hashOffset).catch((error) => {
    throw invalidDevice(error, hashDevice);
  });
  const layout = layoutOf(parameters, { hashOffset, superblock: true, sameDevice: false }, await loadPlanner());
  output.text(dumpText({ parameters, layout, hashDevice, hashOffset, uuid }));
}

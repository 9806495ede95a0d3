import type { Command } from 'commander';
import { DmError } from '../../errors.ts';
import { type Repaired, type RepairTarget, repairVerity } from '../../verity/repair.ts';
import { progressOn, sizeOf } from '../progress.ts';
import type { Start } from './start.ts';
import { addFec, addParameters, fecOf, type ParameterOptions, parametersOf, rootDigestOf } from './verity-options.ts';

interface Options extends ParameterOptions {
  rootHashFile?: string;
  output?: string;
  hashOutput?: string;
  inPlace?: boolean;
}

/** `dmplan verity repair`: corrupt blocks made right from the error correction area. */
export function addRepair(verity: Command, start: Start): void {
  addFec(addParameters(verity.command('repair')))
    .description('repair corrupt blocks from the error correction area; without a place for them, say which could be')
    .argument('<data_device>')
    .argument('<hash_device>')
    .argument('[root_digest]')
    .option('--root-hash-file <file>', 'read the root digest from there')
    .option('--output <file>', 'write the repaired data to a new file')
    .option('--hash-output <file>', 'write the repaired tree to a new file, with --output')
    .option('--in-place', 'overwrite the corrupt blocks, if all of them can be repaired')
    .action(async (dataDevice: string, hashDevice: string, root: string, options: Options, command: Command) => {
      const { output, signal, options: global } = start(command);
      const fec = fecOf(options);
      if (!fec)
        throw new DmError({ code: 'missing_fec_device', message: 'give the error correction area: --fec-device' });
      const into = targetOf(options);
      const progress = progressOn(output.terminal, 'repair', sizeOf(dataDevice));
      const { hashOffset, superblock } = options;
      const repaired = await repairVerity({
        ...{ dataDevice, hashDevice, hashOffset, superblock, fec, into, signal },
        parameters: parametersOf(options),
        rootDigest: rootDigestOf(root, options.rootHashFile),
        onProgress: progress.update,
      }).finally(progress.end);
      if (global.json) output.json({ ...repaired, into });
      else output.text(`${repairedText(repaired, into)}\n`);
      if (repaired.treeBlocks > 0 && typeof into === 'object' && !into.hashDevice && dataDevice !== hashDevice) {
        output.note(`the tree in ${hashDevice} stays as it is: --hash-output writes one that is repaired`);
      }
    });
}

function targetOf({ output, hashOutput, inPlace }: Options): RepairTarget {
  if (inPlace && output !== undefined) {
    throw new DmError({ code: 'two_outputs', message: 'give --output or --in-place, not both' });
  }
  if (hashOutput !== undefined && output === undefined) {
    throw new DmError({ code: 'missing_output', message: '--hash-output goes with --output' });
  }
  if (inPlace) return 'in-place';
  return output === undefined ? 'nowhere' : { dataDevice: output, hashDevice: hashOutput };
}

function repairedText({ dataBlocks, treeBlocks }: Repaired, into: RepairTarget): string {
  if (dataBlocks + treeBlocks === 0) return 'nothing is corrupt';
  const what = `${dataBlocks} corrupt blocks of data and ${treeBlocks} of the tree`;
  return into === 'nowhere' ? `${what} can be repaired, with --output or --in-place` : `${what} repaired`;
}

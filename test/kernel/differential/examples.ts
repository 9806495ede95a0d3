/** The examples of the lists of differences, as tables to try. */
import type { Difference } from '../../../assembly/tables/differences/difference.ts';
import { KERNEL_ALONE } from '../../../assembly/tables/differences/kernel-alone.ts';
import { PLANNER_STRICTER } from '../../../assembly/tables/differences/planner-stricter.ts';
import { PRINTED, type Printed } from '../../../assembly/tables/differences/printed.ts';
import type { Sample } from './generate.ts';
import { targetOf } from './run.ts';

export interface Example {
  entry: Difference | Printed;
  sample: Sample;
}

/** A line of a table as a sample. */
export function sampleOfLine(line: string): Sample {
  const [start, length, type, ...words] = line.split(' ');
  return {
    type: type!,
    start: BigInt(start!),
    length: BigInt(length!),
    params: words.join(' '),
    readOnly: targetOf(type!).readOnly === true,
    second: false,
    change: 'example',
    nowhere: false,
  };
}

/** The examples with that target, of the entries that say something of that kernel. */
export function examplesOf(type: string, kernel: string): Example[] {
  return [...KERNEL_ALONE, ...PLANNER_STRICTER, ...PRINTED]
    .filter(({ kernels }) => kernels?.includes(kernel) ?? true)
    .map((entry) => ({ entry, sample: sampleOfLine(entry.example) }))
    .filter(({ sample }) => sample.type === type);
}

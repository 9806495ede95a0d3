import {
  counted,
  device,
  flag,
  keyed,
  number,
  number64,
  oneOf,
  optional,
  pairs,
  ratio,
  sectors,
  set,
  state,
  type Target,
  values,
  word,
} from '../notation.ts';

export const clone: Target = {
  type: 'clone',
  about: 'Makes a copy of a device that can be used while it is being copied.',
  example: '0 2048 clone /dev/loop0 /dev/loop1 /dev/loop2 8',
  source: 'drivers/md/dm-clone-target.c clone_ctr',
  params: [
    device('metadataDevice'),
    device('destinationDevice'),
    device('sourceDevice'),
    sectors('regionSize', { min: 8, max: 2097152, powerOfTwo: true }),
    optional(
      counted([set([flag('noHydration', 'no_hydration'), flag('noDiscardPassdown', 'no_discard_passdown')])], {
        always: true,
      }),
      optional(
        counted(
          [
            set([
              keyed('hydration_threshold', number('hydrationThreshold')),
              keyed('hydration_batch_size', number('hydrationBatchSize')),
            ]),
          ],
          { always: true },
        ),
      ),
    ),
  ],
  status: [
    state(['Fail', 'Error']),
    number64('metadataBlockSize'),
    ratio('usedMetadataBlocks', 'totalMetadataBlocks'),
    sectors('regionSize'),
    ratio('hydratedRegions', 'totalRegions'),
    number64('hydratingRegions'),
    counted([values('features', word('feature'))], { always: true }),
    counted([pairs('coreOptions')], { always: true }),
    optional(oneOf('metadataMode', ['rw', 'ro', 'Fail'])),
  ],
  rules: [
    {
      code: 1241,
      name: 'clone_too_many_regions',
      must: 'length / regionSize <= 2147483648',
      at: 'regionSize',
      message: 'regions of {regionSize} sectors make more than 2^31 of them in {length} sectors; choose larger ones',
      source: 'drivers/md/dm-clone-target.c clone_ctr: "Too many regions. Consider increasing the region size"',
    },
  ],
};

import { device, number64, ratio, sectors, state, type Target } from '../notation.ts';

export const era: Target = {
  type: 'era',
  about: 'Keeps track of which blocks were written in which era.',
  example: '0 2048 era /dev/loop0 /dev/loop1 128',
  source: 'drivers/md/dm-era-target.c era_ctr',
  params: [
    device('metadataDevice'),
    device('originDevice'),
    sectors('blockSize', { min: 8, max: 4294967288, multipleOf: 8 }),
  ],
  status: [
    state(['Error']),
    number64('metadataBlockSize'),
    ratio('usedMetadataBlocks', 'totalMetadataBlocks'),
    number64('era'),
    number64('heldMetadataRoot', { mayBeEmpty: true }),
  ],
  rules: [],
};

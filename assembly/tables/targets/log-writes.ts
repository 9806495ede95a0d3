import { device, number64, oneOf, optional, type Target } from '../notation.ts';

export const logWrites: Target = {
  type: 'log-writes',
  about: 'Passes everything on and logs the writes to a second device.',
  example: '0 2048 log-writes /dev/loop0 /dev/loop1',
  source: 'drivers/md/dm-log-writes.c log_writes_ctr',
  params: [device('device'), device('logDevice')],
  status: [number64('loggedEntries'), number64('lastSector'), optional(oneOf('state', ['logging_disabled']))],
  rules: [],
};

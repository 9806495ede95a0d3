/** A request for every error that layouts alone have, and the field that each is about. */
export const REFUSED_LAYOUTS = [
  ['an unknown kind of layout', 'unknown_layout', 'kind', { kind: 'raid7' }],
  ['a device without room', 'device_too_small', 'deviceSize', { kind: 'integrity', deviceSize: 8, tagSize: 4 }],
  ['an offset at the end', 'offset_past_end', 'offset', { kind: 'usable', deviceSize: 8, offset: 8 }],
  [
    'a digest above half a block',
    'digest_too_long',
    'hashBlockSize',
    { kind: 'verity', dataBlocks: 8, digestSize: 257, hashBlockSize: 512 },
  ],
  [
    'a tree past 64 bits',
    'hash_tree_too_high',
    'hashBlockSize',
    { kind: 'verity', dataBlocks: 2n ** 53n, dataBlockSize: 512, digestSize: 64, hashBlockSize: 524288 },
  ],
  ['inline mode', 'inline_not_computed', 'mode', { kind: 'integrity', deviceSize: '1GiB', tagSize: 4, mode: 'inline' }],
  ['an unknown level', 'unknown_level', 'level', { kind: 'raid', level: 2, devices: 2, length: 8 }],
  [
    'a field of other levels',
    'not_for_level',
    'chunkSize',
    { kind: 'raid', level: 1, devices: 2, length: 8, chunkSize: 8 },
  ],
].map(([what, name, path, fields]) => ({
  call: 'plan' as const,
  what: what as string,
  name: name as string,
  path: path as string,
  request: { v: 1, action: 'layout', ...(fields as object) },
}));

import { TARGETS } from '../../assembly/tables/targets/index.ts';
import type { Request } from '../../src/index.ts';

const VERITY = {
  type: 'verity',
  length: 16384,
  hashType: 1,
  dataDevice: '/dev/loop3',
  hashDevice: '/dev/loop4',
  dataBlockSize: 4096,
  hashBlockSize: 4096,
  dataBlocks: 2048,
  hashStartBlock: 1,
  algorithm: 'sha256',
  rootDigest: '226eca6b1705b20442891ab352eb284cca0fec6f89845bb93e129ccedb028738',
  salt: '762307f4bc8d2a6b7595d8abcdef0123456789abcdef0123456789abcdef0123',
} as const;

const LINEAR = { type: 'linear', length: 2048, device: '/dev/loop0', offset: 0 } as const;

const TEXT = `# the root file system
0 1024 linear /dev/loop0 0

1024 512 striped 2 32 /dev/loop0 2048 /dev/loop1 0
1536 8 zero
1544 100 error
`;

/** The example of every target's declaration, as a table. */
const EXAMPLES = Object.fromEntries(
  TARGETS.map(({ type, example, readOnly }): [string, object] => [
    `example-${type}`,
    { action: 'load', name: 'example', ...(readOnly ? { readOnly } : {}), table: `${example}\n` },
  ]),
);

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

/** Targets by their fields, one of each shape that fields can have. */
const TYPED: Record<string, object> = {
  'flakey-corrupt': {
    type: 'flakey',
    length: 2048,
    device: '/dev/loop0',
    offset: 0,
    upInterval: 5,
    downInterval: 5,
    corruptBioByte: { byte: 32, direction: 'r', value: 1, flags: 0 },
  },
  'crypt-key-and-options': {
    type: 'crypt',
    length: 2048,
    cipher: 'capi:authenc(hmac(sha256),xts(aes))-random',
    key: KEY,
    ivOffset: 0,
    device: '/dev/loop0',
    offset: 0,
    allowDiscards: true,
    integrity: { tagSize: 28, mode: 'aead' },
    sectorSize: 4096,
    ivLargeSectors: true,
  },
  'integrity-keyed': {
    type: 'integrity',
    length: 2048,
    device: '/dev/loop0',
    offset: 0,
    mode: 'journal',
    internalHash: { algorithm: 'hmac(sha256)', key: KEY },
    journalSectors: 88,
  },
  'cache-policy': {
    type: 'cache',
    length: 2048,
    metadataDevice: '/dev/loop0',
    cacheDevice: '/dev/loop1',
    originDevice: '/dev/loop2',
    blockSize: '64KiB',
    mode: 'writeback',
    metadata2: true,
    policy: 'smq',
    policyOptions: { migration_threshold: 2048 },
  },
  'raid-rebuild': {
    type: 'raid',
    length: 196608,
    raidType: 'raid5_ls',
    chunkSize: 128,
    rebuild: [0],
    regionSize: 2048,
    devices: [{ data: '8:17' }, { metadata: '8:32', data: '8:33' }, { metadata: '8:48', data: '8:49' }],
  },
  'mirror-disk-log': {
    type: 'mirror',
    length: 2048,
    log: 'disk',
    logDevice: '/dev/loop2',
    regionSize: 1024,
    sync: 'nosync',
    mirrors: [
      { device: '/dev/loop0', offset: 0 },
      { device: '/dev/loop1', offset: 8 },
    ],
    handleErrors: true,
  },
  'clone-core-options': {
    type: 'clone',
    length: 2048,
    metadataDevice: '/dev/loop0',
    destinationDevice: '/dev/loop1',
    sourceDevice: '/dev/loop2',
    regionSize: 8,
    hydrationThreshold: 2,
  },
  'multipath-two-groups': {
    type: 'multipath',
    length: 2048,
    queueIfNoPath: true,
    hardwareHandler: ['alua'],
    initialGroup: 1,
    groups: [
      {
        selector: 'round-robin',
        selectorArguments: [],
        pathArguments: 1,
        paths: [
          { device: '8:0', arguments: ['1000'] },
          { device: '8:16', arguments: ['1000'] },
        ],
      },
      { selector: 'queue-length', pathArguments: 0, paths: [{ device: '8:32' }] },
    ],
  },
};

/** Every case of the golden files, by the file's name. */
export const REQUESTS: Record<string, Request> = {
  version: { action: 'version' },

  'create-linear': { action: 'create', name: 'data', targets: [LINEAR] },
  'create-linear-by-number': {
    action: 'create',
    name: 'data',
    targets: [{ type: 'linear', length: '1GiB', device: '259:3', offset: '1MiB' }],
  },
  'create-linear-path-with-blank': {
    action: 'create',
    name: 'data',
    targets: [{ type: 'linear', length: 8, device: '/dev/disk/by-label/my disk', offset: 0 }],
  },
  'create-with-uuid': { action: 'create', name: 'data', uuid: 'ACME-0001', targets: [LINEAR] },
  'create-read-only': { action: 'create', name: 'data', readOnly: true, targets: [LINEAR] },
  'create-with-minor': { action: 'create', name: 'data', minor: 300, targets: [LINEAR] },
  'create-without-table': { action: 'create', name: 'data', noTable: true },
  'create-longest-names': {
    action: 'create',
    name: 'n'.repeat(127),
    uuid: 'u'.repeat(128),
    targets: [{ type: 'zero', length: 1 }],
  },
  'create-striped': {
    action: 'create',
    name: 'stripes',
    targets: [
      {
        type: 'striped',
        length: '3MiB',
        chunkSize: 128,
        stripes: [
          { device: '7:0', offset: 0 },
          { device: '7:1', offset: 8 },
          { device: '/dev/sdc', offset: '1MiB' },
        ],
      },
    ],
  },
  'create-zero': { action: 'create', name: 'zeros', targets: [{ type: 'zero', length: '4EiB' }] },
  'create-error': { action: 'create', name: 'broken', targets: [{ type: 'error', length: 8 }] },
  'create-error-over-device': {
    action: 'create',
    name: 'broken',
    targets: [{ type: 'error', length: 8, device: '/dev/loop0', offset: 16 }],
  },
  'create-verity': { action: 'create', name: 'img', readOnly: true, targets: [VERITY] },
  'create-verity-hash-type-0': {
    action: 'create',
    name: 'img',
    readOnly: true,
    targets: [{ ...VERITY, hashType: 0, salt: '' }],
  },
  'create-verity-block-sizes': {
    action: 'create',
    name: 'img',
    readOnly: true,
    targets: [
      {
        ...VERITY,
        dataBlockSize: 512,
        dataBlocks: 16384,
        hashBlockSize: 1024,
        hashStartBlock: 8192,
        hashDevice: '/dev/loop3',
      },
    ],
  },
  'create-verity-options': {
    action: 'create',
    name: 'img',
    readOnly: true,
    targets: [
      {
        ...VERITY,
        onCorruption: 'restart',
        onError: 'panic',
        ignoreZeroBlocks: true,
        checkAtMostOnce: true,
        tryVerifyInTasklet: true,
        fecDevice: '/dev/loop5',
        fecStartBlock: 2100,
        fecBlocks: 2066,
        fecRoots: 2,
        rootHashSignatureKey: 'dmplan:signature',
      },
    ],
  },
  'create-raw': { action: 'create', name: 'slow', targets: [{ type: 'delay', length: 8, params: '/dev/loop0 0 500' }] },
  'create-mixed': {
    action: 'create',
    name: 'mixed',
    targets: [
      LINEAR,
      { type: 'linear', start: 2048, length: '2048s', device: '/dev/loop1', offset: '4096B' },
      { type: 'zero', length: '4096B' },
      { type: 'error', length: 1 },
    ],
  },
  'create-from-text': { action: 'create', name: 'text', table: TEXT },
  'create-from-text-of-unknown-type': { action: 'create', name: 'text', table: '0 8 flakey /dev/a\\b 0 1 1\n' },

  remove: { action: 'remove', name: 'data' },
  'remove-by-uuid': { action: 'remove', uuid: 'ACME-0001' },
  'remove-deferred': { action: 'remove', name: 'data', deferred: true },

  load: { action: 'load', name: 'data', targets: [LINEAR] },
  'load-read-only-by-uuid': { action: 'load', uuid: 'ACME-0001', readOnly: true, targets: [LINEAR] },
  reload: { action: 'reload', name: 'data', targets: [LINEAR] },
  'reload-no-flush': { action: 'reload', name: 'data', noFlush: true, skipLockfs: true, targets: [LINEAR] },
  'reload-read-only': { action: 'reload', name: 'data', readOnly: true, targets: [LINEAR] },
  clear: { action: 'clear', name: 'data' },
  'clear-by-uuid': { action: 'clear', uuid: 'ACME-0001' },
  suspend: { action: 'suspend', name: 'data' },
  'suspend-no-flush': { action: 'suspend', name: 'data', noFlush: true },
  'suspend-skip-lockfs': { action: 'suspend', uuid: 'ACME-0001', skipLockfs: true },
  resume: { action: 'resume', name: 'data' },
  'resume-no-flush-skip-lockfs': { action: 'resume', name: 'data', noFlush: true, skipLockfs: true },

  info: { action: 'info', name: 'data' },
  'info-inactive-by-uuid': { action: 'info', uuid: 'ACME-0001', inactive: true },
  status: { action: 'status', name: 'data', bufferSize: 512 },
  'status-default-buffer': { action: 'status', name: 'data' },
  'status-inactive-no-flush': { action: 'status', name: 'data', inactive: true, noFlush: true, bufferSize: 512 },
  table: { action: 'table', name: 'data', bufferSize: 512 },
  'table-inactive': { action: 'table', uuid: 'ACME-0001', inactive: true, bufferSize: 512 },
  deps: { action: 'deps', name: 'data', bufferSize: 512 },
  'deps-inactive': { action: 'deps', name: 'data', inactive: true, bufferSize: 512 },
  list: { action: 'list', bufferSize: 512 },
  'list-uuids': { action: 'list', uuids: true, bufferSize: 512 },

  measure: { action: 'measure', name: 'data', bufferSize: 512 } as Request,
  wait: { action: 'wait', name: 'data', eventNr: 7, bufferSize: 512 } as Request,
  rename: { action: 'rename', name: 'data', newName: 'data2' } as Request,
  'set-uuid': { action: 'set_uuid', name: 'data', newUuid: 'ACME-0002' } as Request,
  message: { action: 'message', name: 'pool', message: 'create_thin 0', bufferSize: 512 } as Request,
  'message-typed': {
    action: 'message',
    name: 'pool',
    sector: 8,
    bufferSize: 512,
    message: { target: 'thin-pool', verb: 'create_snap', deviceId: 1, originId: 0 },
  } as Request,
  'message-key': {
    action: 'message',
    name: 'secret',
    bufferSize: 512,
    message: { target: 'crypt', verb: 'key set', key: KEY },
  } as Request,
  'set-geometry': {
    action: 'set_geometry',
    name: 'data',
    geometry: { cylinders: 1, heads: 1, sectors: 8, start: 0 },
  } as Request,
  'remove-all': { action: 'remove_all' } as Request,
  'remove-all-deferred': { action: 'remove_all', deferred: true } as Request,
  targets: { action: 'targets', bufferSize: 512 } as Request,
  'target-version': { action: 'target_version', type: 'verity', bufferSize: 512 } as Request,
  'arm-poll': { action: 'arm_poll' } as Request,
  'list-prefixes': { action: 'list', name: 'lv', uuid: 'LVM-', bufferSize: 512 } as Request,

  ...(EXAMPLES as Record<string, Request>),
  ...Object.fromEntries(
    Object.entries(TYPED).map(([name, target]) => [
      `typed-${name}`,
      { action: 'load', name: 'typed', targets: [target] } as Request,
    ]),
  ),

  'refused-option-too-new': {
    action: 'load',
    name: 'img',
    readOnly: true,
    versions: { verity: [1, 2, 0] },
    targets: [{ ...VERITY, checkAtMostOnce: true }],
  } as Request,
  'refused-command-too-new': {
    action: 'target_version',
    type: 'verity',
    versions: { interface: [4, 40, 0] },
  } as Request,
  'refused-gap': { action: 'create', name: 'data', table: '0 8 zero\n16 8 zero\n' },
  'refused-overlap': { action: 'create', name: 'data', targets: [LINEAR, { type: 'zero', start: 8, length: 8 }] },
  'refused-name': { action: 'create', name: 'my data', targets: [LINEAR] },
  'refused-stripes': {
    action: 'create',
    name: 'data',
    targets: [{ type: 'striped', length: 100, chunkSize: 64, stripes: [{ device: '7:0', offset: 0 }] }],
  },
  'refused-verity-not-read-only': { action: 'create', name: 'img', targets: [VERITY] },
};

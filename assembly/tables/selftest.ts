import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, variableMapSize: true });

/** The requests whose plans `selftest()` sums up: one of every action and target, as a host would write them. */
const REQUESTS: object[] = [
  { v: 1, action: 'version' },
  { v: 1, action: 'list', uuids: true },
  {
    v: 1,
    action: 'create',
    name: 'selftest',
    uuid: 'SELFTEST-1',
    targets: [
      { type: 'linear', length: 2048, device: '/dev/loop0', offset: '1MiB' },
      {
        type: 'striped',
        length: '2MiB',
        chunkSize: 128,
        stripes: [
          { device: '7:0', offset: 0 },
          { device: '7:1', offset: 8 },
        ],
      },
      { type: 'zero', length: '4096' },
      { type: 'error', length: 8 },
      { type: 'other', length: 8, params: 'raw words' },
    ],
  },
  { v: 1, action: 'create', name: 'text', table: '# two rows\n0 8 zero\n8 8 linear /dev/sda 0\n' },
  {
    v: 1,
    action: 'reload',
    uuid: 'SELFTEST-1',
    readOnly: true,
    noFlush: true,
    targets: [
      {
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
        salt: '',
        onCorruption: 'panic',
      },
    ],
  },
  { v: 1, action: 'table', name: 'selftest', bufferSize: 512 },
  { v: 1, action: 'create', name: 'gap', table: '0 8 zero\n16 8 zero\n' },
];

export const SELFTEST_REQUESTS: Uint8Array[] = REQUESTS.map((request) => new Uint8Array(packr.pack(request)));

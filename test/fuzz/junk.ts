/** Requests that look right and are wrong: known keys with any values, valid requests with damaged bytes, bytes alone. */
import { ACTIONS, SWITCHES } from '../../assembly/tables/actions.ts';
import { COMMANDS } from '../../assembly/tables/commands.ts';
import type { Node, Option, Target } from '../../assembly/tables/notation.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { smallest } from '../unit/planner/actions.ts';
import type { Call } from '../unit/planner/harness.ts';
import { as, float, type Packable, pack, Raw } from '../unit/planner/pack.ts';
import { deps, dev, nameList, reply, statusSpecs } from '../unit/planner/replies.ts';
import type { Random } from './random.ts';

const NUMBERS: Packable[] = [
  0,
  1,
  2,
  7,
  8,
  9,
  31,
  32,
  127,
  128,
  255,
  256,
  511,
  512,
  4096,
  65535,
  65536,
  2 ** 31 - 1,
  2 ** 31,
]
  .concat([2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1] as number[])
  .map((value): Packable => value)
  .concat([2n ** 54n - 1n, 2n ** 54n, 2n ** 63n, 2n ** 64n - 1n, -1, -32, -33, -129, -(2n ** 63n)])
  .concat([
    float(0.5),
    float(8),
    float(2 ** 53),
    float(Number.NaN),
    float(-0),
    float(1e300),
    as('float32', 8),
    as('uint64', 8),
  ]);

const SHA256 = 'ab'.repeat(32);
const TEXTS: string[] = [
  '',
  '0',
  '8',
  '64',
  '-',
  'x',
  '08',
  '8s',
  '512B',
  '1KiB',
  '7EiB',
  '16EiB',
  '1.5MiB',
  '18446744073709551615',
]
  .concat([
    '18446744073709551616',
    '/dev/sda',
    '/dev/a b',
    '/a\\b',
    '/à',
    '7:0',
    '4096:0',
    'sda',
    SHA256,
    'abc',
    'sha256',
  ])
  .concat([
    'control',
    '..',
    'n'.repeat(127),
    'n'.repeat(128),
    'u'.repeat(129),
    '\0',
    '\n',
    'a\\',
    'a\\\n',
    'é',
    'ignore',
    'panic',
  ])
  .concat(['0 8 zero', '0 8 zero\n8 8 linear /dev/sda 0\n', '0 8 linear /dev/sda', '#', '0 16 striped 2 8 /a 0 /b 0'])
  .concat([
    `0 8 verity 1 /a /b 4096 4096 1 1 sha256 ${SHA256} - 2 fec_roots 2`,
    '0 8 striped 18446744073709551615 1 /a 0',
  ]);

const ENUMS = [
  ...ACTIONS.map(({ name }) => name),
  ...TARGETS.map(({ type }) => type),
  ...COMMANDS.map(({ name }) => name),
];

const REQUEST_FIELDS = [
  'name',
  'uuid',
  'targets',
  'table',
  'noTable',
  'newName',
  'newUuid',
  'message',
  'geometry',
  'sector',
  'eventNr',
  'versions',
  'type',
  ...Object.keys(SWITCHES),
];

/** Any value at all. */
function anything(random: Random, depth = 0): Packable {
  switch (random.below(depth > 4 ? 6 : 10)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
    case 2:
      return random.pick(NUMBERS);
    case 3:
    case 4:
      return random.pick(TEXTS);
    case 5:
      return random.chance(2) ? random.bytes(random.below(20)) : random.pick(ENUMS);
    case 6:
      return Array.from({ length: random.below(5) }, () => anything(random, depth + 1));
    case 7:
      return random.chance(8)
        ? new Raw(random.pick(['c1', 'd4 00 00', 'c7 01 00 00', 'a2 c3 28', 'dd ff ff ff ff']))
        : 8;
    default: {
      const keys = [...REQUEST_FIELDS, 'type', 'length', 'start', 'params', 'device', 'offset', 'v', 'nope'];
      return Object.fromEntries(
        Array.from({ length: random.below(6) }, () => [random.pick(keys), anything(random, depth + 1)]),
      );
    }
  }
}

/** A value of the field's kind most of the time. */
function fieldValue(random: Random, node: Node): Packable {
  if (random.chance(12)) return anything(random);
  switch (node.kind) {
    case 'number':
      return random.pick([node.min, node.max, node.min + 1n, node.max - 1n, node.min * 2n, 8n, 4096n, 1n, 0n, 2n]);
    case 'device':
      return random.pick(['/dev/sda', '/dev/sdb', '7:0', '/a b']);
    case 'word':
      return random.pick(['sha256', 'sha1', 'word']);
    case 'hex':
      return random.pick([SHA256, '', '-', 'ab']);
    case 'key':
      return random.pick([SHA256, '', '-', ':32:logon:d', ':1', 'xy']);
    case 'oneOf':
      return random.pick([...Object.keys(node.words), ...Object.values(node.words)]);
    case 'each':
      return Array.from({ length: random.below(4) }, () =>
        node.bare ? fieldValue(random, node.of[0]!) : fieldsOf(random, node.of, {}),
      );
    case 'pairs':
      return random.pick([{}, { migration_threshold: 1, other: 'x' }, { '': 1 }]);
    default:
      return anything(random);
  }
}

function optionValue(random: Random, option: Option): Packable {
  if (option.kind === 'flag') return random.chance(2);
  if (option.kind === 'choice') return random.pick(Object.keys(option.words));
  const one = (): Packable =>
    option.of.length === 1 ? fieldValue(random, option.of[0]!) : fieldsOf(random, option.of, {});
  return option.repeated ? Array.from({ length: random.below(4) }, one) : one();
}

function fieldsOf(random: Random, nodes: readonly Node[], fields: Record<string, Packable>): Record<string, Packable> {
  for (const node of nodes) {
    if (node.kind === 'optional' || node.kind === 'when') {
      if (random.chance(2)) fieldsOf(random, node.of, fields);
    } else if (node.kind === 'counted') fieldsOf(random, node.of, fields);
    else if (node.kind === 'set') {
      for (const option of node.of) if (random.chance(4)) fields[option.field] = optionValue(random, option);
    } else if ('field' in node) fields[node.field] = fieldValue(random, node);
  }
  return fields;
}

function target(random: Random): Packable {
  if (random.chance(10)) return anything(random);
  const declared: Target = random.pick(TARGETS);
  const fields: Record<string, Packable> = {
    type: declared.type,
    length: random.pick([8, 16, 64, '4KiB', 2n ** 54n - 1n, 0]),
  };
  if (random.chance(4)) fields.start = random.pick([0, 8, '4KiB', -1]);
  if (random.chance(4)) fields.params = random.pick(TEXTS);
  else fieldsOf(random, declared.params, fields);
  if (random.chance(12)) fields[random.pick([...Object.keys(fields), 'nope'])] = anything(random);
  if (random.chance(20)) delete fields[random.pick(Object.keys(fields))];
  return fields;
}

/** Answers are asked for with at most this much room, so that the memory stays as it is. */
export const MOST_ROOM = 65536;

/** A request of the right shape, with some wrong values in it. */
export function junkRequest(random: Random): Packable {
  if (random.chance(40)) return anything(random);
  const action = random.pick(ACTIONS);
  const request: Record<string, Packable> = { v: random.chance(40) ? anything(random) : 1, action: action.name };
  if (!random.chance(20)) Object.assign(request, smallest(action), { table: undefined, v: request.v });
  if (action.identity === 'one' && random.chance(3)) Object.assign(request, { name: undefined, uuid: 'x' });
  const payloads = action.steps.map(({ payload }) => payload);
  if (payloads.includes('table')) {
    if (random.chance(3)) request.table = textTable(random);
    else request.targets = Array.from({ length: random.below(6) }, () => target(random));
    request.readOnly = random.chance(2);
  }
  if (payloads.includes('room') && random.chance(2))
    request.bufferSize = random.pick([320, 512, MOST_ROOM, 319, 2 ** 30 + 1, -1]);
  if (random.chance(6)) request[random.pick(REQUEST_FIELDS)] = anything(random);
  if (random.chance(30)) request[random.pick(TEXTS)] = anything(random);
  return request;
}

const WORDS = [
  '0',
  '8',
  '16',
  '2',
  '1',
  '/dev/sda',
  '/b',
  '7:0',
  'zero',
  'linear',
  'striped',
  'error',
  'verity',
  'foo',
  '-',
  '4096',
].concat([
  'sha256',
  SHA256,
  'ignore_corruption',
  'FEC_ROOTS',
  '#',
  '\\',
  '\t',
  '\r',
  '\x01',
  'à',
  '18446744073709551615',
  '08',
]);

function textTable(random: Random): Packable {
  const lines = Array.from({ length: random.below(5) }, (_, i) => {
    const start = random.chance(4) ? [random.pick(WORDS)] : [String(i * 8), '8'];
    return [...start, ...Array.from({ length: random.below(14) }, () => random.pick(WORDS))].join(
      random.pick([' ', ' ', '\t', '  ']),
    );
  });
  const text = lines.join(random.pick(['\n', '\n', '\r\n', '\n\n']));
  return random.chance(4) ? Buffer.from(text, 'latin1') : text;
}

const REPLIES: Buffer[] = [
  reply({ name: 'x', uuid: 'U', dev: dev(253, 0), openCount: -1, flags: 0x22 }),
  reply(
    {},
    nameList([
      { name: 'a', dev: dev(253, 0), eventNr: 1, uuid: 'U' },
      { name: 'bbbb', dev: dev(253, 1), eventNr: 2, uuid: null },
    ]),
    40,
  ),
  reply(
    { version: [4, 30, 0] },
    nameList([
      { name: 'a', dev: dev(253, 0) },
      { name: 'bbbb', dev: dev(253, 1) },
    ]),
  ),
  reply({}, deps([dev(8, 0), dev(8, 1), dev(7, 300)]), 17),
  reply({ dataSize: 305, dataStart: 0 }, undefined, 64),
  reply(
    { targetCount: 2 },
    statusSpecs([
      { start: 0n, length: 8n, type: 'zero', params: '' },
      { start: 8n, length: 8n, type: 'linear', params: '8:0 0' },
    ]),
    9,
  ),
];

/** What decode and inspect are given: a reply with damaged fields, under any command. */
export function junkExchange(random: Random): Packable {
  const payload = Buffer.from(random.pick(REPLIES));
  for (let i = random.below(5); i > 0; i--) {
    const at = random.chance(2) ? random.pick([4, 12, 16, 20, 28]) : 312 + 4 * random.below(20);
    const value = random.pick([
      0,
      1,
      7,
      8,
      12,
      13,
      40,
      41,
      48,
      96,
      305,
      312,
      313,
      payload.length,
      2 ** 31,
      2 ** 32 - 8,
      random.bits(),
    ]);
    if (at + 4 <= payload.length) payload.writeUInt32LE(value >>> 0, at);
  }
  const exchange: Record<string, Packable> = {
    command: random.chance(4) ? anything(random) : random.pick(COMMANDS)[random.chance(2) ? 'name' : 'number'],
    payload: random.chance(20)
      ? anything(random)
      : payload.subarray(0, random.chance(4) ? random.below(payload.length) : undefined),
    reply: random.chance(20) ? anything(random) : random.chance(2),
  };
  if (random.chance(30)) exchange[random.pick(TEXTS)] = anything(random);
  return exchange;
}

const BASES: Record<Call, Uint8Array[]> = {
  plan: [
    { v: 1, action: 'create', name: 'x', uuid: 'U', table: '# two\n0 8 zero\n8 8 linear /dev/sda 0\n' },
    {
      v: 1,
      action: 'load',
      name: 'x',
      targets: [{ type: 'striped', length: 16, chunkSize: 8, stripes: [{ device: '/a', offset: 0 }] }],
    },
    {
      v: 1,
      action: 'reload',
      uuid: 'U',
      readOnly: true,
      noFlush: true,
      targets: [{ type: 'foo', length: 8, params: 'a b\\ c' }],
    },
    {
      v: 1,
      action: 'create',
      name: 'v',
      readOnly: true,
      table: `0 8 verity 1 /a /b 4096 4096 1 1 sha256 ${SHA256} - 9 use_fec_from_device /c fec_start 0 fec_blocks 8 fec_roots 2 check_at_most_once`,
    },
    { v: 1, action: 'status', name: 'x', inactive: true },
    ...ACTIONS.map(smallest),
    ...TARGETS.map(({ example, readOnly }) => ({ v: 1, action: 'load', name: 'x', readOnly, table: example })),
    {
      v: 1,
      action: 'message',
      name: 'x',
      bufferSize: 512,
      message: { target: 'thin-pool', verb: 'create_snap', deviceId: 1, originId: 0 },
    },
    {
      v: 1,
      action: 'load',
      name: 'x',
      versions: { crypt: [1, 29, 0], interface: [4, 50, 0] },
      table: '0 8 crypt a-b - 0 7:0 0 1 high_priority',
    },
  ].map(pack),
  decode: REPLIES.map((payload, i) => pack({ command: [7, 2, 2, 11, 11, 12][i], payload })),
  inspect: REPLIES.map((payload, i) => pack({ command: [7, 2, 2, 11, 11, 12][i], payload, reply: i % 2 === 0 })),
};

/** A valid request with some of its bytes changed, moved, doubled or gone. */
export function mutated(random: Random, call: Call): Uint8Array {
  return mutate(random, random.pick(BASES[call]));
}

/** The bytes with a few of them changed, cut out or put in. */
export function mutate(random: Random, base: Uint8Array): Uint8Array {
  let bytes = Buffer.from(base);
  for (let i = 1 + random.below(4); i > 0; i--) {
    const at = random.below(bytes.length + 1);
    const size = random.below(9);
    switch (random.below(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = random.bits();
        break;
      case 1:
        if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(size), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - size))]);
        break;
      default:
        if (random.chance(4)) bytes = bytes.subarray(0, at);
        else if (at < bytes.length)
          bytes[at] = random.pick([0x00, 0x7f, 0x80, 0xc1, 0xc6, 0xd4, 0xdb, 0xdd, 0xdf, 0xff]);
    }
    if (bytes.length === 0) bytes = Buffer.from([0]);
  }
  return bytes;
}

const TAGS = [
  0x80, 0x81, 0x84, 0x90, 0x92, 0xa0, 0xa1, 0xa5, 0xc0, 0xc2, 0xc4, 0xc5, 0xc6, 0xca, 0xcb, 0xcc, 0xcf, 0xd3, 0xd9,
  0xda,
].concat([0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xff, 0x00, 0x01]);

/** Bytes that are random, among them many that begin something. */
export function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: 1 + random.below(200) }, () =>
    random.chance(3) ? random.pick(TAGS) : random.bits(),
  );
}

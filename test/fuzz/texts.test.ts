/**
 * Whatever a kernel prints for a target, and whatever stands in a message: decode and inspect read it without a trap, and
 * tell no more than there is. `DMPLAN_FUZZ_RUNS` and `DMPLAN_FUZZ_SEED` choose the run.
 */
import { describe, expect, test } from 'vitest';
import type { Node, Option } from '../../assembly/tables/notation.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { readVector } from '../peers/vectors.ts';
import { readCanonical } from '../unit/planner/canonical.ts';
import { type Call, Host, readFailure } from '../unit/planner/harness.ts';
import { pack } from '../unit/planner/pack.ts';
import { reply, statusSpecs } from '../unit/planner/replies.ts';
import { Random } from './random.ts';

const RUNS = Math.ceil(Number(process.env.DMPLAN_FUZZ_RUNS ?? 3000) / 10);
const SEED = Number(process.env.DMPLAN_FUZZ_SEED ?? 20251122);
const STATUS_TABLE = 0x10;
const HANGS = 10_000;

/** Words that a grammar could take or stumble over. */
const WORDS = [
  '0',
  '1',
  '2',
  '3',
  '8',
  '9',
  '128',
  '4294967295',
  '4294967296',
  '18446744073709551615',
  '18446744073709551616',
  '-',
  '-1',
  '08',
]
  .concat([
    'A',
    'AA',
    'AAD',
    'D',
    'E',
    'F',
    'V',
    'C',
    '7:0',
    '253:1',
    '/dev/a',
    'core',
    'disk',
    'rw',
    'ro',
    'Fail',
    'Error',
    '1/2',
    '/',
    '1/',
    '/2',
    'x',
    ':',
  ])
  .concat([
    'ab'.repeat(32),
    ':32:logon:d',
    'a'.repeat(300),
    'é',
    '\u00a0',
    '\\',
    '\\ ',
    '\x01',
    'migration_threshold',
    'smq',
    'writeback',
  ]);

/** Every word that a target's own grammar names. */
function ownWords(nodes: readonly (Node | Option)[]): string[] {
  return nodes.flatMap((node) => [
    ...('word' in node ? [node.word, `${node.word}:1`, `${node.word}:x:ab`, node.word.toUpperCase()] : []),
    ...('words' in node ? Object.values(node.words) : []),
    ...('texts' in node ? node.texts : []),
    ...('of' in node ? ownWords(node.of) : []),
  ]);
}

const OWN = new Map(
  TARGETS.map(({ type, params, table = [], status = [] }) => [type, ownWords([...params, ...table, ...status])]),
);

/** Texts of real kernels and of other people's tests, by their target. */
const REAL: [type: string, params: string][] = [
  ...readVector('tables.tsv')
    .split('\n')
    .concat(readVector('status-lines.tsv').split('\n'))
    .flatMap((row): [string, string][] => {
      const [, , type, ...words] = row.slice(row.indexOf('\t') + 1).split(' ');
      return OWN.has(type ?? '') ? [[type!, words.join(' ')]] : [];
    }),
  ...TARGETS.map(({ type, example }): [string, string] => [type, example.split(' ').slice(3).join(' ')]),
  ['thin-pool', '0 419/4096 0/512 - rw discard_passdown queue_if_no_space - 1024 '],
  ['cache', '8 27/1024 128 0/512 1 2 3 4 0 0 0 1 writethrough 2 migration_threshold 2048 smq 0 rw - '],
  ['raid', 'raid1 2 aa 10/20 resync 0 0 -'],
  ['mirror', '2 253:1 253:2 80/81 1 AD 3 disk 253:0 A'],
  ['writecache', '0 1 2 3 4 5 6 7 8 9 10 11 12 13'],
  ['multipath', '2 0 0 0 2 1 A 0 2 2 8:0 A 0 0 1 8:16 F 1 0 4 E 1 x 1 0 8:32 A 0 '],
];

function randomText(random: Random, type: string): string {
  const own = OWN.get(type)!;
  const words = Array.from({ length: random.below(24) }, () =>
    own.length > 0 && random.chance(3) ? random.pick(own) : random.pick(WORDS),
  );
  return words.join(random.pick([' ', ' ', ' ', '  ', '\t']));
}

function mutatedText(random: Random): [string, string] {
  const [type, params] = random.pick(REAL);
  let words = params.split(' ');
  for (let i = 1 + random.below(3); i > 0; i--) {
    const at = random.below(words.length + 1);
    switch (random.below(6)) {
      case 0:
        words[at] = random.pick(WORDS);
        break;
      case 1:
        words = words.toSpliced(at, 1);
        break;
      case 2:
        words = words.toSpliced(at, 0, random.pick([...WORDS, ...OWN.get(type)!]));
        break;
      case 3:
        words = [...words, ...words.slice(at)];
        break;
      case 4:
        words = words.slice(0, at);
        break;
      default:
        words[at] = (words[at] ?? '').replace(/./u, random.pick(['', '9', 'A', '-', ':', '/']));
    }
  }
  return [random.chance(8) ? random.pick([...OWN.keys()]) : type, words.join(' ')];
}

/** A short word becomes a map with names of its own: so much longer than its text is what is told of it. */
const MOST: Record<Call, (length: number) => number> = {
  plan: () => 0,
  decode: (length) => 16 * length + 2048,
  inspect: (length) => 8 * length + 8192,
};

/** Asks, checks the answer, and tells whether words were understood. */
function ask(host: Host, call: Call, exchange: Record<string, unknown>): string {
  const request = pack(exchange);
  const started = performance.now();
  const { code, bytes } = host.call(call, request);
  expect(performance.now() - started).toBeLessThan(HANGS);
  if (code !== 0) return readFailure(code, bytes).name;
  if (bytes.length > MOST[call](request.length))
    throw new Error(`an answer of ${bytes.length} bytes to ${request.length}`);
  const answer = readCanonical(bytes) as unknown as { targets?: { fields?: object; status?: object }[] };
  const row = call === 'decode' ? answer.targets?.[0] : undefined;
  return row === undefined ? 'told' : row.fields ? 'fields' : row.status ? 'status' : 'words';
}

function rounds(
  next: (random: Random) => [call: Call, exchange: Record<string, unknown>, shown: string],
): Map<string, number> {
  const random = new Random(SEED);
  const host = new Host();
  const seen = new Map<string, number>();
  host.call('inspect', pack({ command: 12, payload: new Uint8Array(100_000) }));
  const memory = host.exports.memory.buffer.byteLength;
  for (let run = 0; run < RUNS * 30; run++) {
    const [call, exchange, shown] = next(random);
    let name: string;
    try {
      name = ask(host, call, exchange);
    } catch (cause) {
      throw new Error(`seed ${SEED}, run ${run}: ${call} of ${JSON.stringify(shown)}: ${String(cause)}`, { cause });
    }
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  expect(host.exports.memory.buffer.byteLength).toBe(memory);
  console.log(`${RUNS * 30} texts: ${[...seen].map(([name, count]) => `${count} ${name}`).join(', ')}`);
  return seen;
}

function exchangeOf(random: Random, type: string, params: string): [Call, Record<string, unknown>, string] {
  const flags = random.pick([STATUS_TABLE, STATUS_TABLE, 0, 0, 0x80000]);
  const row = { start: 0n, length: 8n, type, params };
  const payload = reply({ targetCount: 2, flags }, statusSpecs([row, { ...row, start: 8n }]));
  if (random.chance(3)) {
    return [
      'inspect',
      { command: 12, payload, reply: random.chance(2), showKeys: random.chance(2) },
      `${type} ${params}`,
    ];
  }
  return ['decode', { command: random.pick([12, 8]), payload, showKeys: random.chance(2) }, `${type} ${params}`];
}

describe('decode and inspect read whatever a target prints', () => {
  test('made of words at random', () => {
    const types = [...OWN.keys()];
    const seen = rounds((random) => {
      const type = random.pick(types);
      return exchangeOf(random, type, randomText(random, type));
    });
    for (const name of ['fields', 'status', 'words', 'told']) expect(seen.get(name)).toBeGreaterThan(0);
  });

  test('made of real texts with other words in them', () => {
    const seen = rounds((random) => exchangeOf(random, ...mutatedText(random)));
    for (const name of ['fields', 'status', 'words', 'told']) expect(seen.get(name)).toBeGreaterThan(0);
  });

  test('made of bytes that are no text', () => {
    rounds((random) => {
      const [type, params] = mutatedText(random);
      const [call, exchange] = exchangeOf(random, type, params);
      const payload = Buffer.from(exchange.payload as Uint8Array);
      for (let i = random.below(6); i > 0; i--)
        payload[352 + random.below(Math.max(1, payload.length - 352))] = random.bits() | 1;
      return [call, { ...exchange, payload }, `${type} ${params}`];
    });
  });
});

describe('inspect explains whatever stands in a payload', () => {
  const host = new Host();
  const steps = [
    { action: 'rename', name: 'x', newName: 'another' },
    { action: 'set_uuid', name: 'x', newUuid: 'UUID-1' },
    { action: 'message', name: 'x', message: '@stats_create - /100', sector: 8, bufferSize: 640 },
    { action: 'message', name: 'x', message: `key set ${'00ff'.repeat(16)}`, bufferSize: 640 },
    { action: 'set_geometry', name: 'x', geometry: { cylinders: 1, heads: 2, sectors: 3, start: 0 } },
  ].map((request) => host.steps({ v: 1, ...request })[0]!);

  test('of a message, a new name or a geometry', () => {
    const seen = rounds((random) => {
      const { command, payload: whole } = random.pick(steps);
      const payload = Buffer.from(
        whole.subarray(0, random.chance(3) ? 312 + random.below(whole.length - 311) : undefined),
      );
      for (let i = random.below(8); i > 0; i--)
        payload[random.below(payload.length)] = random.pick([0, 0x20, 0x5c, 0x41, 0xff, random.bits()]);
      const exchange = { command, payload, reply: random.chance(2), showKeys: random.chance(2) };
      return [
        random.chance(4) ? 'decode' : 'inspect',
        random.chance(4) ? { ...exchange, command: random.below(20) } : exchange,
        payload.toString('hex'),
      ];
    });
    expect(seen.get('told')).toBeGreaterThan(RUNS * 10);
  });

  test('and its entries tile every one of them', () => {
    const random = new Random(SEED);
    for (let run = 0; run < RUNS; run++) {
      const { command, payload: whole } = random.pick(steps);
      const payload = Buffer.from(whole.subarray(0, 312 + random.below(whole.length - 311)));
      for (let i = random.below(8); i > 0; i--)
        payload[312 + random.below(Math.max(1, payload.length - 312))] = random.bits();
      for (const isReply of [false, true]) {
        const fields = host.inspect(command, payload, isReply) as { offset: number; length: number }[];
        const end = fields.reduce(
          (at, { offset, length }) => (offset === at && length > 0 ? at + length : Number.NaN),
          0,
        );
        expect(end).toBe(payload.length);
      }
    }
  });
});

describe('texts that are built to cost much', () => {
  const SIZE = 65536;
  test.each<[string, string, string]>([
    ['one word of hex digits', 'crypt', `aes-xts-plain64 x${'ab'.repeat(SIZE)}`],
    ['many words of hex digits', 'integrity', `x ${`${'ab'.repeat(10)} `.repeat(SIZE / 8)}`],
    [
      'many pairs',
      'cache',
      `7:0 7:1 7:2 128 0 smq ${SIZE} ${Array.from({ length: SIZE / 2 }, (_, i) => `k${i} 1`).join(' ')}`,
    ],
    ['many options', 'vdo', `V4 7:0 1 512 128 1 ${'no_such 1 '.repeat(SIZE)}`],
    ['many rebuilds', 'raid', `raid1 ${SIZE + 1} 0 ${'rebuild 0 '.repeat(SIZE / 2)} 1 - 7:0`],
    ['2^32 - 1 groups', 'multipath', `0 0 1024 1 ${'x 0 1 0 7:0 '.repeat(SIZE / 8)}`],
    ['2^32 - 1 paths in a status', 'multipath', `2 0 0 0 1 1 A 0 4294967295 0 ${'7:0 A 0 '.repeat(SIZE / 8)}`],
    ['health of every word', 'mirror', `4294967295 ${'7:0 '.repeat(SIZE)}`],
  ])('%s', (_, type, params) => {
    const host = new Host();
    for (const flags of [0, STATUS_TABLE]) {
      const payload = reply({ targetCount: 1, flags }, statusSpecs([{ start: 0n, length: 8n, type, params }]));
      ask(host, 'decode', { command: 12, payload });
      ask(host, 'inspect', { command: 12, payload, reply: true });
    }
  });
});

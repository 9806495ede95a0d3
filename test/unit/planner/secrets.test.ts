/** Keys of crypt, inlinecrypt, integrity and targets of Android: in the payloads that need them, and nowhere else unless they are asked for. */
import fc, { type GeneratorValue } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Call, Host, payloadOf, specsOf } from './harness.ts';
import { type Packable, pack } from './pack.ts';
import { reply, statusSpecs } from './replies.ts';

const host = new Host();
const SECURE_DATA = 0x8000;
const STATUS_TABLE = 0x10;
const TABLE_LOAD = 9;
const TABLE_STATUS = 12;
const TARGET_MSG = 14;

/** 16 to 64 bytes in hex, of either letter case. */
const KEY = fc
  .uint8Array({ minLength: 16, maxLength: 64 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
  .filter((key) => new Set(key).size > 6)
  .chain((key) => fc.constantFrom(key, key.toUpperCase()));

type Secret = { type: string; fields: (key: string) => Record<string, unknown>; params: (key: string) => string };

const crypt = { cipher: 'aes-xts-plain64', ivOffset: 0, device: '7:0', offset: 0 };
const integrity = { device: '7:0', offset: 0, tagSize: 4, mode: 'journal' };

const SECRETS: Secret[] = [
  { type: 'crypt', fields: (key) => ({ ...crypt, key }), params: (key) => `aes-xts-plain64 ${key} 0 7:0 0` },
  {
    type: 'crypt',
    fields: (key) => ({ ...crypt, key, allowDiscards: true, sectorSize: 4096 }),
    params: (key) => `aes-xts-plain64 ${key} 0 7:0 0 2 allow_discards sector_size:4096`,
  },
  {
    type: 'inlinecrypt',
    fields: (key) => ({ ...crypt, key, keyType: 'raw' }),
    params: (key) => `aes-xts-plain64 ${key} 0 7:0 0 1 keytype:raw`,
  },
  ...(['internalHash', 'journalCrypt', 'journalMac'] as const).map((field, i) => ({
    type: 'integrity',
    fields: (key: string) => ({ ...integrity, [field]: { algorithm: 'hmac(sha256)', key } }),
    params: (key: string) => `7:0 0 4 J 1 ${['internal_hash', 'journal_crypt', 'journal_mac'][i]}:hmac(sha256):${key}`,
  })),
  {
    type: 'integrity',
    fields: (key) => ({
      ...integrity,
      internalHash: { algorithm: 'hmac(sha256)', key },
      journalCrypt: { algorithm: 'ctr(aes)', key },
      journalMac: { algorithm: 'hmac(sha1)', key },
    }),
    params: (key) =>
      `7:0 0 4 J 3 internal_hash:hmac(sha256):${key} journal_crypt:ctr(aes):${key} journal_mac:hmac(sha1):${key}`,
  },
];

/** Digits of a key in a row that count as telling it. */
const PART = 8;

/** Whether the answer tells a part of the key: as text, as hex of the text, or as a number of its bytes. */
function tells(answer: Uint8Array, key: string): boolean {
  const text = Buffer.from(answer).toString('latin1').toLowerCase();
  for (let at = 0; at + PART <= key.length; at++) {
    const part = key.slice(at, at + PART).toLowerCase();
    if (new Set(part).size < 3) continue;
    const reversed = [...part].toReversed().join('');
    if ([part, reversed, Buffer.from(part).toString('hex')].some((form) => text.includes(form))) return true;
  }
  return false;
}

function expectSilent(call: Call, request: Packable, key: string): number {
  const { code, bytes } = host.call(call, pack(request));
  if ((call !== 'plan' || code !== 0) && tells(bytes, key)) {
    throw new Error(`${call} tells a part of ${key}: ${Buffer.from(bytes).toString('latin1')}`);
  }
  return code;
}

const request = (table: object): object => ({ v: 1, action: 'create', name: 'x', ...table });
const pick = <T>(g: GeneratorValue, list: readonly T[]): T => list[g(fc.nat, list.length - 1)]!;

test('what tells a key is found', () => {
  const key = '0123456789abcdef'.repeat(2);
  expect(tells(Buffer.from(`xx${key.slice(3, 11)}`), key)).toBe(true);
  expect(tells(Buffer.from(Buffer.from(key).toString('hex')), key)).toBe(true);
  expect(tells(Buffer.from('76543210'), key)).toBe(true);
  expect(tells(Buffer.from('0000000000000000 8000 0123456'), key)).toBe(false);
});

describe.each(SECRETS)('$type', ({ type, fields, params }) => {
  test('with a key in the clear is marked secret, and its payload holds the key', () => {
    fc.assert(
      fc.property(KEY, (key) => {
        for (const table of [
          { targets: [{ type, length: 8, ...fields(key) }] },
          { targets: [{ type, length: 8, params: params(key) }] },
          { table: `0 8 ${type} ${params(key)}` },
        ]) {
          const payload = Buffer.from(payloadOf(host.steps(request(table)), TABLE_LOAD));
          expect(payload.readUInt32LE(28)).toBe(SECURE_DATA);
          expect(specsOf(payload)[0]!.params).toBe(params(key));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('beside other targets is still marked, and the other steps are not', () => {
    const rows = (key: string) => `0 8 zero\n8 8 ${type} ${params(key)}\n16 8 zero`;
    if (type === 'integrity') return;
    const steps = host.steps({ ...request({ table: rows('00ff'.repeat(8)) }), action: 'reload' });
    expect(steps.map(({ payload }) => Buffer.from(payload).readUInt32LE(28))).toEqual([SECURE_DATA, 2, 0]);
  });

  test('tells nothing of a key when something around it is wrong', () => {
    const names = new Map<number, number>();
    fc.assert(
      fc.property(KEY, fc.gen(), (key, g) => {
        const code = expectSilent('plan', request(broken(g, key, type, fields(key), params(key))), key);
        names.set(code, (names.get(code) ?? 0) + 1);
      }),
      { numRuns: 2000 },
    );
    expect(names.size).toBeGreaterThan(15);
  });

  test('is shown with zeros for its key, or with the key when it is asked for', () => {
    fc.assert(
      fc.property(KEY, fc.nat(3), (key, rows) => {
        const words = type === 'inlinecrypt' ? params(key).replace(key, `${key} 1`) : params(key);
        const row = { start: 0n, length: 8n, type, params: words };
        const payload = reply({ targetCount: rows + 1, flags: STATUS_TABLE }, statusSpecs(Array(rows + 1).fill(row)));
        const hidden = words.replaceAll(key, '0'.repeat(key.length));
        const { targets } = host.decode(TABLE_STATUS, payload) as { targets: { params: string; fields: object }[] };
        for (const each of targets) {
          expect(each.params).toBe(hidden);
          expect(JSON.stringify(each.fields)).toContain(`"${'0'.repeat(key.length)}"`);
        }
        expectSilent('decode', { command: TABLE_STATUS, payload }, key);
        expectSilent('inspect', { command: TABLE_STATUS, payload, reply: true }, key);
        const shown = host.decode(TABLE_STATUS, payload, true) as typeof targets extends never
          ? never
          : { targets: typeof targets };
        for (const each of shown.targets) {
          expect(each.params).toBe(words);
          expect(JSON.stringify(each.fields)).toContain(key);
        }
        expect(
          tells(host.call('inspect', pack({ command: TABLE_STATUS, payload, reply: true, showKeys: true })).bytes, key),
        ).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('tells nothing of a key when its payload is explained, whole or damaged', () => {
    fc.assert(
      fc.property(KEY, fc.gen(), (key, g) => {
        const table = request({ table: `0 8 ${type} ${params(key)}${type === 'integrity' ? '' : '\n8 8 zero'}` });
        const payload = damaged(g, payloadOf(host.steps(table), TABLE_LOAD));
        expectSilent('inspect', { command: TABLE_LOAD, payload }, key);
        const answer = reply(
          { targetCount: 1, flags: STATUS_TABLE },
          statusSpecs([{ start: 0n, length: 8n, type, params: misread(g, params(key)) }]),
        );
        expectSilent('decode', { command: TABLE_STATUS, payload: damaged(g, answer) }, key);
        expectSilent('inspect', { command: TABLE_STATUS, payload: damaged(g, answer), reply: true }, key);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Words around a key that a declaration does not read; the key itself stays whole, as a kernel prints it. */
function misread(g: GeneratorValue, params: string): string {
  const words = params.split(' ');
  const at = g(fc.nat, words.length);
  const extra = pick(g, ['x', '0', 'no_such_option', '-', '7:0', '']);
  return [...words.slice(0, at), extra, ...words.slice(at)].join(' ');
}

/** Numbers of the header and of the specs that say something else; the type and the params stay. */
function damaged(g: GeneratorValue, bytes: Uint8Array): Buffer {
  const payload = Buffer.from(bytes);
  for (let i = g(fc.nat, 2); i > 0; i--) {
    const at = pick(g, [12, 16, 20, 312 + 20]);
    payload.writeUInt32LE(
      pick(g, [0, 1, 8, 40, 41, 48, 60, 64, 72, 80, 96, 104, 120, 312, 400, payload.length, 2 ** 32 - 1]),
      at,
    );
  }
  return payload;
}

/** A table with a key in it in which something is wrong, or somewhere else. */
function broken(g: GeneratorValue, key: string, type: string, fields: Record<string, unknown>, params: string): object {
  const words = params.split(' ');
  const at = g(fc.nat, words.length - 1);
  const junk = pick(g, [
    'x',
    '0',
    '-1',
    '99999999999999999999',
    'nope',
    ':',
    '::',
    key,
    `${key}z`,
    `z${key}`,
    `opt:${key}`,
    `a:b:${key}`,
    '/dev/x',
    '1.5',
  ]);
  const name = pick(g, Object.keys(fields));
  const changed = [
    () => words.toSpliced(at, 1, junk),
    () => words.toSpliced(at, 0, junk),
    () => words.toSpliced(at, 1),
    () => words.toSpliced(at, 1, words[at]!, words[at]!),
    () => words.toReversed(),
    () => [...words.slice(at), ...words.slice(0, at)],
    () => [...words, ...words.slice(at)],
    () => words.map((word) => word.replace(key, spoiled(g, key))),
    () => words.map((word) => word.replace(':', pick(g, ['', ' ', '::', 's:', ':x:']))),
    () => [...words, `no_such_option:${key}`],
  ];
  const line = pick(g, changed)().join(' ');
  const front = pick(g, [
    '0 8',
    '0 8',
    '0 8',
    '0',
    `0 ${key}`,
    `${key} 8`,
    '8 8',
    '0 0',
    `0 8 zero\n${key}`,
    `0 8 ${key}\n8 8`,
  ]);
  return pick<() => object>(g, [
    () => ({ table: `${front} ${type} ${line}` }),
    () => ({ table: `${front} ${line}` }),
    () => ({ table: `0 8 ${type} ${line.replace(' ', '\n')}` }),
    () => ({
      table: Buffer.from(`0 8 ${type} ${line}`.replace('7:0', pick(g, ['\u00ff', '\\', '7:0', '\t', '\x01']))),
    }),
    () => ({ targets: [{ type, length: 8, params: line }] }),
    () => ({ targets: [{ type, length: 8, params: `${line}${pick(g, ['\\', '\n', 'à', '\\ '])}` }] }),
    () => ({
      targets: [
        {
          type,
          length: 8,
          ...fields,
          [name]: pick<unknown>(g, [junk, key, 7, null, { [key]: key }, [key], `${key} ${key}`]),
        },
      ],
    }),
    () => ({ targets: [{ type, length: 8, ...fields, [key]: key }] }),
    () => ({ targets: [{ type: key, length: 8, ...fields }] }),
    () => ({ targets: [{ type, length: key, ...fields }] }),
    () => ({ targets: [{ type, length: 8, ...fields, start: key }] }),
    () => ({
      targets: [
        { type, length: 8, ...fields },
        { type: 'zero', length: 8 },
        { type: 'linear', length: 8, device: key, offset: 0 },
      ],
    }),
    () => ({ table: `0 8 ${type} ${params}`, [key]: 1 }),
    () => ({ table: `0 8 ${type} ${params}`, readOnly: key, name: key }),
    () => ({ table: `0 8 ${type} ${params}`, versions: { [type]: [1, 0, 0], [key]: key } }),
    () => ({ table: `0 8 ${type} ${params}`, action: key }),
    () => ({ table: `0 8 ${type} ${params}`, name: `${key}/${key}` }),
  ])();
}

/** A key that is none any more; at least one half of it is still long. */
function spoiled(g: GeneratorValue, key: string): string {
  const at = g(fc.nat, key.length);
  return `${key.slice(0, at)}${pick(g, ['z', ':', '\\', '-', '0x', '/', 'a', 'é'])}${key.slice(at)}`;
}

describe('a message that sets a key', () => {
  test('tells nothing of it when it is explained, and all when that is asked for', () => {
    fc.assert(
      fc.property(KEY, fc.constantFrom('key set ', 'KEY SET ', ' key  set  '), (key, verb) => {
        const [step] = host.steps({ v: 1, action: 'message', name: 'x', message: `${verb}${key}`, bufferSize: 512 });
        const exchange = { command: TARGET_MSG, payload: step!.payload };
        expect(Buffer.from(step!.payload).readUInt32LE(28)).toBe(SECURE_DATA);
        expectSilent('inspect', exchange, key);
        expect(tells(host.call('inspect', pack({ ...exchange, showKeys: true })).bytes, key)).toBe(true);
        for (const message of [
          `${verb}${key}\n`,
          `${verb}${key}\\`,
          { target: 'crypt', verb: key },
          { target: key, verb: 'x' },
        ]) {
          expectSilent('plan', { v: 1, action: 'message', name: 'x', message }, key);
        }
        expectSilent(
          'plan',
          { v: 1, action: 'message', name: 'x', message: { target: 'crypt', verb: 'key set', key: `${key}z` } },
          key,
        );
      }),
      { numRuns: 100 },
    );
  });
});

/** dm_test.cpp of AOSP's libdm, and what newer kernels of Android take. */
describe.each([
  ['default-key', (key: string) => `AES-256-XTS ${key} 7:0 0`],
  ['default-key', (key: string) => `aes-xts-plain64 ${key} 0 7:0 0 3 allow_discards sector_size:4096 iv_large_sectors`],
  ['req-crypt', (key: string) => `crypt ${key} 0 7:0 0`],
])('%s, which is not declared', (type, params) => {
  test('hides its key like the others', () => {
    fc.assert(
      fc.property(KEY, (key) => {
        const line = params(key);
        for (const table of [{ table: `0 8 ${type} ${line}` }, { targets: [{ type, length: 8, params: line }] }]) {
          const payload = Buffer.from(payloadOf(host.steps(request(table)), TABLE_LOAD));
          expect(payload.readUInt32LE(28)).toBe(SECURE_DATA);
          expectSilent('inspect', { command: TABLE_LOAD, payload }, key);
          expect(tells(host.call('inspect', pack({ command: TABLE_LOAD, payload, showKeys: true })).bytes, key)).toBe(
            true,
          );
        }
        const row = { start: 0n, length: 8n, type, params: line };
        const payload = reply({ targetCount: 1, flags: STATUS_TABLE }, statusSpecs([row]));
        expectSilent('decode', { command: TABLE_STATUS, payload }, key);
        expectSilent('inspect', { command: TABLE_STATUS, payload, reply: true }, key);
        const shown = host.decode(TABLE_STATUS, payload, true) as { targets: object[] };
        expect(shown.targets[0]).toMatchObject({ params: line });
        expectSilent('plan', request({ table: `0 8 ${type} ${line}\\` }), key);
        expectSilent('plan', request({ table: `0 8 ${type}: ${line}` }), key);
      }),
      { numRuns: 50 },
    );
  });
});

test('a key of the keyring is no secret', () => {
  const table = '0 8 crypt aes-xts-plain64 :32:logon:dmplan:key 0 7:0 0';
  const [, load] = host.steps(request({ table }));
  expect(Buffer.from(load!.payload).readUInt32LE(28)).toBe(0);
  const fields = host.inspect(TABLE_LOAD, load!.payload, false) as { field: string; value: unknown }[];
  expect(fields.find(({ field }) => field === 'targets[0].params')!.value).toBe(
    'aes-xts-plain64 :32:logon:dmplan:key 0 7:0 0',
  );
});

test('what one call was asked to show, the next is not', () => {
  const key = '0123456789abcdef'.repeat(4);
  const payload = reply(
    { targetCount: 1, flags: STATUS_TABLE },
    statusSpecs([{ start: 0n, length: 8n, type: 'crypt', params: `aes-xts-plain64 ${key} 0 7:0 0` }]),
  );
  host.decode(TABLE_STATUS, payload, true);
  expectSilent('decode', { command: TABLE_STATUS, payload }, key);
  host.call('inspect', pack({ command: TABLE_STATUS, payload, reply: true, showKeys: true }));
  expectSilent('inspect', { command: TABLE_STATUS, payload, reply: true }, key);
});

test('what one plan was made for, the next decode is not', () => {
  host.steps({
    v: 1,
    action: 'create',
    name: 'x',
    table: '0 8 crypt aes-xts-plain64 - 0 7:0 0',
    versions: { crypt: [1, 0, 0] },
  });
  const payload = reply(
    { targetCount: 1, flags: STATUS_TABLE },
    statusSpecs([{ start: 0n, length: 8n, type: 'crypt', params: 'aes-xts-plain64 - 0 7:0 0 1 high_priority' }]),
  );
  expect((host.decode(TABLE_STATUS, payload) as { targets: object[] }).targets[0]).toMatchObject({
    fields: { highPriority: true },
  });
});

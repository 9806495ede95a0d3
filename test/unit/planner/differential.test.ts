/** The planner against the reference encoder: random valid requests, every byte the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Host } from './harness.ts';
import {
  type ReferenceRequest,
  type ReferenceTarget,
  type ReferenceVerity,
  referenceSteps,
} from './reference-encoder.ts';

const host = new Host();

const NAME_CHARACTERS = [...'0123456789ABCDEFabcdefxyz#+-.:=@_'];
const name = fc
  .string({ unit: fc.constantFrom(...NAME_CHARACTERS), minLength: 1, maxLength: 127 })
  .filter((text) => !['.', '..'].includes(text));
const uuid = fc.string({ unit: fc.constantFrom(...NAME_CHARACTERS), minLength: 1, maxLength: 128 });

const device = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abc/. \\àéx-'), maxLength: 40 }).map((path) => `/${path}`),
  fc.tuple(fc.integer({ min: 0, max: 4095 }), fc.integer({ min: 0, max: 1048575 })).map((pair) => pair.join(':')),
);
const sectors = fc.oneof(fc.nat(4096), fc.bigInt({ min: 0n, max: 2n ** 50n }));
const length = sectors.map((count) => BigInt(count) + 1n);

const linear = fc.record({ type: fc.constant('linear' as const), length, device, offset: sectors });
const zero = fc.record({ type: fc.constant('zero' as const), length });
const error = fc.oneof(
  fc.record({ type: fc.constant('error' as const), length }),
  fc.record({ type: fc.constant('error' as const), length, device, offset: sectors }),
);
const striped = fc
  .record({
    chunks: fc.integer({ min: 1, max: 1000 }),
    chunkSize: fc.oneof(fc.integer({ min: 1, max: 4096 }), fc.constant(2 ** 32 - 1)),
    stripes: fc.array(fc.record({ device, offset: sectors }), { minLength: 1, maxLength: 12 }),
  })
  .map(({ chunks, chunkSize, stripes }): ReferenceTarget => {
    const length = BigInt(chunks) * BigInt(chunkSize) * BigInt(stripes.length);
    return { type: 'striped', length, chunkSize, stripes };
  });

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((each) => Buffer.from(each).toString('hex'));
const option = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const flag = option(fc.boolean());

const fec = option(
  fc.record({
    fecDevice: device,
    // Behind the largest number of data blocks, so that it lies in no data, and within the last sector for any block.
    fecStartBlock: fc.bigInt({ min: 2n ** 40n, max: 2n ** 46n }),
    more: fc.nat(1000),
    fecRoots: fc.integer({ min: 2, max: 24 }),
  }),
);

const verity = fc
  .record({
    hashType: fc.integer({ min: 0, max: 1 }),
    dataDevice: device.map((path) => (path.startsWith('/') ? `${path}d` : path)),
    hashDevice: device.map((path) => (path.startsWith('/') ? `${path}h` : '/h')),
    dataShift: fc.integer({ min: 9, max: 16 }),
    hashShift: fc.integer({ min: 9, max: 20 }),
    dataBlocks: fc.bigInt({ min: 1n, max: 2n ** 40n }),
    hashStartBlock: fc.nat(2 ** 30),
    digest: fc.constantFrom(
      ['sha1', 20] as const,
      ['sha256', 32] as const,
      ['sha512', 64] as const,
      ['unheard-of', 7] as const,
    ),
    digits: hex(64),
    salt: option(fc.nat(32).chain(hex)),
    onCorruption: option(fc.constantFrom('ignore' as const, 'restart' as const, 'panic' as const)),
    onError: option(fc.constantFrom('restart' as const, 'panic' as const)),
    ignoreZeroBlocks: flag,
    checkAtMostOnce: flag,
    tryVerifyInTasklet: flag,
    rootHashSignatureKey: option(fc.string({ unit: fc.constantFrom(...'abc:_-é%'), minLength: 1, maxLength: 20 })),
    fec,
    share: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ dataShift, hashShift, digest: [algorithm, size], digits, fec, share, ...fields }): ReferenceTarget => {
    const { fecDevice, fecStartBlock, more, fecRoots } = fec ?? {};
    const blocks = (fields.dataBlocks * BigInt(share) + 99n) / 100n;
    const options: Partial<ReferenceVerity> =
      fec === undefined ? {} : { fecDevice, fecStartBlock, fecBlocks: fields.dataBlocks + BigInt(more!), fecRoots };
    return {
      type: 'verity',
      length: blocks * BigInt(2 ** (dataShift - 9)),
      ...fields,
      checkAtMostOnce: fields.dataBlocks < 2n ** 31n && fields.checkAtMostOnce,
      dataBlockSize: 2 ** dataShift,
      hashBlockSize: 2 ** (fec === undefined ? hashShift : dataShift),
      algorithm,
      rootDigest: digits.slice(0, size * 2),
      ...options,
    };
  });

const writable = fc.record({
  targets: fc.array(fc.oneof(linear, zero, error, striped), { minLength: 1, maxLength: 6 }) as fc.Arbitrary<
    ReferenceTarget[]
  >,
  readOnly: flag,
});
const table = fc.oneof(
  writable,
  fc.record({ targets: fc.tuple(verity) as fc.Arbitrary<ReferenceTarget[]>, readOnly: fc.constant(true) }),
);

const id = fc.oneof(fc.record({ name }), fc.record({ uuid }));
const room = { bufferSize: option(fc.integer({ min: 320, max: 70000 })) };
const message = fc.oneof(
  fc
    .string({ unit: fc.constantFrom(...'abc _@:,é/'), minLength: 1, maxLength: 600 })
    .filter((text) => text.trim() !== ''),
  fc.constantFrom('key set 0011', 'KEY Set 0011', 'key set :32:logon:x', 'key wipe', 'key', 'key set'),
);
const geometry = fc
  .record({
    cylinders: fc.nat(65535),
    heads: fc.nat(255),
    sectors: fc.nat(255),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ part, ...size }) => ({ ...size, start: Math.floor(part * size.cylinders * size.heads * size.sectors) }));
const quiet = { noFlush: flag, skipLockfs: flag };
const action = <T extends string>(...names: T[]) => ({ action: fc.constantFrom(...names) });

const request: fc.Arbitrary<ReferenceRequest> = fc.oneof(
  fc.record(action('version')),
  fc.record({ ...action('list'), ...room, uuids: flag, name: option(name), uuid: option(uuid) }),
  fc.record({ ...action('targets'), ...room }),
  fc.record(action('arm_poll')),
  fc.record({ ...action('remove_all'), deferred: flag }),
  fc.record({ ...action('target_version'), ...room, type: fc.constantFrom('verity', 'thin-pool', 'a_b0') }),
  fc.record({ ...action('rename'), name, newName: name }),
  fc.record({ ...action('set_uuid'), name, newUuid: uuid }),
  fc
    .tuple(id, fc.record({ ...action('message'), message, sector: option(sectors), ...room }))
    .map(([a, b]) => ({ ...a, ...b })),
  fc.tuple(id, fc.record({ ...action('set_geometry'), geometry })).map(([a, b]) => ({ ...a, ...b })),
  fc
    .tuple(
      id,
      fc.record({ ...action('wait'), inactive: flag, noFlush: flag, ...room, eventNr: option(fc.nat(2 ** 32 - 1)) }),
    )
    .map(([a, b]) => ({ ...a, ...b })),
  fc.tuple(fc.record({ ...action('create'), name, uuid: option(uuid) }), table).map(([a, b]) => ({ ...a, ...b })),
  fc.record({ ...action('create'), name, uuid: option(uuid), noTable: fc.constant(true) }),
  fc.tuple(id, table, fc.record(action('load'))).map(([a, b, c]) => ({ ...a, ...b, ...c })),
  fc.tuple(id, table, fc.record({ ...action('reload'), ...quiet })).map(([a, b, c]) => ({ ...a, ...b, ...c })),
  fc.tuple(id, fc.record({ ...action('suspend', 'resume'), ...quiet })).map(([a, b]) => ({ ...a, ...b })),
  fc.tuple(id, fc.record({ ...action('remove'), deferred: flag })).map(([a, b]) => ({ ...a, ...b })),
  fc.tuple(id, fc.record(action('clear'))).map(([a, b]) => ({ ...a, ...b })),
  fc.tuple(id, fc.record({ ...action('info'), inactive: flag })).map(([a, b]) => ({ ...a, ...b })),
  fc.tuple(id, fc.record({ ...action('deps'), inactive: flag, ...room })).map(([a, b]) => ({ ...a, ...b })),
  fc
    .tuple(id, fc.record({ ...action('status', 'table', 'measure'), inactive: flag, noFlush: flag, ...room }))
    .map(([a, b]) => ({ ...a, ...b })),
);

const compiled = (each: ReferenceRequest) =>
  host.steps({ v: 1, ...each }).map(({ command, payload }) => [command, Buffer.from(payload).toString('hex')]);

test('a valid request compiles to the bytes of the reference encoder', () => {
  fc.assert(
    fc.property(request, (each) => {
      expect(compiled(each)).toEqual(
        referenceSteps(each).map(([command, payload]) => [command, payload.toString('hex')]),
      );
    }),
    { numRuns: 3000 },
  );
});

test('a valid verity target compiles to the bytes of the reference encoder', () => {
  fc.assert(
    fc.property(verity, (target) => {
      const each: ReferenceRequest = { action: 'load', name: 'v', readOnly: true, targets: [target] };
      expect(compiled(each)).toEqual(
        referenceSteps(each).map(([command, payload]) => [command, payload.toString('hex')]),
      );
    }),
    { numRuns: 1000 },
  );
});

import { beforeEach, describe, expect, it } from 'vitest';
import {
  createDevice,
  createVerityTarget,
  createZeroSectorLinearTarget,
  type DeviceMapper,
  type DeviceVerityInfo,
  DmError,
  isDmError,
  linearTarget,
  loadPlanner,
  openDeviceMapper,
  removeDevice,
  type Target,
} from '../../../src/index.ts';
import { EBUSY, ENXIO, echo, failAt, StubExecutor } from './stub-executor.ts';

/** What hcsshim's Go package gets wrong, by the numbers of our list of its defects; each is one that these parts could share. */

const planner = await loadPlanner();
const DIGEST = 'ab'.repeat(32);
const VERITY: DeviceVerityInfo = {
  ext4SizeInBytes: 8192,
  version: 1,
  algorithm: 'sha256',
  superBlock: true,
  rootDigest: DIGEST,
  salt: '',
  blockSize: 4096,
};

let executor: StubExecutor;
let dm: DeviceMapper;
beforeEach(async () => {
  executor = new StubExecutor();
  dm = await openDeviceMapper({ executor, planner, holders: async () => [] });
});

const row = (fields: Partial<Target>): Target => ({
  type: 'zero',
  sectorStart: 0,
  lengthInBlocks: 8,
  params: '',
  ...fields,
});
const create = (...targets: Target[]): Promise<string> => createDevice('data', 0, targets, { dm });
const verity = (fields: object): Promise<string> =>
  createVerityTarget('/dev/sda', 'data', { ...VERITY, ...fields } as DeviceVerityInfo, { dm });
const mapping = (deviceOffsetInBytes: number | bigint, deviceSizeInBytes: number | bigint, device = '/dev/sda') =>
  createZeroSectorLinearTarget(device, 'data', { deviceOffsetInBytes, deviceSizeInBytes }, { dm });

/** It is refused, as a DmError with one of these codes, and nothing reaches the executor. */
async function refused(promise: Promise<unknown>, ...codes: string[]): Promise<DmError> {
  const error = await promise.then(
    () => 'accepted',
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DmError);
  expect(codes).toContain((error as DmError).code);
  expect(executor.calls).toEqual([]);
  return error as DmError;
}

/** The params of the row that was loaded. */
function params(): unknown {
  const load = executor.calls[0]!.plan.steps[1]!;
  return planner.inspect('TABLE_LOAD', load.payload).find(({ field }) => field.endsWith('params'))!.value;
}

describe('1: a device whose node could not be made', () => {
  it('is an error, not a device with an empty path', async () => {
    executor.answer = () => {
      throw new DmError({ code: 'node_failed', message: 'EEXIST', errno: { number: 17, name: 'EEXIST' } });
    };
    await expect(create(row({}))).rejects.toMatchObject({ code: 'node_failed' });
  });

  it('is an error too where the executor speaks of no node at all', async () => {
    executor.answer = (plan) => ({ ...echo(plan), node: undefined });
    await expect(create(row({}))).rejects.toMatchObject({
      code: 'node_failed',
      message: 'the device data has no node',
    });
    await expect(mapping(0, 4096)).rejects.toMatchObject({ code: 'node_failed' });
  });
});

describe('2: a name that leads out of /dev/mapper', () => {
  it.each(['../../etc/x', '/etc/x', 'a/b', '.', '..', 'control', ''])(
    'is refused, and nothing is sent: "%s"',
    async (name) => {
      await refused(removeDevice(name, { dm }), 'name_character', 'reserved_name', 'empty_name');
      await refused(createDevice(name, 0, [row({})], { dm }), 'name_character', 'reserved_name', 'empty_name');
    },
  );
});

describe('3: a device that stays busy', () => {
  it('is left as it is: a removal is one command, and the node is the executor’s, after the kernel’s word', async () => {
    executor.answer = (plan) =>
      plan.steps[0]!.command === 'DEV_REMOVE' ? failAt(plan, 'DEV_REMOVE', EBUSY) : echo(plan);
    await expect(removeDevice('data', { dm })).rejects.toMatchObject({ code: 'device_busy' });
    expect(new Set(executor.commands)).toEqual(new Set(['DEV_REMOVE', 'DEV_STATUS']));
  });
});

describe('4: a name longer than the kernel holds', () => {
  const verityName = (digest: string): string => `dm-verity-scsi-contr0-lun0-p0-${digest}`;

  it('of 127 bytes is taken whole', async () => {
    await createDevice('n'.repeat(127), 0, [row({})], { dm });
    expect(planner.decode('DEV_CREATE', executor.calls[0]!.plan.steps[0]!.payload).header.name).toBe('n'.repeat(127));
  });

  it('of 128 bytes is refused, not cut', async () => {
    await refused(createDevice('n'.repeat(128), 0, [row({})], { dm }), 'name_too_long');
    await refused(removeDevice('n'.repeat(128), { dm }), 'name_too_long');
  });

  it('as hcsshim makes of a sha512 digest is refused, so that two of them cannot be one device', async () => {
    await refused(createVerityTarget('/dev/sda', verityName('ab'.repeat(64)), VERITY, { dm }), 'name_too_long');
    await createVerityTarget('/dev/sda', verityName(DIGEST), VERITY, { dm });
  });
});

describe('5: a type longer than the kernel holds', () => {
  it.each([16, 17, 200])('of %d bytes is refused, not cut', async (length) => {
    await refused(create(row({ type: 't'.repeat(length) })), 'type_too_long');
  });
});

describe('6: words smuggled into a table', () => {
  it.each(['a b', 'a\n0 8 zero', 'a\0b', 'a\tb', 'é'])('by a name are refused: %j', async (name) => {
    await refused(createDevice(name, 0, [row({})], { dm }), 'name_character');
  });

  it.each(['/dev/a 0', '/dev/a\n8 8 zero', '/dev/a\t1', '/dev/a\0'])(
    'by a path in raw params are refused: %j',
    async (path) => {
      await refused(create(linearTarget(0, 8, path, 0)), 'extra_word', 'params_character', 'bad_number');
    },
  );

  it('by the path of a linear target stay part of the path', async () => {
    await mapping(0, 4096, '/dev/disk/by label');
    expect(params()).toBe('/dev/disk/by\\ label 0');
  });

  it.each([
    ['salt', 'cd 1 ignore_corruption'],
    ['salt', '- 2 ignore_corruption check_at_most_once'],
    ['salt', ' '],
    ['rootDigest', `${DIGEST} cd 1 ignore_corruption`],
    ['algorithm', `sha256 ${DIGEST} - 1 ignore_corruption`],
    ['version', `1 /dev/evil`],
  ])('by the %s of a verity image are refused: %s', async (field, value) => {
    await refused(verity({ [field]: value }), 'value_character', 'bad_hex', 'odd_hex', 'wrong_type', 'bad_number');
  });

  it('by the path of a verity image stay part of the path', async () => {
    await createVerityTarget('/dev/a 1', 'data', VERITY, { dm });
    expect(params()).toBe(`1 /dev/a\\ 1 /dev/a\\ 1 4096 4096 2 3 sha256 ${DIGEST} -`);
  });
});

describe('7: a table that is none', () => {
  it.each<[string, string, Target[]]>([
    ['no rows', 'empty_table', []],
    ['a first row that does not begin at 0', 'first_start', [row({ sectorStart: 8 })]],
    ['a gap', 'gap', [row({}), row({ sectorStart: 16 })]],
    ['an overlap', 'overlap', [row({}), row({ sectorStart: 7 })]],
    ['a row of no length', 'zero_length', [row({ lengthInBlocks: 0 })]],
    ['a negative start', 'negative_number', [row({ sectorStart: -8 })]],
    ['a negative length', 'negative_number', [row({ lengthInBlocks: -8n })]],
    ['an end past what can be addressed', 'table_too_long', [row({ lengthInBlocks: 2n ** 63n })]],
    ['an end past 64 bits', 'table_too_long', [row({}), row({ sectorStart: 8, lengthInBlocks: 2n ** 64n - 1n })]],
    ['a fraction', 'bad_number', [row({ lengthInBlocks: 0.5 })]],
    ['a number that JSON has rounded', 'bad_number', [row({ lengthInBlocks: 2 ** 60 })]],
  ])('with %s is refused as %s', async (_, code, targets) => {
    await refused(create(...targets), code);
  });
});

describe('8: numbers of 64 bits', () => {
  it.each([2n ** 63n, 2n ** 64n - 512n, 2n ** 64n, 2n ** 73n])('are not wrapped: %s bytes', async (size) => {
    await refused(mapping(0, size), 'table_too_long', 'number_too_large');
    await refused(mapping(size, 4096), 'linear_past_last_sector', 'number_too_large', 'out_of_range');
    await refused(verity({ ext4SizeInBytes: size }), 'table_too_long', 'number_too_large', 'not_whole_blocks');
  });

  it('that are in range are kept to the last bit', async () => {
    await mapping(2n ** 62n + 512n, 512);
    expect(params()).toBe(`/dev/sda ${2n ** 53n + 1n}`);
  });

  it('in fields left out of JSON are missing, not zero', async () => {
    await refused(verity({ ext4SizeInBytes: undefined }), 'bad_number');
    await refused(mapping(undefined as never, 4096), 'bad_number');
    await refused(verity({ rootDigest: undefined }), 'missing_field');
    await refused(verity({ algorithm: undefined }), 'missing_field');
    await refused(verity({ version: undefined }), 'missing_field');
  });
});

describe('9: bytes that are no whole sectors or blocks', () => {
  it.each([1, 511, 8191, 8193])('are refused, not dropped: %d', async (size) => {
    await refused(mapping(0, size), 'not_whole_sectors');
    await refused(mapping(size, 4096), 'not_whole_sectors');
    await refused(verity({ ext4SizeInBytes: size }), 'not_whole_sectors', 'not_whole_blocks');
  });

  it('are refused where the last block of the file system would not be verified', async () => {
    await refused(verity({ ext4SizeInBytes: 8192 + 512 }), 'not_whole_blocks');
  });
});

describe('10: a block size that is none', () => {
  it.each([0, undefined, -4096, 0.5, Number.NaN, 511, '4096', 4096n])(
    'is refused, and divides nothing: %s',
    async (blockSize) => {
      await refused(verity({ blockSize }), 'bad_block_size');
    },
  );

  it.each([513, 4095, 1536])('is refused when it is no power of two: %d', async (blockSize) => {
    await refused(verity({ blockSize, ext4SizeInBytes: blockSize * 512 }), 'not_power_of_two', 'out_of_range');
  });
});

describe('11: the place of the hash tree', () => {
  it('is in blocks of the tree, which the end of the data is a whole number of', async () => {
    await verity({ ext4SizeInBytes: 4096 * 5 });
    expect(params()).toContain(' 4096 4096 5 6 sha256 ');
  });
});

describe('12: the hash type', () => {
  it.each([0, 1])('may be %d', async (version) => {
    await verity({ version });
    expect(params()).toMatch(new RegExp(`^${version} /dev/sda `));
  });

  it.each([2, -1, 1.5, Number.NaN])('may not be %d', async (version) => {
    await refused(verity({ version }), 'out_of_range', 'unknown_choice', 'negative_number', 'fraction', 'bad_number');
  });
});

describe('13: the digest', () => {
  it('has the length of its algorithm', async () => {
    const error = await refused(verity({ algorithm: 'sha512' }), 'verity_digest_length');
    expect(error.operation).toBe('create');
    await verity({ algorithm: 'sha512', rootDigest: 'ab'.repeat(64) });
  });

  it.each(['', 'xyz', 'abc'])('is hex: "%s"', async (rootDigest) => {
    await refused(verity({ rootDigest }), 'empty_value', 'bad_hex', 'odd_hex', 'verity_digest_length');
  });
});

describe('14: a salt as long as a superblock holds', () => {
  it('is passed on whole', async () => {
    await verity({ salt: 'cd'.repeat(256) });
    expect(params()).toMatch(/ (cd){256}$/);
  });
});

describe('20 and 21: trying again', () => {
  it('has an end, and one connection, also without a deadline', async () => {
    executor.answer = (plan) => failAt(plan, 'DEV_CREATE', EBUSY);
    await expect(mapping(0, 4096)).rejects.toMatchObject({ code: 'device_exists', retryable: false });
    expect(executor.commands).toEqual(['DEV_CREATE TABLE_LOAD DEV_SUSPEND']);
    expect(executor.closed).toBe(0);
  });
});

describe('22: what hcsshim has no call for', () => {
  it('is on the device-mapper that its functions share: a uuid, a suspended reload, status, deps', async () => {
    await dm.create({ name: 'data', uuid: 'ACME-1', table: '0 8 zero' });
    await dm.reload({ uuid: 'ACME-1' }, { table: '0 8 zero' });
    await dm.status('data');
    await dm.deps('data');
    await removeDevice('data', { dm });
    expect(executor.commands).toEqual([
      'DEV_CREATE TABLE_LOAD DEV_SUSPEND',
      'TABLE_LOAD DEV_SUSPEND DEV_SUSPEND',
      'TABLE_STATUS',
      'TABLE_DEPS',
      'DEV_REMOVE',
    ]);
  });
});

describe('23: what the rollback did', () => {
  it('is in the error, and so is what it could not undo', async () => {
    const rollback = { complete: false, undone: [{ step: 0, command: 'DEV_REMOVE' as const, errno: EBUSY }] };
    executor.answer = (plan) => failAt(plan, 'TABLE_LOAD', ENXIO, rollback);
    await expect(create(row({}))).rejects.toMatchObject({ rollback });
    await expect(mapping(0, 4096)).rejects.toMatchObject({ rollback });
  });
});

describe('24 and 25: the error', () => {
  it('is told by its code, whatever its text', async () => {
    executor.answer = (plan) => failAt(plan, 'TABLE_LOAD', { number: 9999, name: 'E9999' });
    const error = await mapping(4096, 4096).catch((error: unknown) => error);
    expect(isDmError(error, 'kernel_refused')).toBe(true);
  });

  it('has no typo, and counts the offset in the bytes it was given', async () => {
    executor.answer = (plan) => failAt(plan, 'TABLE_LOAD', { number: 22, name: 'EINVAL' });
    await expect(mapping(4096, 4096)).rejects.toThrow(
      /^failed to create dm-linear target, device=\/dev\/sda, offset=4096: TABLE_LOAD: EINVAL: /,
    );
    await expect(verity({})).rejects.toThrow(/^failed to create dm-verity target for device=\/dev\/sda: /);
  });
});

describe('26: what verity does about corruption', () => {
  it('can be asked for where rows are typed', async () => {
    const load = dm.load('data', {
      readOnly: true,
      table: `0 16 verity 1 /dev/a /dev/a 4096 4096 2 3 sha256 ${DIGEST} - 1 panic_on_corruption`,
    });
    await expect(load).resolves.toBeDefined();
  });
});

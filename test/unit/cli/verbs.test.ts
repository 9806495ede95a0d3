import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DmError, loadPlanner, type Plan } from '../../../src/index.ts';
import { EBUSY, EINVAL, ENXIO, echo, failAt, reply, StubExecutor } from '../library/stub-executor.ts';
import { dmplan, scratch } from './capture.ts';

const { spawnExecutor } = vi.hoisted(() => ({ spawnExecutor: vi.fn() }));
vi.mock('../../../src/client/spawn.ts', () => ({ spawnExecutor, executorProgram: () => 'executor.cjs' }));

const planner = await loadPlanner();
const { file } = scratch();
const TABLE = '0 8 linear /dev/loop0 0';

let executor: StubExecutor;
beforeEach(() => {
  executor = new StubExecutor();
  spawnExecutor.mockReset().mockImplementation(async () => executor);
});

/** The header and the bytes of what was sent last. */
const sent = (index = -1): Plan => executor.calls.at(index)!.plan;
const headers = (plan: Plan) => plan.steps.map(({ command, payload }) => planner.decode(command, payload).header);

/** A reply to TABLE_STATUS with these rows. */
function rowsReply(payload: Uint8Array, rows: [type: string, params: string][]): Uint8Array {
  const bytes = reply(payload, { targetCount: rows.length });
  const view = new DataView(bytes.buffer);
  let at = 312;
  for (const [i, [type, params]] of rows.entries()) {
    const end = at + ((40 + params.length + 1 + 7) & ~7);
    view.setBigUint64(at, BigInt(i * 8), true);
    view.setBigUint64(at + 8, 8n, true);
    view.setUint32(at + 20, end - 312, true);
    bytes.set(Buffer.from(type), at + 24);
    bytes.set(Buffer.from(params), at + 40);
    at = end;
  }
  return bytes;
}

function answerRows(...rows: [type: string, params: string][]): void {
  executor.answer = (plan) => ({
    replies: plan.steps.map(({ command, payload }) =>
      command === 'TABLE_STATUS' ? rowsReply(payload, rows) : payload,
    ),
    node: undefined,
  });
}

/** A reply to LIST_DEVICES with these names, in the form of interfaces before 4.37. */
function answerList(names: string[]): void {
  const other = executor.answer;
  executor.answer = (plan, options, call) => {
    const { command, payload } = plan.steps[0]!;
    if (command !== 'LIST_DEVICES') return other(plan, options, call);
    const bytes = payload.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(4, 30, true);
    let at = 312;
    for (const [i, name] of names.entries()) {
      const size = (12 + name.length + 1 + 7) & ~7;
      view.setBigUint64(at, (254n << 8n) | BigInt(i), true);
      view.setUint32(at + 8, i + 1 < names.length ? size : 0, true);
      bytes.set(Buffer.from(name), at + 12);
      at += size;
    }
    return { replies: [bytes], node: undefined };
  };
}

describe('create', () => {
  it('takes its table from --table or a file, and prints nothing', async () => {
    const expected = planner.plan({ action: 'create', name: 'data', table: TABLE }).bytes;
    for (const args of [['--table', TABLE], [file('t', TABLE)]]) {
      expect(await dmplan(['create', 'data', ...args])).toMatchObject({ code: 0, out: '', err: '' });
      expect(sent().bytes).toEqual(expected);
    }
  });

  it('answers with the device as JSON', async () => {
    const { out } = await dmplan(['create', 'data', '--table', TABLE, '--json']);
    expect(JSON.parse(out)).toEqual({ name: 'data', uuid: '', dev: { major: 0, minor: 0 }, path: '/dev/mapper/node' });
  });

  it('mangles name and uuid as dmsetup does', async () => {
    await dmplan(['create', 'my disk', '-u', 'my uuid', '-r', '--table', TABLE]);
    expect(headers(sent())).toMatchObject([
      { name: 'my\\x20disk', uuid: 'my\\x20uuid' },
      { name: 'my\\x20disk', flags: 1 },
      { name: 'my\\x20disk' },
    ]);
  });

  it('without a table asks for none', async () => {
    await dmplan(['create', 'data', '--notable']);
    expect(executor.commands).toEqual(['DEV_CREATE']);
  });

  it('without a table on a terminal says how to give one, and does not wait for it', async () => {
    const { isTTY } = process.stdin;
    process.stdin.isTTY = true;
    try {
      const { code, err } = await dmplan(['create', 'data']);
      expect(code).toBe(1);
      expect(err).toMatch(/^error missing_table: give the table with --table, in a file, or on standard input/);
      expect(spawnExecutor).not.toHaveBeenCalled();
    } finally {
      process.stdin.isTTY = isTTY;
    }
  });

  it('shows the kernel’s refusal with the row and the rollback', async () => {
    executor.answer = (plan) =>
      failAt(plan, 'TABLE_LOAD', EINVAL, { complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' }] });
    const { code, err } = await dmplan(['create', 'data', '--table', TABLE]);
    expect(code).toBe(1);
    expect(err).toMatch(/^error table_refused: TABLE_LOAD: EINVAL: /);
    expect(err).toContain(`\n  ${TABLE}\n  undone: step 1 by DEV_REMOVE; nothing is left\n`);
  });

  it('passes the deadline on', async () => {
    await dmplan(['create', 'data', '--table', TABLE, '--deadline', '1500']);
    expect(executor.calls[0]!.options).toMatchObject({ deadline: 1500, signal: expect.any(AbortSignal) });
  });
});

describe('a verb that changes a device', () => {
  it.each<[string[], string[]]>([
    [
      ['remove', 'a', 'b'],
      ['DEV_REMOVE', 'DEV_REMOVE'],
    ],
    [['rm', 'a'], ['DEV_REMOVE']],
    [['load', 'a', '--table', TABLE], ['TABLE_LOAD']],
    [['reload', 'a', '--table', TABLE], ['TABLE_LOAD DEV_SUSPEND DEV_SUSPEND']],
    [['clear', 'a'], ['TABLE_CLEAR']],
    [['suspend', 'a', '--noflush', '--nolockfs'], ['DEV_SUSPEND']],
    [['resume', 'a'], ['DEV_SUSPEND']],
  ])('does what it says and prints nothing: %j', async (args, commands) => {
    expect(await dmplan(args)).toMatchObject({ code: 0, out: '', err: '' });
    expect(executor.commands).toEqual(commands);
    expect(executor.closed).toBe(1);
  });

  it('takes a device by uuid, mangled', async () => {
    await dmplan(['remove', '-u', 'my uuid']);
    expect(headers(sent())).toMatchObject([{ name: '', uuid: 'my\\x20uuid' }]);
  });

  it('stops at the first device that fails, as dmsetup does, and closes', async () => {
    executor.answer = (plan) => failAt(plan, 'DEV_REMOVE', ENXIO);
    const { code, err } = await dmplan(['remove', 'a', 'b']);
    expect([code, executor.calls.length, executor.closed]).toEqual([1, 1, 1]);
    expect(err).toMatch(/^error no_such_device: /);
  });

  it('says of a busy device that trying again can help', async () => {
    executor.answer = (plan) =>
      plan.steps[0]!.command === 'DEV_REMOVE' ? failAt(plan, 'DEV_REMOVE', EBUSY) : echo(plan);
    const { err } = await dmplan(['remove', 'a']);
    expect(err).toMatch(/^error device_busy: .*\(open count 0\)\n/);
    expect(err).toContain('the same command can succeed later');
  });

  it('answers as JSON', async () => {
    expect((await dmplan(['remove', 'a', 'b', '--json'])).out).toBe('{"removed":2}\n');
    expect(JSON.parse((await dmplan(['suspend', 'a', '--json'])).out)).toMatchObject([{ name: 'a', uuid: '' }]);
    expect(JSON.parse((await dmplan(['load', 'a', '--table', TABLE, '--json'])).out)).toMatchObject({ name: 'a' });
  });
});

describe('table and status', () => {
  it('print a line for each target', async () => {
    answerRows(['linear', '7:0 0'], ['zero', '']);
    expect(await dmplan(['table', 'data'])).toMatchObject({ code: 0, out: '0 8 linear 7:0 0\n8 8 zero \n', err: '' });
    expect((await dmplan(['status', 'data'])).out).toBe('0 8 linear 7:0 0\n8 8 zero \n');
  });

  it('put the name in front unless exactly one device is named, as dmsetup does', async () => {
    answerRows(['zero', '']);
    expect((await dmplan(['table', 'a', 'my disk'])).out).toBe('a: 0 8 zero \nmy disk: 0 8 zero \n');
    expect((await dmplan(['table', '-u', 'U'])).out).toBe('0 8 zero \n');
    answerList(['a', 'b\\x20c']);
    expect((await dmplan(['status'])).out).toBe('a: 0 8 zero \nb c: 0 8 zero \n');
  });

  it('say so when there is no device', async () => {
    answerList([]);
    executor.answer = (plan) => ({ replies: [plan.steps[0]!.payload], node: undefined });
    for (const verb of ['table', 'status', 'info', 'deps', 'ls']) {
      expect(await dmplan([verb])).toMatchObject({ code: 0, out: 'No devices found\n' });
      expect((await dmplan([verb, '--json'])).out).toBe('[]\n');
    }
  });

  it('answer with the device’s name and its rows as JSON', async () => {
    answerRows(['zero', '']);
    expect(JSON.parse((await dmplan(['table', 'a', '--json'])).out)).toEqual([
      { name: 'a', targets: [{ start: 0, length: 8, type: 'zero', fields: {}, params: '' }] },
    ]);
  });

  it.each([
    ['crypt', 'aes-xts-plain64 00ffAA 0 7:0 0', 'aes-xts-plain64 000000 0 7:0 0'],
    ['crypt', 'aes-xts-plain64 :32:logon:vault 0 7:0 0', 'aes-xts-plain64 :32:logon:vault 0 7:0 0'],
    ['crypt', 'capi:cbc(aes)-essiv:sha256 deadbeef', 'capi:cbc(aes)-essiv:sha256 00000000'],
    [
      'integrity',
      '7:0 0 32 J 2 internal_hash:hmac(sha256):c0ffee journal_mac:hmac(sha256):aa block_size:512',
      '7:0 0 32 J 2 internal_hash:hmac(sha256):000000 journal_mac:hmac(sha256):00 block_size:512',
    ],
    ['integrity', '7:0 0 32 J 1 internal_hash:crc32c', '7:0 0 32 J 1 internal_hash:crc32c'],
    ['linear', 'aes-xts-plain64 00ffAA 0', 'aes-xts-plain64 00ffAA 0'],
  ])('hide the keys of a %s target as dmsetup does: %s', async (type, params, hidden) => {
    answerRows([type, params]);
    expect((await dmplan(['table', 'a'])).out).toBe(`0 8 ${type} ${hidden}\n`);
    expect((await dmplan(['table', 'a', '--json'])).out).toContain(JSON.stringify(hidden));
    expect((await dmplan(['table', 'a', '--showkeys'])).out).toBe(`0 8 ${type} ${params}\n`);
    expect((await dmplan(['status', 'a'])).out).toBe(`0 8 ${type} ${params}\n`);
  });

  it('pass their options on', async () => {
    await dmplan(['table', 'a', '--inactive', '--noflush']);
    const { flags } = headers(sent())[0]!;
    expect(flags).toBe(headers(planner.plan({ action: 'table', name: 'a', inactive: true, noFlush: true }))[0]!.flags);
  });
});

describe('info, deps and ls', () => {
  it('print dmsetup’s text', async () => {
    expect((await dmplan(['info', 'data'])).out).toMatch(
      /^Name: {14}data\nState: {13}ACTIVE\nTables present: {4}None\n/,
    );
    expect((await dmplan(['deps', 'data'])).out).toBe('0 dependencies\t:\n');
    expect((await dmplan(['deps', 'a', 'b'])).out).toBe('a: 0 dependencies\t:\nb: 0 dependencies\t:\n');
    answerList(['a', 'b']);
    expect((await dmplan(['ls'])).out).toBe('a\t(254:0)\nb\t(254:1)\n');
  });
});

describe('version', () => {
  it('prints both versions', async () => {
    executor.answer = (plan) => {
      const bytes = plan.steps[0]!.payload.slice();
      new DataView(bytes.buffer).setUint32(4, 48, true);
      return { replies: [bytes], node: undefined };
    };
    expect((await dmplan(['version'])).out).toMatch(
      /^Library version: {3}\d+\.\d+\.\d+\nDriver version: {4}4\.48\.0\n$/,
    );
  });
});

describe('a host', () => {
  it('without device-mapper is told to try --kernel', async () => {
    spawnExecutor.mockRejectedValue(new DmError({ code: 'no_device_mapper', message: 'load it' }));
    const { code, err } = await dmplan(['ls']);
    expect(err).toBe(
      'error no_device_mapper: load it\nTo try the same command against a throwaway real kernel, add --kernel\n',
    );
    expect(code).toBe(1);
    expect(JSON.parse((await dmplan(['ls', '--json'])).out)).toMatchObject({ error: { code: 'no_device_mapper' } });
  });

  it('that does not let it is told why', async () => {
    spawnExecutor.mockRejectedValue(new DmError({ code: 'permission_denied', message: 'run as root' }));
    expect(await dmplan(['ls'])).toMatchObject({ code: 1, out: '', err: 'error permission_denied: run as root\n' });
  });

  it('whose command fails closes the executor all the same', async () => {
    executor.answer = () => {
      throw new Error('a defect');
    };
    expect(await dmplan(['ls'])).toMatchObject({ code: 1, err: 'error failed: a defect\n' });
    expect(executor.closed).toBe(1);
  });
});

it('an interrupt cancels the command, which ends with 1', async () => {
  executor.answer = (_plan, { signal }) =>
    new Promise((_, reject) => {
      signal!.addEventListener('abort', () => reject(new DmError({ code: 'cancelled', message: 'stopped' })));
      process.emit('SIGINT');
    });
  expect(await dmplan(['suspend', 'a'])).toMatchObject({ code: 1, err: 'error cancelled: stopped\n' });
});

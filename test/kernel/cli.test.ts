import { beforeAll, describe, expect, it } from 'vitest';
import { CLI, quote, useKernel } from './harness.ts';

const kernel = useKernel({ disks: [1, 1] });

interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** Without the version of dmsetup's own library. */
const comparable = (text: string): string => text.replaceAll(/^Library version: .*\n/gm, '');

async function run(command: string): Promise<Said> {
  const { code, stdout, stderr } = await kernel.guest.run(command);
  return { code, stdout: comparable(stdout), stderr };
}

const dmsetup = (args: string): Promise<Said> => run(`dmsetup ${args}`);
const dmplan = (args: string): Promise<Said> => run(`node ${CLI} ${args}`);

/** Runs both and holds the one against the other: the code, and every byte of standard output. */
async function expectSame(args: string): Promise<string> {
  const [theirs, ours] = [await dmsetup(args), await dmplan(args)];
  expect({ code: ours.code, stdout: ours.stdout }, `${args}\n${ours.stderr}`).toEqual({
    code: theirs.code,
    stdout: theirs.stdout,
  });
  return ours.stdout;
}

beforeAll(() => {
  expect(kernel.disks).toEqual(['/dev/loop0', '/dev/loop1']);
});

describe('dmplan says the same as dmsetup', () => {
  it('of no device at all', async () => {
    expect(await expectSame('ls')).toBe('No devices found\n');
    expect(await expectSame('table')).toBe('No devices found\n');
  });

  it('of the versions, but for its own', async () => {
    expect(await expectSame('version')).toMatch(/^Driver version: {4}4\.\d+\.0\n$/);
  });

  it('of one device in every state', async () => {
    const table = '0 8 linear /dev/loop0 16\n8 16 striped 2 8 /dev/loop0 32 /dev/loop1 0\n24 8 zero\n';
    expect(await dmplan(`create data --uuid TEST-1 --table ${quote(table)}`)).toMatchObject({ code: 0, stdout: '' });
    expect(await expectSame('table data')).toBe('0 8 linear 7:0 16\n8 16 striped 2 8 7:0 32 7:1 0\n24 8 zero \n');
    await expectSame('status data');
    await expectSame('info data');
    await expectSame('deps data');
    await kernel.sh("dmsetup suspend data; dmsetup load data -r --table '0 8 error'");
    expect(await expectSame('info data')).toContain('SUSPENDED');
    await expectSame('table --inactive data');
    await kernel.sh('dmsetup resume data');
    expect(await expectSame('info -u TEST-1')).toContain('READ-ONLY');
    expect(await dmplan('remove data')).toMatchObject({ code: 0, stdout: '' });
  });

  it('of several devices at once', async () => {
    await kernel.sh(`
      dmsetup create 'b c' --table '0 8 linear /dev/loop1 0'
      dmsetup create a --notable`);
    expect(await expectSame('ls')).toBe('a\t(254:1)\nb c\t(254:0)\n');
    await expectSame('table');
    await expectSame('info');
    await expectSame('deps');
    await expectSame("table a 'b c'");
    expect(await dmplan("remove 'b c' a")).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('of a device without a table', async () => {
    await kernel.sh('dmsetup create a --notable');
    expect(await expectSame('table a')).toBe('\n');
    await expectSame('status a');
    await kernel.sh('dmsetup remove a');
  });

  it('of a crypt device: zeros for its key unless it is asked for', async () => {
    const key = '00112233445566778899aabbccddeeff';
    await kernel.sh(`dmsetup create a --table '0 8 crypt aes-cbc-plain ${key} 0 /dev/loop0 0'`);
    expect(await expectSame('table a')).toContain(' 00000000000000000000000000000000 ');
    expect(await expectSame('table --showkeys a')).toContain(` ${key} `);
    await kernel.sh('dmsetup remove a');
  });
});

describe('dmplan does the same as dmsetup', () => {
  it('in creating a device: either shows the other no difference', async () => {
    const create = "create data -r --table '0 8 linear /dev/loop0 16'";
    const states: string[] = [];
    for (const tool of [dmsetup, dmplan]) {
      expect(await tool(create)).toMatchObject({ code: 0, stdout: '' });
      states.push(await kernel.sh("dmsetup info data; dmsetup table data; stat -c '%F %t:%T' /dev/mapper/data"));
      expect(await tool('remove data')).toMatchObject({ code: 0, stdout: '' });
    }
    expect(states[1]).toBe(states[0]);
  });

  it('with a table of standard input', async () => {
    const input = "printf '# two\\n\\n0 8 zero\\n8 8 error\\n'";
    expect(await run(`${input} | node ${CLI} create data`)).toMatchObject({ code: 0 });
    expect(await kernel.sh('dmsetup table data')).toBe('0 8 zero \n8 8 error ');
    await kernel.sh('dmsetup remove data');
  });

  it('in ending with 1 when it fails, with the reason on standard error', async () => {
    for (const args of ['remove nobody', 'info nobody', "create x --table '0 8 linear /dev/nowhere 0'"]) {
      expect((await dmsetup(args)).code, args).toBe(1);
      const ours = await dmplan(args);
      expect(ours, args).toMatchObject({ code: 1, stdout: '' });
      expect(ours.stderr).toMatch(/^error (?:no_such_device|backing_device_missing): /);
    }
  });
});

describe('dmplan doctor', () => {
  it('finds everything there, and ends with 0', async () => {
    const { code, stdout } = await dmplan('doctor');
    expect({ code, lines: stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok ')) }).toEqual({
      code: 0,
      lines: [],
    });
    expect(stdout).toMatch(/^ok +device-mapper +Linux \d.*, interface 4\.\d+\.0$/m);
    expect(stdout).toMatch(/^ok +executor .* is ready/m);
  });

  it('tells a user without privilege what is missing, and ends with 1', async () => {
    const { code, stdout } = await run(`setpriv --reuid=65534 --regid=65534 --clear-groups node ${CLI} doctor`);
    const missing = stdout.split('\n').flatMap((line) => /^missing +(\S+( \S+)?) {2}/.exec(line)?.[1] ?? []);
    expect({ code, missing }).toEqual({ code: 1, missing: ['control node', 'CAP_SYS_ADMIN', 'journal', 'executor'] });
  });
});

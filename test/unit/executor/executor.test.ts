import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { Unpackr } from 'msgpackr/index-no-eval';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameReader } from '../../../executor/messages.ts';
import {
  applyBody,
  bare,
  CREATE,
  encode,
  frame,
  LIST_DEVICES,
  map,
  type PlanSteps,
  query,
  STATUS,
} from './payloads.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FLAGS = ['--jitless', '--disallow-code-generation-from-strings'];
const ARGS = ['--stdio', '--policy', 'unrestricted'];

/** The executor over a control node that is some other device: all of it is real but the path. */
const OTHER_NODE = `
  import { isMainThread } from 'node:worker_threads';
  import { loadSystem } from '@/system.ts';
  import { runExecutor } from '@/executor.ts';
  import { serveWorker } from '@/worker.ts';
  const load = () => loadSystem('/dev/null');
  if (isMainThread) runExecutor(process.argv.slice(2), __filename, load);
  else serveWorker(load);
`;

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'executor-'));
  symlinkSync(here('../../../node_modules'), join(directory, 'node_modules'));
  const options: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['koffi'],
  };
  const entries = { executor: here('../../../executor/main.ts'), modelled: here('modelled.ts') };
  for (const [name, entry] of Object.entries(entries)) {
    await build({ ...options, entryPoints: [entry], outfile: join(directory, `${name}.cjs`), logLevel: 'warning' });
  }
  const contents = OTHER_NODE.replaceAll('@', here('../../../executor'));
  const stdin = { contents, resolveDir: directory };
  await build({ ...options, stdin, outfile: join(directory, 'other-node.cjs'), logLevel: 'warning' });
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Message {
  type: string;
  [key: string]: unknown;
}

class Client {
  readonly process: ChildProcessWithoutNullStreams;
  readonly messages: Message[] = [];
  stderr = '';
  readonly #file: string;
  #heard: () => void = () => undefined;

  constructor(file: string, args = ARGS, flags: string[] = []) {
    this.#file = join(directory, file);
    this.process = spawn(process.execPath, [...flags, this.#file, ...args]);
    const [reader, decoder] = [frameReader(1 << 26), new Unpackr({ useRecords: false })];
    this.process.stdout.on('data', (chunk: Buffer) => {
      for (const body of reader.push(chunk)) this.messages.push(decoder.unpack(Buffer.from(body)) as Message);
      this.#heard();
    });
    this.process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk));
    this.process.stdin.on('error', () => undefined);
  }

  send(...frames: Uint8Array[]): void {
    this.process.stdin.write(Buffer.concat(frames));
  }

  async until(holds: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(holds);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  /** Until the slow step of a modelled executor has begun. */
  async slow(): Promise<void> {
    while (!this.stderr.includes('slow\n')) await once(this.process.stderr, 'data');
  }

  /** Lets the slow step end. */
  release(): void {
    writeFileSync(`${this.#file}.${this.process.pid}`, '');
  }

  async exit(): Promise<number | null> {
    const [code] = (await once(this.process, 'close')) as [number | null];
    return code;
  }
}

const apply = (id: number, steps: PlanSteps, more = {}) => frame(applyBody(id, steps, more));
const ping = (id: number) => frame(encode(map({ type: 'ping', id })));
const hasId = (id: number) => (message: Message) => message.id === id;
const slow: PlanSteps[number] = [STATUS, bare({ name: 'slow' })];
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const make = (name: string): PlanSteps[number] => [CREATE, bare({ name })];

describe('the command line', () => {
  async function run(args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [join(directory, 'executor.cjs'), ...args]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  test('without a policy ends with 64 and names the one there is', async () => {
    const { code, stdout, stderr } = await run(['--stdio']);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain('--policy FILE');
  });

  test('with an unknown option ends with 64', async () => {
    expect(await run([...ARGS, '--frob'])).toMatchObject({ code: 64, stdout: '' });
  });

  test('--help and --version print on standard output and end with 0', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: 'dmplan-executor 0.1.0\n', stderr: '' });
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('usage:'), stderr: '' });
  });
});

/** A machine that has it is the kernel tests' to show. */
const hasDeviceMapper = readFileSync('/proc/misc', 'utf8').includes('device-mapper');

describe.skipIf(hasDeviceMapper)('where there is no device-mapper', () => {
  test.each([
    ['as it is', []],
    ['without JIT and code from strings', FLAGS],
  ])('the executor says so in its hello and ends with 69, %s', async (_, flags) => {
    const client = new Client('executor.cjs', ARGS, flags);
    expect(await client.exit()).toBe(69);
    expect(client.messages).toMatchObject([
      { type: 'hello', protocol: 1, state: 'degraded', driver: null, reason: { name: 'no_device_mapper' } },
    ]);
    expect(client.stderr).toContain('"event":"degraded"');
  });
});

test.each([
  ['as it is', []],
  ['without JIT and code from strings', FLAGS],
])('a real ioctl on a node that is not device-mapper ends with 69, %s', async (_, flags) => {
  const client = new Client('other-node.cjs', ARGS, flags);
  expect(await client.exit()).toBe(69);
  expect(client.messages).toMatchObject([{ type: 'hello', state: 'degraded', reason: { name: 'no_device_mapper' } }]);
});

describe.each([
  ['as it is', []],
  ['without JIT and code from strings', FLAGS],
])('the executor over a model kernel, %s', (_, flags) => {
  const start = async () => {
    const client = new Client('modelled.cjs', ARGS, flags);
    expect(await client.until(({ type }) => type === 'hello')).toMatchObject({ state: 'ready', driver: [4, 47, 0] });
    return client;
  };

  test('applies plans through its worker', async () => {
    const client = await start();
    client.send(apply(1, [make('a'), [LIST_DEVICES, query()], [STATUS, bare({ name: 'a' })]]), apply(2, [make('a')]));
    const { replies, node } = (await client.until(hasId(1))) as { replies?: Buffer[]; node?: null };
    expect(replies!.map((reply) => reply.length)).toEqual([312, 824, 312]);
    expect(node).toBeNull();
    expect(await client.until(hasId(2))).toMatchObject({ name: 'ioctl_failed', errno: 16, rollback: null });
    client.process.stdin.end();
    expect(await client.exit()).toBe(0);
  });

  test('answers a ping while a command runs', async () => {
    const client = await start();
    client.send(apply(1, [make('slow'), slow]));
    await client.slow();
    client.send(ping(2));
    await client.until(hasId(2));
    expect(client.messages.some(hasId(1))).toBe(false);
    client.release();
    await client.until(hasId(1));
    client.process.stdin.end();
    expect(await client.exit()).toBe(0);
  });

  test('cancels between two steps, and undoes', async () => {
    const client = await start();
    client.send(apply(1, [make('slow'), slow, make('b')]));
    await client.slow();
    client.send(frame(encode(map({ type: 'cancel', id: 2, target: 1 }))), ping(3), apply(4, [make('slow')]));
    await client.until(hasId(3));
    client.release();
    expect(await client.until(hasId(1))).toMatchObject({ name: 'cancelled', rollback: { complete: true } });
    expect(await client.until(hasId(4))).toMatchObject({ type: 'result' });
    client.process.stdin.end();
    expect(await client.exit()).toBe(0);
  });

  test('gives up at the deadline, and undoes', async () => {
    const client = await start();
    client.send(
      apply(1, [make('slow'), slow, make('b')], { deadline: 3000 }),
      apply(2, [make('c')], { deadline: 60000 }),
    );
    await client.slow();
    await sleep(3000);
    client.release();
    expect(await client.until(hasId(1))).toMatchObject({ name: 'deadline_exceeded', rollback: { complete: true } });
    expect(await client.until(hasId(2))).toMatchObject({ type: 'result' });
    client.process.stdin.end();
    expect(await client.exit()).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'undoes the running plan on %s, and ends with 0',
    async (signal) => {
      const client = await start();
      client.send(apply(1, [make('slow'), slow, make('b')]), apply(2, [make('c')]));
      await client.slow();
      client.process.kill(signal);
      client.process.kill(signal);
      await client.until(hasId(2));
      client.release();
      expect(await client.exit()).toBe(0);
      expect(client.messages.slice(1)).toMatchObject([
        { id: 2, name: 'stopping' },
        { id: 1, name: 'cancelled', rollback: { complete: true } },
      ]);
    },
  );

  test('answers what came before the end of the input', async () => {
    const client = await start();
    client.send(apply(1, [make('slow'), slow]), apply(2, [make('b')]));
    client.process.stdin.end();
    await client.slow();
    client.release();
    expect(await client.exit()).toBe(0);
    expect(client.messages.slice(1).map(({ type, id }) => [type, id])).toEqual([
      ['result', 1],
      ['result', 2],
    ]);
  });

  test('ends with 76 when the client breaks the protocol', async () => {
    const client = await start();
    client.send(Buffer.from([0, 0, 0, 1, 0xc1]));
    expect(await client.exit()).toBe(76);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', id: null, name: 'malformed_frame' });
  });

  test('ends with 76 when the input ends inside a frame', async () => {
    const client = await start();
    client.process.stdin.end(Buffer.from([0, 0]));
    expect(await client.exit()).toBe(76);
  });

  test('ends with 0 when nobody reads its answers any more', async () => {
    const client = await start();
    client.process.stdout.destroy();
    client.send(ping(1), ping(2));
    expect(await client.exit()).toBe(0);
  });

  test('undoes the running plan when nobody reads its answers any more', async () => {
    const client = await start();
    client.send(apply(1, [make('slow'), slow, make('b')]), apply(2, [make('c')]));
    await client.slow();
    client.process.stdout.destroy();
    client.send(ping(3));
    await sleep(1000);
    client.release();
    expect(await client.exit()).toBe(0);
    expect(client.stderr).toContain('"name":"cancelled"');
  });

  test('ends with 70 and a log line at a defect, with nothing but frames on standard output', async () => {
    const client = await start();
    client.send(apply(1, [make('a'), [STATUS, bare({ name: 'broken' })]]));
    expect(await client.exit()).toBe(70);
    expect(client.messages).toHaveLength(1);
    const lines = client.stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ event: 'defect', message: expect.stringContaining('a defect') }),
    );
  });
});

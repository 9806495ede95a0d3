import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { executorProgram, spawnExecutor } from '../../../src/index.ts';
import { HELLO, messageBytes } from './peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'dmplan-spawn-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program in the executor's place. */
function program(body: string): string {
  const file = join(folder, `${Math.random()}.cjs`);
  const hello = messageBytes(HELLO).toString('base64');
  writeFileSync(file, `const hello = Buffer.from('${hello}', 'base64');\n${body}`);
  return file;
}

const SERVES = `process.stdout.write(hello); process.stdin.resume();`;

describe('a child executor', { timeout: 30_000 }, () => {
  it('is connected by its standard input and output, and ends when its input does', async () => {
    const executor = await spawnExecutor({ program: program(SERVES) });
    expect(executor.hello).toEqual(HELLO);
    await executor.close();
  });

  it('is started with a policy, by Node without code from strings and with little room for garbage', async () => {
    const told = `process.stderr.write(JSON.stringify([process.execArgv, process.argv.slice(2)]));`;
    await expect(spawnExecutor({ program: program(told) })).rejects.toMatchObject({
      code: 'executor_gone',
      message: expect.stringContaining(
        '[["--disallow-code-generation-from-strings","--max-semi-space-size=1"],["--stdio","--policy","unrestricted"]]',
      ),
    });
  });

  it('may be started by another command', async () => {
    const executor = await spawnExecutor({ program: program(SERVES), via: ['/usr/bin/env', 'WHO=me'] });
    await executor.close();
  });

  it('that ends says why: its exit code and its standard error, all of it that is last', async () => {
    const body = `process.stderr.write('x'.repeat(5000) + 'defect: out of cheese\\n'); process.exitCode = 70;`;
    await expect(spawnExecutor({ program: program(body) })).rejects.toMatchObject({
      code: 'executor_gone',
      message: expect.stringMatching(
        /^the executor ended the connection: exit code 70: x{1000,2000}defect: out of cheese$/,
      ),
    });
  });

  it('that ends in mid-frame says why', async () => {
    const body = `process.stdout.write(Buffer.concat([hello, Buffer.of(0, 0, 1, 0, 1, 2)]));
      setTimeout(() => { process.stderr.write('defect: no more'); process.exit(70); }, 20);`;
    const executor = await spawnExecutor({ program: program(body) });
    await expect(executor.ping()).rejects.toMatchObject({
      code: 'executor_gone',
      message: expect.stringContaining('exit code 70: defect: no more'),
    });
    await executor.close();
  });

  it('that is killed says so', async () => {
    const executor = await spawnExecutor({ program: program(`${SERVES} process.kill(process.pid, 'SIGKILL')`) });
    await expect(executor.ping()).rejects.toMatchObject({
      code: 'executor_gone',
      message: expect.stringContaining('killed by SIGKILL'),
    });
  });

  it('that cannot be started is executor_gone, with the command', async () => {
    await expect(spawnExecutor({ via: ['/nonexistent/sudo'] })).rejects.toMatchObject({
      code: 'executor_gone',
      message: expect.stringContaining('/nonexistent/sudo could not be started'),
    });
  });

  it('that says nothing ends with an abort', async () => {
    const abort = new AbortController();
    const starting = spawnExecutor({ program: program(`process.stdin.resume()`), signal: abort.signal });
    abort.abort();
    await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is the package’s own unless another is given', () => {
    expect(executorProgram()).toMatch(/\/executor\.cjs$/);
  });
});

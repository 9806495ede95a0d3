import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { entryOf } from '../../../src/web/entry.ts';
import { readFragment } from '../../../src/web/link.ts';
import { dmplan, scratch, start } from './capture.ts';

const { file } = scratch();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the server; its address, as it prints it. */
async function serve(...args: string[]): Promise<{ child: ChildProcess; address: URL }> {
  const child = start(['inspect', '--web', ...args]);
  children.push(child);
  const [line] = (await once(child.stdout!.setEncoding('utf8'), 'data')) as [string];
  return { child, address: new URL(line.trim()) };
}

describe('dmplan inspect --web', () => {
  it('serves the inspector to this host alone, on a port that is free', async () => {
    const { address } = await serve();
    expect(address.hostname).toBe('127.0.0.1');
    const response = await fetch(address);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toContain('<title>dmplan inspector</title>');
  });

  it('has the same page for who does not read gzip', async () => {
    const { address } = await serve();
    const asked = request(address, { headers: { 'accept-encoding': 'identity' } }).end();
    const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    expect(response.headers['content-encoding']).toBeUndefined();
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe(await (await fetch(address)).text());
  });

  it('serves nothing else', async () => {
    const { address } = await serve();
    for (const path of ['/package.json', '/../package.json', '/%2e%2e/package.json', '/index.html/..']) {
      const asked = request({ host: address.hostname, port: address.port, path }).end();
      const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
      response.resume();
      expect([path, response.statusCode]).toEqual([path, 404]);
    }
    expect((await fetch(address, { method: 'POST' })).status).toBe(405);
  });

  it('prints a link with a file in it', async () => {
    const table = file('data.table', '0 8 zero\n');
    const { address } = await serve(table);
    expect(await readFragment(address.hash)).toEqual({ entry: entryOf('0 8 zero\n', { name: 'data' }) });
  });

  it('prints the bytes of a payload in hex, with the command', async () => {
    const payload = file('payload.bin', Uint8Array.of(4, 0, 255));
    const { address } = await serve(payload, '--command', 'VERSION');
    expect(await readFragment(address.hash)).toEqual({
      entry: entryOf('0400ff', { name: 'payload', command: 'VERSION', reply: false }),
    });
  });

  it('ends on ^C, with success', async () => {
    const { child } = await serve();
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('says so when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, err } = await dmplan(['inspect', '--web', '--port', String(port)]);
    taken.close();
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^error port_in_use: port ${port} .*leave --port out`)),
    ]);
  });

  it.each(['70000', '-1', 'http'])('refuses %s as a port', async (port) => {
    const { code, err } = await dmplan(['inspect', '--web', '--port', port]);
    expect([code, err]).toEqual([1, expect.stringContaining('from 0 to 65535')]);
  });

  it('wants a file when it is not asked for the page', async () => {
    const { code, err } = await dmplan(['inspect']);
    expect([code, err]).toEqual([1, expect.stringMatching(/^error missing_file: /)]);
  });
});

/** Opens the page in a headless Chromium, from a server on loopback that the page reports to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../src/kernel/command.ts';
import type { Tool } from '../../../src/kernel/tools.ts';
import type { Report } from '../hosts.ts';
import type { Pack } from '../pack.ts';

export const CHROMIUM: Tool = { commands: ['chromium'], package: 'chromium' };
/** Longer than any start of it: it tells a hang. */
const PATIENCE_MS = 120_000;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Served {
  file: string;
  type: string;
}

function served({ wasm, vectors }: Pack): Map<string, Served> {
  const script = 'text/javascript';
  return new Map([
    ['/', { file: here('index.html'), type: 'text/html' }],
    ['/check.mjs', { file: here('../javascript/check.mjs'), type: script }],
    ['/planner.mjs', { file: here('../javascript/planner.mjs'), type: script }],
    ['/planner.wasm', { file: wasm, type: 'application/wasm' }],
    ['/vectors.jsonl', { file: vectors, type: 'application/jsonl' }],
  ]);
}

function answer({ url = '' }: IncomingMessage, response: ServerResponse, files: Map<string, Served>): void {
  const found = files.get(url);
  response.writeHead(found ? 200 : 404, { 'content-type': found?.type ?? 'text/plain' });
  response.end(found && readFileSync(found.file));
}

function reportOf(body: string, version: string): Report {
  const report = JSON.parse(body) as Report & { error?: string };
  if (report.error !== undefined) throw new Error(report.error);
  return { ...report, version: /[\d.]+/.exec(version)?.[0] ?? version };
}

export async function openInChromium(program: string, pack: Pack): Promise<Report> {
  const profile = mkdtempSync(join(tmpdir(), 'dmplan-chromium-'));
  const files = served(pack);
  let settle: { told: (report: string) => void; reject: (error: Error) => void };
  const reported = new Promise<string>((told, reject) => {
    settle = { told, reject };
  });
  const server = createServer((request, response) => {
    answer(request, response, files);
    if (request.method === 'POST') text(request).then(settle.told, settle.reject);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const address = `http://127.0.0.1:${port}/`;
  const browser = spawn(program, [...flags, `--user-data-dir=${profile}`, address], {
    stdio: 'ignore',
    detached: true,
  });
  browser.once('error', (error) => settle.reject(error)).once('exit', () => settle.reject(new Error('Chromium ended')));
  const timer = setTimeout(() => settle.reject(new Error('Chromium did not report')), PATIENCE_MS);
  try {
    return reportOf(await reported, await runCommand(program, ['--version']));
  } finally {
    clearTimeout(timer);
    await end(browser);
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
  }
}

/** Ends all of its processes at once: those that its first one started would go on writing into the profile. */
async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined) return;
  const gone = new Promise((resolve) => browser.once('close', resolve));
  const isRunning = browser.exitCode === null && browser.signalCode === null;
  try {
    process.kill(-browser.pid, 'SIGKILL');
  } catch {
    // nothing of it is left
  }
  if (isRunning) await gone;
}

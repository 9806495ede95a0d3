/** Opens the page in a headless Chromium, from a server on loopback that the page reports to. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../../chromium.ts';
import type { Report } from '../hosts.ts';
import type { Pack } from '../pack.ts';

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
  return { ...report, version };
}

export async function openInChromium(pack: Pack): Promise<Report> {
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
  const browser = await launchChromium();
  browser.once('disconnected', () => settle.reject(new Error('Chromium ended')));
  const timer = setTimeout(() => settle.reject(new Error('Chromium did not report')), PATIENCE_MS);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    return reportOf(await reported, browser.version());
  } finally {
    clearTimeout(timer);
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

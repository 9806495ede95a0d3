import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { builtFile } from '../built-file.ts';
import { DmError } from '../errors.ts';

const ADDRESS = '127.0.0.1';

function inspectorPage(): Buffer {
  const file = builtFile('web/index.html');
  if (existsSync(file)) return readFileSync(file);
  throw new DmError({ code: 'inspector_missing', message: 'the inspector has not been built; run "npm run build"' });
}

/**
 * Serves the inspector's page, and nothing else, to this host alone.
 * @param port 0 for any that is free
 * @throws {DmError} `inspector_missing`, `port_in_use`
 */
export async function serveInspector(port: number): Promise<{ url: string; close: () => void }> {
  const page = inspectorPage();
  const packed = gzipSync(page, { level: 9 });
  const server = createServer((request, response) => answer(request, response, page, packed));
  server.listen(port, ADDRESS);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new DmError({
      code: 'port_in_use',
      message: `port ${port} of ${ADDRESS} cannot be used: ${(cause as Error).message}; leave --port out for one that is free`,
      cause,
    });
  }
  return { url: `http://${hostOf(server)}/`, close: () => closeAll(server) };
}

function answer(request: IncomingMessage, response: ServerResponse, page: Buffer, packed: Buffer): void {
  const path = request.url?.replace(/\?.*/, '');
  if (path !== '/' && path !== '/index.html') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('there is only the page /\n');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const isPacked = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = isPacked ? packed : page;
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function hostOf(server: Server): string {
  const address = server.address();
  return `${ADDRESS}:${typeof address === 'object' ? address?.port : address}`;
}

function closeAll(server: Server): void {
  server.close();
  server.closeAllConnections();
}

import { chmodSync, closeSync, lstatSync, unlinkSync, writeSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { failure } from './failure.ts';
import { frameLength } from './frames.ts';
import { log } from './log.ts';
import { reply } from './messages.ts';
import type { System } from './system.ts';

const CLIENTS = 32;
const CLIENTS_OF_ONE = 8;
const BUSY = reply('error', null, failure('busy', `${CLIENTS} clients are served, or ${CLIENTS_OF_ONE} of this user`));

/** Who may connect is the business of the socket's owner and group. */
const MODE = 0o660;

/**
 * Takes the connections to a Unix socket: its path, or a listening descriptor. A peer whose uid the kernel does not tell
 * is turned away; `admit` resolves when it is done with the client. Rejects with what makes it no listening Unix socket.
 */
export function listen(
  where: string | number,
  peer: System['peer'],
  admit: (socket: Socket, uid: number) => Promise<unknown>,
): Promise<Server> {
  let served: number[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    const uid = peer((socket as unknown as { _handle: { fd: number } })._handle.fd);
    const full = served.length >= CLIENTS || served.filter((other) => other === uid).length >= CLIENTS_OF_ONE;
    if (uid === null || full) {
      log('turned away', { client: uid });
      socket.end(Buffer.concat([frameLength(BUSY), BUSY]));
      return;
    }
    served.push(uid);
    admit(socket, uid).finally(() => {
      served = served.toSpliced(served.indexOf(uid), 1);
      socket.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const isPath = typeof where === 'string';
    if (isPath && lstatSync(where, { throwIfNoEntry: false })?.isSocket()) unlinkSync(where);
    server.listen(isPath ? { path: where } : { fd: where }, () => {
      if (isPath) chmodSync(where, MODE);
      // Only sockets of the Internet have an address in an object.
      if (server.address() instanceof Object) reject(new Error('no Unix socket'));
      else resolve(server);
    });
  });
}

/** Tells what started the executor how it does, by `say` (sd_notify(3)) and by a newline on a descriptor (s6). */
export function announce(say: (text: string) => void, status: string, readyFd: number | null): void {
  say(`READY=1\nSTATUS=${status}`);
  if (readyFd === null) return;
  writeSync(readyFd, '\n');
  closeSync(readyFd);
}

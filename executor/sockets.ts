import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { failure } from './failure.ts';
import { log } from './log.ts';
import { framed, reply } from './messages.ts';
import type { System } from './system.ts';

const [CLIENTS, CLIENTS_OF_ONE] = [32, 8];
const BUSY = reply('error', null, failure('busy', `${CLIENTS} clients are served, or ${CLIENTS_OF_ONE} of this user`));

type Admit = (socket: Socket, uid: number) => Promise<unknown>;

/**
 * Takes the connections to a Unix socket: its path, or a listening descriptor. A peer whose uid the kernel does not tell
 * is turned away; `admit` resolves when it is done with the client. Rejects with what makes it no listening Unix socket.
 */
export function listen(where: string | number, peer: System['peer'], admit: Admit): Promise<Server> {
  let served: number[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    const uid = peer((socket as unknown as { _handle: { fd: number } })._handle.fd);
    const full = served.length >= CLIENTS || served.filter((other) => other === uid).length >= CLIENTS_OF_ONE;
    if (uid === null || full) {
      log('turned away', { client: uid });
      return void socket.end(framed(BUSY));
    }
    served.push(uid);
    admit(socket, uid).finally(() => {
      served = served.toSpliced(served.indexOf(uid), 1);
      socket.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', ({ message }) => reject(new Error(`socket ${where}: ${message}`)));
    const isPath = typeof where === 'string';
    if (isPath && lstatSync(where, { throwIfNoEntry: false })?.isSocket()) unlinkSync(where);
    server.listen(isPath ? { path: where } : { fd: where }, () => {
      // Who may connect is the business of the socket's owner and group.
      if (isPath) chmodSync(where, 0o660);
      // Only sockets of the Internet have an address in an object.
      if (server.address() instanceof Object) reject(new Error(`socket ${where}: no Unix socket`));
      else resolve(server);
    });
  });
}

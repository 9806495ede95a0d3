import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unpackr } from 'msgpackr';
import { HELLO, messageBytes, type Sent } from './peer.ts';

type Message = Record<string, unknown>;

/** One client of a listener. */
export class Accepted {
  readonly #socket: Socket;
  readonly #decoder = new Unpackr({ useRecords: false, mapsAsObjects: true });
  readonly #waiting: Sent[] = [];
  #held: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** The next thing that the client says. */
  async heard(): Promise<Sent> {
    while (this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#waiting.shift()!;
  }

  /** What the client has said, and the test has not heard. */
  get unheard(): readonly Sent[] {
    return this.#waiting;
  }

  say(...messages: Message[]): void {
    this.#socket.write(Buffer.concat(messages.map(messageBytes)));
  }

  /** Breaks the connection at once, as the death of an executor does. */
  destroy(): void {
    this.#socket.destroy();
  }

  get ended(): Promise<unknown> {
    return this.#socket.closed ? Promise.resolve() : once(this.#socket, 'close');
  }

  #take(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= 4 && this.#held.length >= 4 + this.#held.readUInt32BE()) {
      const end = 4 + this.#held.readUInt32BE();
      this.#waiting.push(this.#decoder.unpack(Buffer.from(this.#held.subarray(4, end))) as Sent);
      this.#held = this.#held.subarray(end);
    }
    this.#wake();
  }
}

/** A Unix socket whose clients the test serves, written from docs/protocol.md alone. */
export class Listener {
  readonly #folder = mkdtempSync(join(tmpdir(), 'dmplan-socket-'));
  readonly path: string = join(this.#folder, 'socket');
  readonly #clients: Accepted[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #wake: () => void = () => {};
  /** What every client is greeted with; nothing for undefined. */
  hello: Message | undefined = HELLO;
  /** How many clients came so far. */
  count = 0;

  async listen(): Promise<void> {
    this.#server = createServer((socket) => {
      this.count++;
      this.#sockets.add(socket);
      const client = new Accepted(socket);
      if (this.hello) client.say(this.hello);
      this.#clients.push(client);
      this.#wake();
    });
    this.#server.listen(this.path);
    await once(this.#server, 'listening');
  }

  /** The next client. */
  async client(): Promise<Accepted> {
    while (this.#clients.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#clients.shift()!;
  }

  /** Nobody listens any more, and every connection breaks. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
    if (this.#server) await once(this.#server, 'close').catch(() => {});
    this.#server = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

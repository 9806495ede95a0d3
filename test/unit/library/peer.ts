import { PassThrough } from 'node:stream';
import { Unpackr } from 'msgpackr';
import { type Channel, connect, type Executor } from '../../../src/index.ts';
import { encode, frame, type Value } from '../executor/payloads.ts';

/** What a client sent, as docs/protocol.md has it. */
export interface Sent {
  type: string;
  id: number;
  plan?: { v: number; steps: [number, Uint8Array][] };
  deadline?: number;
  target?: number;
}

const LIMITS = { frameBytes: 1 << 26, nodes: 65536, steps: 4096, payloadBytes: 1 << 25, targets: 1 << 20 };

export const HELLO = {
  type: 'hello',
  protocol: 1,
  implementation: 'a scripted peer',
  state: 'ready',
  reason: null,
  driver: [4, 48, 0],
  policy: 'unrestricted',
  commands: [0, 2, 3, 4, 6, 7, 9, 10, 11, 12],
  limits: LIMITS,
};

type Message = Record<string, unknown>;

/** Lets the streams carry what was written to them. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const FAILED = {
  type: 'error',
  name: 'ioctl_failed',
  message: 'the kernel refused it',
  step: 0,
  rule: null,
  errno: 16,
  rollback: null,
};

/** An executor that says what the test tells it to, written from docs/protocol.md alone. */
export class Peer {
  readonly #toClient = new PassThrough({ highWaterMark: 1 << 26 });
  readonly #fromClient = new PassThrough({ highWaterMark: 1 << 26 });
  readonly #decoder = new Unpackr({ useRecords: false, mapsAsObjects: true });
  #held: Buffer = Buffer.alloc(0);
  /** Why it goes away, as a child's standard error tells. */
  reason: string | undefined;

  get channel(): Channel {
    return { input: this.#toClient, output: this.#fromClient, reason: () => this.reason };
  }

  /** A client that has heard this hello. */
  async connect(hello: Message = HELLO): Promise<Executor> {
    this.say(hello);
    return connect(this.channel);
  }

  say(...messages: Message[]): void {
    this.write(Buffer.concat(messages.map(messageBytes)));
  }

  write(bytes: Uint8Array): void {
    this.#toClient.write(bytes);
  }

  end(): void {
    this.#toClient.end();
  }

  /** Breaks the stream, as a reset connection does. */
  destroy(error: Error): void {
    this.#toClient.destroy(error);
  }

  /** The peer no longer reads. */
  refuseInput(error: Error): void {
    this.#fromClient.destroy(error);
  }

  get inputEnded(): boolean {
    return this.#fromClient.writableEnded;
  }

  /** What the client has sent since the last call. */
  async heard(): Promise<Sent[]> {
    await settle();
    for (let chunk = this.#fromClient.read(); chunk !== null; chunk = this.#fromClient.read()) {
      this.#held = Buffer.concat([this.#held, chunk as Buffer]);
    }
    const sent: Sent[] = [];
    while (this.#held.length >= 4 && this.#held.length >= 4 + this.#held.readUInt32BE()) {
      const end = 4 + this.#held.readUInt32BE();
      sent.push(this.#decoder.unpack(Buffer.from(this.#held.subarray(4, end))) as Sent);
      this.#held = this.#held.subarray(end);
    }
    return sent;
  }
}

export function messageBytes(message: Message): Buffer {
  return frame(encode(toValue(message)));
}

function toValue(value: unknown): Value {
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value as Value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, toValue(inner)]));
}

import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';

/** docs/protocol.md: the messages, as this side sees them. */

export interface Hello {
  type: 'hello';
  protocol: number;
  implementation: string;
  state: 'ready' | 'degraded';
  reason: { name: string; message: string } | null;
  driver: [number, number, number] | null;
  /**
   * `unrestricted`, or `own:` and how the uuids of the devices begin that may be touched, behind which a policy's file has
   * its digest.
   */
  policy: string;
  commands: number[];
  limits: { frameBytes: number; nodes: number; steps: number; payloadBytes: number; targets: number };
}

export interface Result {
  type: 'result';
  id: number;
  replies: Uint8Array[];
  node: string | null;
}

export interface Refusal {
  type: 'error';
  id: number | null;
  name: string;
  message: string;
  step: number | null;
  rule: string | null;
  errno: number | null;
  rollback: { complete: boolean; undone: [step: number, command: number, errno: number | null][] } | null;
}

export interface Pong {
  type: 'pong';
  id: number;
}

export type Message = Hello | Result | Refusal | Pong;

export const PROTOCOL = 1;

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, copyBuffers: true });

/** Bytes of the length in front of a frame. */
export const LENGTH_SIZE = 4;
const NIL_SIZE = 1;

/** `rest`: MessagePack that stands in place of the message's last value. */
function frame(message: object, rest?: Uint8Array): Uint8Array {
  const packed = packr.pack(message);
  const head = rest === undefined ? packed : packed.subarray(0, -NIL_SIZE);
  const size = head.length + (rest?.length ?? 0);
  const bytes = new Uint8Array(LENGTH_SIZE + size);
  new DataView(bytes.buffer).setUint32(0, size);
  bytes.set(head, LENGTH_SIZE);
  if (rest !== undefined) bytes.set(rest, LENGTH_SIZE + head.length);
  return bytes;
}

/** `plan` is the planner's answer, put in place as it is. */
export function applyFrame(id: number, plan: Uint8Array, deadline?: number, key?: Uint8Array): Uint8Array {
  const more = { ...(deadline === undefined ? {} : { deadline }), ...(key === undefined ? {} : { key }) };
  return frame({ type: 'apply', id, ...more, plan: null }, plan);
}

export function cancelFrame(id: number, target: number): Uint8Array {
  return frame({ type: 'cancel', id, target });
}

export function pingFrame(id: number): Uint8Array {
  return frame({ type: 'ping', id });
}

/** Cuts a byte stream into messages. */
export class MessageReader {
  #chunks: Uint8Array[] = [];
  #held = 0;
  #wanted = LENGTH_SIZE;
  #inBody = false;

  /** The messages that these bytes complete, those before a broken one too. */
  *push(chunk: Uint8Array): Generator<Message, void, undefined> {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    while (this.#held >= this.#wanted) {
      const bytes = this.#take(this.#wanted);
      const inBody = this.#inBody;
      this.#wanted = inBody ? LENGTH_SIZE : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      this.#inBody = !inBody;
      if (inBody) yield unpackr.unpack(bytes) as Message;
    }
  }

  #take(size: number): Uint8Array {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : concat(this.#chunks, this.#held);
    this.#chunks = [all.subarray(size)];
    this.#held -= size;
    return all.subarray(0, size);
  }
}

function concat(chunks: Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

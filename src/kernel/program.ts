import { Readable, Writable } from 'node:stream';
import { encodeFrame, FRAME_PAYLOAD_MAX } from './frames.ts';

/** How much input may be on its way to a program before its writer has to wait, in bytes. */
const INPUT_WINDOW = 65536;

/** A program that runs in a guest. */
export interface GuestProgram {
  /** Its standard input. Ending it is seen by the program; what it leaves unread is dropped. */
  readonly input: Writable;
  /** Its standard output. Ends when the program does. Nothing holds it back: read it. */
  readonly output: Readable;
  /** Its exit code, 128 + n when signal n ended it, 127 when it could not be started. Rejects when the guest is gone. */
  readonly exited: Promise<number>;
  /** Sends a signal, by its number (default 9), to it and to what it started. */
  kill(signal?: number): void;
}

/** The host's end of a program in the guest: turns its streams into frames and back. */
export class ProgramEnd implements GuestProgram {
  readonly input: Writable;
  readonly output: Readable = new Readable({ read() {} });
  readonly errors: Readable = new Readable({ read() {} });
  readonly exited: Promise<number>;
  readonly #number: number;
  readonly #send: (frame: Buffer) => void;
  #settle: { resolve: (code: number) => void; reject: (error: Error) => void } | undefined;
  #untaken = 0;
  #room: (() => void) | undefined;

  constructor(number: number, send: (frame: Buffer) => void) {
    this.#number = number;
    this.#send = send;
    this.exited = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.exited.catch(() => {});
    this.input = new Writable({
      write: (chunk: Buffer, _encoding, done) => this.#write(chunk, done),
      final: (done) => {
        send(encodeFrame('c', number));
        done();
      },
    });
    this.input.on('error', () => {});
  }

  kill(signal = 9): void {
    this.#send(encodeFrame('k', this.#number, Uint8Array.of(signal)));
  }

  /** The program took that much of its input. */
  took(bytes: number): void {
    this.#untaken -= bytes;
    if (this.#untaken >= INPUT_WINDOW) return;
    const room = this.#room;
    this.#room = undefined;
    room?.();
  }

  /** The program ended, or, with an error, the guest did. */
  end(how: number | Error): void {
    if (typeof how === 'number') this.#settle?.resolve(how);
    else this.#settle?.reject(how);
    this.output.push(null);
    this.errors.push(null);
    this.input.destroy();
  }

  #write(chunk: Buffer, done: () => void): void {
    for (let at = 0; at < chunk.length; at += FRAME_PAYLOAD_MAX) {
      this.#send(encodeFrame('i', this.#number, chunk.subarray(at, at + FRAME_PAYLOAD_MAX)));
    }
    this.#untaken += chunk.length;
    if (this.#untaken < INPUT_WINDOW) done();
    else this.#room = done;
  }
}

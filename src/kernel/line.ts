import type { Readable, Writable } from 'node:stream';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import { ProgramEnd } from './program.ts';
import { Sender } from './sender.ts';

/** The host's end of the serial line to the agent in the guest. */
export class Line {
  /** The loop devices, once the guest is up. */
  readonly booted: Promise<string[]>;
  readonly #sender: Sender;
  readonly #programs = new Map<number, ProgramEnd>();
  #announce: (loops: string[]) => void = () => {};
  #last = 0;
  #ended: Error | undefined;

  constructor(toGuest: Writable, fromGuest: Readable) {
    this.booted = new Promise((resolve) => {
      this.#announce = resolve;
    });
    this.#sender = new Sender(toGuest);
    const frames = new FrameReader();
    // The kernel's end is gone before its process is; that end is told by `end`.
    toGuest.on('error', () => {});
    fromGuest.on('error', () => {});
    fromGuest.on('data', (bytes: Uint8Array) => {
      for (const frame of frames.read(bytes)) this.#take(frame);
    });
  }

  /** Starts a program; its standard error goes into `errors`, or to the guest's console. */
  start(argv: readonly string[], errors: 'stream' | 'console'): ProgramEnd {
    if (argv.length === 0) throw new TypeError('argv: expected the program to start, received an empty array');
    if (argv.some((word) => word.includes('\0'))) throw new TypeError('argv: expected no NUL in it');
    if (this.#ended !== undefined) throw this.#ended;
    const number = this.#freeNumber();
    const program = new ProgramEnd(number, (frame) => this.#send(frame));
    this.#programs.set(number, program);
    this.#send(encodeFrame(errors === 'console' ? 'S' : 's', number, Buffer.from(argv.join('\0'))));
    return program;
  }

  /** Asks the guest to power off. */
  quit(): void {
    this.#send(encodeFrame('q', 0));
  }

  /** The guest is gone: so are its programs. */
  end(error: Error): void {
    this.#ended = error;
    for (const program of this.#programs.values()) program.end(error);
    this.#programs.clear();
  }

  #send(frame: Buffer): void {
    if (this.#ended === undefined) this.#sender.send(frame);
  }

  #freeNumber(): number {
    do this.#last = (this.#last % 0xffff) + 1;
    while (this.#programs.has(this.#last));
    return this.#last;
  }

  #take({ kind, program: number, payload }: Frame): void {
    if (kind === 'r') this.#sender.read(payload.readUInt32BE());
    else if (kind === 'b') this.#announce(payload.toString().split('\n').filter(Boolean));
    else this.#pass(kind, number, payload);
  }

  #pass(kind: string, number: number, payload: Buffer): void {
    const program = this.#programs.get(number);
    if (kind === 'o') program?.output.push(payload);
    else if (kind === 'e') program?.errors.push(payload);
    else if (kind === 't') program?.took(payload.readUInt32BE());
    else if (kind === 'x') {
      this.#programs.delete(number);
      program?.end(payload.readUInt16BE());
    }
  }
}

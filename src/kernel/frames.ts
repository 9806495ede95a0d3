/**
 * What passes between the host and the agent in the guest: a kind (one ASCII letter), the program's number and the
 * payload's length (both unsigned 16-bit, big-endian), and the payload. `agent.ts` is the other side.
 *
 * | to the guest | payload | | from the guest | payload |
 * |---|---|---|---|---|
 * | `s` start | its argv, joined by NULs | | `b` booted | loop devices, a line each |
 * | `S` start, standard error to the console | the same | | `o`, `e` output, errors | bytes |
 * | `i` input | bytes | | `x` exited | its code, unsigned 16-bit; 128 + n by signal n |
 * | `c` close the input | | | `t` bytes that the program took | unsigned 32-bit |
 * | `k` kill its process group | the signal's number, 8-bit | | `r` bytes read off the line (program 0) | unsigned 32-bit |
 * | `q` power off (program 0) | | | | |
 */
export interface Frame {
  readonly kind: string;
  readonly program: number;
  readonly payload: Buffer;
}

/** The header's size in bytes. */
export const FRAME_HEADER = 5;

/** The most that a frame's payload holds. */
export const FRAME_PAYLOAD_MAX = 16384;

/** A frame as bytes. */
export function encodeFrame(kind: string, program: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER + payload.length);
  frame.write(kind, 0, 1, 'latin1');
  frame.writeUInt16BE(program, 1);
  frame.writeUInt16BE(payload.length, 3);
  frame.set(payload, FRAME_HEADER);
  return frame;
}

/** Cuts a stream of bytes into frames; what is short of a whole one waits for more. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are whole with these bytes. */
  *read(bytes: Uint8Array): Generator<Frame> {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= FRAME_HEADER) {
      const end = FRAME_HEADER + this.#rest.readUInt16BE(3);
      if (this.#rest.length < end) return;
      const kind = this.#rest.toString('latin1', 0, 1);
      const program = this.#rest.readUInt16BE(1);
      const payload = this.#rest.subarray(FRAME_HEADER, end);
      this.#rest = this.#rest.subarray(end);
      yield { kind, program, payload };
    }
  }
}

import { failure, Refused } from './failure.ts';

const LENGTH_SIZE = 4;

/**
 * Cuts a byte stream into frames. What is kept between chunks grows with the bytes that have arrived, never with the
 * length that was announced, so that four bytes cannot claim 64 MiB.
 */
export function frameReader(limit: number) {
  let store = Buffer.alloc(0);
  let have = 0;
  return {
    /** Whether the stream stands inside a frame. */
    isPartial: () => have > 0,

    /** The frames that `chunk` completes, each valid until the next is asked for. Throws at a length outside 1 … limit. */
    *push(chunk: Uint8Array): Generator<Buffer, void, undefined> {
      const need = have + chunk.length;
      if (need > store.length) store = Buffer.concat([store.subarray(0, have)], Math.max(need, 2 * have));
      store.set(chunk, have);
      have = need;
      let at = 0;
      while (have - at >= LENGTH_SIZE) {
        const length = store.readUInt32BE(at);
        if (length < 1 || length > limit)
          throw new Refused(failure('malformed_frame', `a frame of ${length} bytes: send between 1 and ${limit}`));
        const end = at + LENGTH_SIZE + length;
        if (end > have) break;
        yield store.subarray(at + LENGTH_SIZE, end);
        at = end;
      }
      store.copyWithin(0, at, have);
      have -= at;
      if (have === 0) store = Buffer.alloc(0);
    },
  };
}

/** The length that precedes `body` on the wire. */
export function frameLength(body: Uint8Array): Uint8Array {
  const length = Buffer.alloc(LENGTH_SIZE);
  length.writeUInt32BE(body.length);
  return length;
}

import { describe, expect, test } from 'vitest';
import { Refused } from '../../../executor/failure.ts';
import { framed, frameReader } from '../../../executor/messages.ts';
import { frame } from './payloads.ts';

const LIMIT = 1000;
const bodies = [Buffer.from('a'), Buffer.from('second frame'), Buffer.alloc(300, 7), Buffer.from('z')];
const stream = Buffer.concat(bodies.map(frame));

function read(chunks: Iterable<Uint8Array>, reader = frameReader(LIMIT)): Buffer[] {
  const frames: Buffer[] = [];
  for (const chunk of chunks) for (const body of reader.push(chunk)) frames.push(Buffer.from(body));
  return frames;
}

describe('a frame reader', () => {
  test('finds the same frames wherever the stream is split in two', () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(read([stream.subarray(0, at), stream.subarray(at)])).toEqual(bodies);
    }
  });

  test('finds the same frames in pieces of every size', () => {
    for (let size = 1; size <= stream.length; size++) {
      const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
        stream.subarray(i * size, (i + 1) * size),
      );
      expect(read(pieces)).toEqual(bodies);
    }
  });

  test('says at every split point whether it stands inside a frame', () => {
    const ends = new Set([0]);
    let end = 0;
    for (const body of bodies) {
      end += 4 + body.length;
      ends.add(end);
    }
    for (let at = 0; at <= stream.length; at++) {
      const reader = frameReader(LIMIT);
      read([stream.subarray(0, at)], reader);
      expect(reader.isPartial()).toBe(!ends.has(at));
    }
  });

  test.each([
    ['no bytes', 0],
    ['one byte too many', LIMIT + 1],
    ['2^32 - 1 bytes', 0xffffffff],
  ])('refuses a frame of %s as soon as the length is there', (_, length) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(length);
    expect(() => read([bytes])).toThrow(Refused);
  });

  test('takes frames of one byte and of exactly the limit', () => {
    expect(read([frame(Buffer.alloc(1)), frame(Buffer.alloc(LIMIT))]).map((body) => body.length)).toEqual([1, LIMIT]);
  });

  test('gives the frames that precede a bad length', () => {
    const seen: number[] = [];
    const push = () => {
      const bytes = Buffer.concat([frame(Buffer.alloc(9)), Buffer.alloc(4)]);
      for (const body of frameReader(LIMIT).push(bytes)) seen.push(body.length);
    };
    expect(push).toThrow(Refused);
    expect(seen).toEqual([9]);
  });

  test('holds memory for what has arrived, not for what was announced', () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 50 }, () => {
      const reader = frameReader(64 * 1024 * 1024);
      read([Buffer.from([4, 0, 0, 0, 1, 2, 3])], reader);
      return reader;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    expect(readers.every((reader) => reader.isPartial())).toBe(true);
  });

  test('grows by doubling, so that single bytes cost no more than a few copies', () => {
    const reader = frameReader(1 << 20);
    const whole = frame(Buffer.alloc(1 << 18, 5));
    const started = performance.now();
    const frames = read(
      Array.from(whole, (byte) => Uint8Array.of(byte)),
      reader,
    );
    expect(frames).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('a frame length is four bytes, the greatest first', () => {
  expect([...framed(Buffer.alloc(0x010203, 7)).subarray(0, 5)]).toEqual([0, 1, 2, 3, 7]);
});

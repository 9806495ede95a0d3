import koffi from 'koffi';
import type { Bytes } from '../../unit/executor/payloads.ts';

/** How many bytes in front of a payload and behind it are watched. */
const GUARD = 4096;
const MARK = 0xa5;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;

/** Payloads in memory of which every byte around them is known: what is written there would be seen. */
export function watchedMemory() {
  const mmap = koffi
    .load(null)
    .func('void *mmap(void *at, ulong length, int protection, int flags, int fd, long offset)');
  const areas = new Map<number, { payload: Bytes; around: [Uint8Array, Uint8Array] }>();

  function area(size: number) {
    const length = size + 2 * GUARD;
    const start = koffi.address(mmap(null, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0) as never);
    const view = (offset: number, bytes: number) =>
      new Uint8Array(koffi.view(((start as bigint) + BigInt(offset)) as never, bytes));
    const around: [Uint8Array, Uint8Array] = [view(0, GUARD), view(GUARD + size, GUARD)];
    for (const guard of around) guard.fill(MARK);
    return { payload: view(GUARD, size) as Bytes, around };
  }

  return {
    /** A copy of the bytes that has its own memory, which the next of the same size takes over. */
    hold(bytes: Uint8Array): Bytes {
      const found = areas.get(bytes.length) ?? area(bytes.length);
      areas.set(bytes.length, found);
      found.payload.set(bytes);
      return found.payload;
    },
    /** How many bytes around any payload of this size are not what they were. */
    touched(size: number): number {
      const around = areas.get(size)?.around ?? [];
      return around.reduce((sum, guard) => sum + guard.filter((byte) => byte !== MARK).length, 0);
    },
  };
}

/**
 * One arena: the request at its base, then what a call needs, then its answer. Everything from `top` on is zero, so that
 * no call sees the bytes of another and a payload needs no clearing.
 */

/** Kept free behind every request, so that an error can always be told. */
const ERROR_ROOM: usize = 16384;
const PAGE_SHIFT: usize = 16;

export let top: usize = 0;
let requestAt: usize = 0;
let requestLength: usize = 0;
let used: usize = 0;
let limit: usize = 0;

function align16(at: usize): usize {
  return (at + 15) & ~15;
}

function grow(end: usize): bool {
  const missing = ((end - limit) >> PAGE_SHIFT) + 1;
  const ahead = limit >> (PAGE_SHIFT + 2);
  if (<i32>memory.grow(<i32>(missing + ahead)) < 0 && <i32>memory.grow(<i32>missing) < 0) return false;
  limit = (<usize>memory.size()) << PAGE_SHIFT;
  return true;
}

/** Whether `size` bytes from `top` on can be written. */
export function room(size: usize): bool {
  const end = top + size;
  if (end < top) return false;
  return end <= limit || grow(end);
}

/** Moves `top`; what lies between must have been made room for. */
export function setTop(at: usize): void {
  if (top > used) used = top;
  top = at;
}

/** Moves `top` up. */
export function raiseTop(size: usize): void {
  top += size;
}

/** Zeroed bytes on 16, or 0 when there is no memory left. */
export function take(size: usize): usize {
  const at = align16(top);
  if (!room(at - top + size)) return 0;
  setTop(at + size);
  return at;
}

/** Forgets everything but the request. */
export function restart(): void {
  if (requestAt == 0) startRequest(0);
  const end = align16(requestAt + requestLength);
  setTop(end);
  if (used > end) memory.fill(end, 0, used - end);
  used = end;
}

/** Forgets everything; the address for a request of `length` bytes, or 0 when it does not fit. */
export function startRequest(length: usize): usize {
  requestAt = align16(__heap_base);
  requestLength = 0;
  limit = (<usize>memory.size()) << PAGE_SHIFT;
  restart();
  if (length == 0 || !room(length + ERROR_ROOM) || length + ERROR_ROOM < length) return 0;
  requestLength = length;
  setTop(align16(requestAt + length));
  return requestAt;
}

export function requestStart(): usize {
  return requestAt;
}

export function requestEnd(): usize {
  return requestAt + requestLength;
}

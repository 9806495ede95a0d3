import { DmError } from './errors.ts';
import type { Header } from './reply.ts';

/** Bytes that an answer gets at first. */
export const FIRST_ROOM = 16384;
/** Each further try costs as much as it carries, so there are few. */
const ROOM_FACTOR = 8;
/** A spec and some text behind it. The kernel tells how many there are also when they do not fit (dm-ioctl.c __dev_status). */
const ROOM_FOR_TARGET = 96;
/** What the planner plans for at most; an executor may forward less. */
export const LARGEST_ROOM: number = 32 * 1024 * 1024;

/** For an answer that did not fit into `room` bytes, of a device with so many targets. */
export function moreRoom(room: number, targets: number): number {
  return Math.max(room * ROOM_FACTOR, targets * ROOM_FOR_TARGET);
}

/** For the same question, asked again, whose answer took so many bytes: there may be some more by then. */
export function roomAgain(size: number): number {
  return Math.max(FIRST_ROOM, Math.ceil((size * 9) / 8 / FIRST_ROOM) * FIRST_ROOM);
}

/** Of an answer that did not fit into all the room there may be. */
export function answerTooLarge(operation: string, size: number, reply: Header): DmError {
  return new DmError({
    code: 'answer_too_large',
    message: `the answer does not fit into ${size} bytes`,
    operation,
    reply,
  });
}

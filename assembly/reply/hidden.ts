/** Params of which the keys are shown as zeros, as dmsetup shows them. */
import { isSecret, isSuspect } from '../grammar/secrets';
import { closeText, openHead, writeByte } from '../msgpack/write';
import { endOf, hexEnd, startOf, Text } from '../text';

const ZERO: u32 = 0x30;
const HIGHEST_ASCII: u32 = 0x7e;
const QUESTION: u32 = 0x3f;

/** Writes the params as text. Up to `readTo` the keys have been noted; behind it what looks like one is hidden. */
export function writeHidden(params: Text, readTo: usize): void {
  const opened = openHead();
  const end = endOf(params);
  let at = startOf(params);
  while (at < end) {
    const isRead = at < readTo;
    const run = isRead ? at : hexEnd(at, end);
    const hidden = isRead ? isSecret(at) : isSuspect(run - at);
    const stop = max(run, at + 1);
    for (; at < stop; at++) {
      const byte = <u32>load<u8>(at);
      writeByte(hidden ? ZERO : byte > HIGHEST_ASCII ? QUESTION : byte);
    }
  }
  closeText(opened);
}

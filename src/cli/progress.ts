import { statSync } from 'node:fs';
import type { Stream } from './output.ts';

const WIDTH = 28;
const MIB = 1024 * 1024;

/** A line that tells how far work on so many bytes is, on a terminal alone. */
export interface Progress {
  /** What `onProgress` of the library takes. */
  update: (done: number, total: number) => void;
  /** Clears the line. */
  end: () => void;
}

/** Bytes of a file; 0 of a device, whose rate is not told. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** `bytes`: of the input; its blocks are what `update` is told of. */
export function progressOn(stream: Stream, label: string, bytes: number): Progress {
  if (!stream.isTTY) return { update: () => {}, end: () => {} };
  const started = performance.now();
  return {
    update(done, total) {
      stream.write(
        `\r\x1b[K${progressText(label, bytes, total === 0 ? 1 : done / total, performance.now() - started)}`,
      );
    },
    end() {
      stream.write('\r\x1b[K');
    },
  };
}

/** `format [=====>    ]  42%  1.2 GiB/s  0:03 left`, after so many milliseconds. */
export function progressText(label: string, bytes: number, part: number, elapsed: number): string {
  const filled = Math.round(part * WIDTH);
  const bar = `${'='.repeat(filled)}${' '.repeat(WIDTH - filled)}`;
  const percent = `${Math.floor(part * 100)}%`.padStart(4);
  const rate = elapsed > 0 ? ((bytes * part) / MIB / elapsed) * 1000 : 0;
  const left = part > 0 ? Math.round((elapsed * (1 - part)) / part / 1000) : 0;
  return `${label} [${bar}] ${percent}  ${rateText(rate)}  ${clock(left)} left`;
}

function rateText(mebibytes: number): string {
  return mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(2)} GiB/s` : `${Math.round(mebibytes)} MiB/s`;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

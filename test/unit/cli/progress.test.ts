import { describe, expect, it } from 'vitest';
import { progressOn, progressText } from '../../../src/cli/progress.ts';

const GIB = 2 ** 30;

describe('the progress line', () => {
  it('tells part, rate and time left', () => {
    expect(progressText('format', GIB, 0.5, 1000)).toBe(
      'format [==============              ]  50%  512 MiB/s  0:01 left',
    );
    expect(progressText('format', 200 * GIB, 0.25, 40_000)).toContain(' 25%  1.25 GiB/s  2:00 left');
    expect(progressText('format', GIB, 0, 0)).toContain('  0%  0 MiB/s  0:00 left');
  });

  it('is drawn on a terminal alone, over itself, and cleared', () => {
    const written: string[] = [];
    const stream = { write: (text: string | Uint8Array) => written.push(String(text)), isTTY: true };
    const progress = progressOn(stream, 'verify', GIB);
    progress.update(1, 2);
    progress.end();
    expect(written).toEqual([expect.stringMatching(/^\r\x1b\[Kverify \[.*50%/), '\r\x1b[K']);
    const plain = progressOn({ ...stream, isTTY: false }, 'verify', GIB);
    plain.update(1, 2);
    plain.end();
    expect(written).toHaveLength(2);
  });
});

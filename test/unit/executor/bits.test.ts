import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { brokenRule } from '../../../executor/rules.ts';
import { COMMANDS, type CommandName } from '../../../src/commands.ts';
import type { Case } from '../../golden/case.ts';
import type { Bytes } from './payloads.ts';
import { faultsOf } from './reading.ts';

const folder = new URL('../../golden/cases/', import.meta.url);

interface Golden {
  file: string;
  command: number;
  payload: Bytes;
}

/** Every payload of the golden files, once. */
const GOLDEN = new Map(
  readdirSync(folder).flatMap((file) => {
    const { steps = [] } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case;
    return steps.map(({ command, length, payload }): [string, Golden] => {
      const bytes = new Uint8Array(length);
      bytes.set(Buffer.from(payload, 'hex'));
      return [`${command} ${length} ${payload}`, { file, command: COMMANDS[command as CommandName], payload: bytes }];
    });
  }),
);

/** What the planner writes and the executor forwards to nobody. */
const REFUSED = {
  'remove-all.json': 'command',
  'remove-all-deferred.json': 'command',
  'arm-poll.json': 'command',
  'wait.json': 'command',
  'create-with-minor.json': 'flags',
};

describe('the golden payloads', () => {
  test('are forwarded, but for those of commands and flags that are not', () => {
    const refused = [...GOLDEN.values()].flatMap(({ file, command, payload }) => {
      const rule = brokenRule(command, payload);
      expect(faultsOf(command, payload).length > 0, file).toBe(rule !== null);
      return rule === null ? [] : [[file, rule]];
    });
    expect(Object.fromEntries(refused)).toEqual(REFUSED);
  });

  test('with any one bit flipped are refused, or say what the command may say, in its only spelling', () => {
    const seen = { flipped: 0, refused: 0, free: 0 };
    for (const { file, command, payload } of GOLDEN.values()) {
      for (let bit = 0; bit < payload.length * 8; bit++) {
        payload[bit >> 3]! ^= 1 << (bit & 7);
        const rule = brokenRule(command, payload);
        if (rule === null && faultsOf(command, payload).length > 0)
          expect.fail(`${file}, bit ${bit}: accepted with ${faultsOf(command, payload)}`);
        payload[bit >> 3]! ^= 1 << (bit & 7);
        seen.flipped++;
        seen[rule === null ? 'free' : 'refused']++;
      }
    }
    console.log(`${GOLDEN.size} payloads: ${JSON.stringify(seen)}`);
    expect(seen.free).toBeGreaterThan(1000);
  });
});

/** An executor as a child of a program in the guest, spoken to in frames, that may be killed at any time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Message, MessageReader } from '../../../src/client/messages.ts';

export interface Victim {
  process: ChildProcess;
  /** Everything that it has said. */
  messages: Message[];
  log: () => string;
  /** Milliseconds from its start to its hello; undefined where it is gone before. */
  ready: Promise<number | undefined>;
  /** Its end, with all of its output read: the exit code or the signal. */
  ended: Promise<number | string>;
  send(...frames: Uint8Array[]): void;
  /** Settles when a message has come that is wanted, or the process has ended. */
  until(wanted: (messages: Message[]) => boolean): Promise<void>;
}

/** Node's arguments in the unit, which the test hands over. */
const FLAGS = process.env.EXECUTOR_FLAGS!.split(' ');

export function startVictim(program: string, args: string[]): Victim {
  const begun = performance.now();
  const child = spawn(process.execPath, [...FLAGS, program, ...args]);
  const messages: Message[] = [];
  const reader = new MessageReader();
  let log = '';
  let woken: () => void = () => {};
  const ended = once(child, 'close').then(([code, signal]) => {
    woken();
    return (code ?? signal) as number | string;
  });
  const until = async (wanted: (messages: Message[]) => boolean): Promise<void> => {
    while (!wanted(messages) && !over)
      await new Promise<void>((resolve) => {
        woken = resolve;
      });
  };
  let over = false;
  ended.then(() => {
    over = true;
    woken();
  });
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk) => {
    messages.push(...reader.push(chunk));
    woken();
  });
  const ready = until(([hello]) => hello !== undefined).then(() =>
    messages.length > 0 ? performance.now() - begun : undefined,
  );
  return {
    process: child,
    messages,
    log: () => log,
    ready,
    ended,
    send: (...frames) => void child.stdin.write(Buffer.concat(frames)),
    until,
  };
}

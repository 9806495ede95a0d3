import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Unpackr } from 'msgpackr';
import { COMMANDS } from '../../../src/commands.ts';
import type { Step } from '../../../src/planner/plan.ts';
import { encode, frame, map, type Value } from '../executor/payloads.ts';

export const PROGRAM = fileURLToPath(new URL('../../../dist/policy.cjs', import.meta.url));

/** The flags that an executor hands on. */
const FLAGS = ['--jitless', '--disallow-code-generation-from-strings'];

/** A question as an executor writes it. */
export function question(client: Value, steps: Step[]): Buffer {
  const pairs = steps.map(({ command, payload }): Value => [COMMANDS[command], payload]);
  return frame(encode(map({ client, plan: map({ v: 1, steps: pairs }) })));
}

export interface JudgeOptions {
  /** What descriptor 3 is open on; the policy unless given, nothing for null. */
  opened?: string | null;
  uid?: number;
  /** Words in front of the command. */
  via?: string[];
}

/** A judge of its own, spoken to over pipes. */
export class Judge {
  readonly child: ChildProcess;
  readonly ended: Promise<[code: number | null, signal: string | null]>;
  said = '';
  #bytes = Buffer.alloc(0);

  constructor(path: string, { opened = path, uid, via = [] }: JudgeOptions = {}) {
    const document = opened === null ? null : openSync(opened, 'r');
    const [command, ...args] = [...via, process.execPath, ...FLAGS, PROGRAM, path];
    this.child = spawn(command!, args, {
      stdio: ['pipe', 'pipe', 'pipe', document ?? 'ignore'],
      env: {},
      cwd: '/',
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    if (document !== null) closeSync(document);
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    this.child.stdin!.on('error', () => {});
    this.ended = once(this.child, 'close') as typeof this.ended;
  }

  send(...bytes: Uint8Array[]): void {
    for (const each of bytes) this.child.stdin!.write(each);
  }

  /** The next message. */
  async hear(): Promise<Record<string, unknown>> {
    const heard = this.#take();
    if (heard !== undefined) return heard;
    for await (const chunk of this.child.stdout!.iterator({ destroyOnReturn: false })) {
      this.#bytes = Buffer.concat([this.#bytes, chunk as Buffer]);
      const message = this.#take();
      if (message !== undefined) return message;
    }
    throw new Error(`the judge ended: ${this.said}`);
  }

  #take(): Record<string, unknown> | undefined {
    if (this.#bytes.length < 4 || this.#bytes.length < 4 + this.#bytes.readUInt32BE()) return undefined;
    const end = 4 + this.#bytes.readUInt32BE();
    const body = this.#bytes.subarray(4, end);
    this.#bytes = this.#bytes.subarray(end);
    return new Unpackr({ useRecords: false }).unpack(body) as Record<string, unknown>;
  }

  async ask(client: Value, ...steps: Step[]): Promise<Record<string, unknown>> {
    this.send(question(client, steps));
    return this.hear();
  }

  /** Ends its input; its exit code. */
  async close(): Promise<number | null> {
    this.child.stdin!.end();
    return (await this.ended)[0];
  }
}

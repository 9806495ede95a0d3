import { type StdioOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { decode, encode, framed, frameReader, type Step, type Who } from './messages.ts';
import { LIMITS } from './protocol.ts';
import type { System } from './system.ts';

/**
 * What the judge says first: `reason` is why it cannot judge. `uuidPrefix`: how the uuids of our devices begin. `filter`:
 * which system calls the policy needs, as classic BPF.
 */
export type Policy = { digest: string | null; uuidPrefix: string; filter: Uint8Array | null; reason: string | null };
/** For each step the rule that allows it, and on what its table may lie; null is on anything. */
export type Allowed = { rules: string[]; backing: (string[] | null)[] };
type Refusal = { step: number | null; rule: string; message: string };
export type Verdict = { refused: Refusal } | ({ refused: null } & Allowed);

export type Judge = ReturnType<typeof startJudge>;

/**
 * Starts policy.cjs, which lies beside this program, reads the policy at `path` and says what it allows (docs/policy.md):
 * a process of its own, with no privilege, since a document and a stranger's plan are more than a privileged one should
 * read. `died` is called when it is gone, which is a defect.
 */
export function startJudge(path: string, { surrender, open }: System, died: (why: unknown) => void) {
  if (surrender() !== 0) throw new Error('the judge would keep its capabilities');
  // The judge may have no right to the file. In a session of its own, a terminal's ^C is not for it.
  const stdio: StdioOptions = ['pipe', 'pipe', 'inherit', open(path) ?? 'ignore'];
  const options = { stdio, env: {}, detached: true, ...(process.getuid!() === 0 ? { uid: 65534, gid: 65534 } : {}) };
  const child = spawn(process.execPath, [...process.execArgv, join(__dirname, 'policy.cjs'), path], options);
  const frames = frameReader(LIMITS.frameBytes);
  const asked: ((answer: never) => void)[] = [];
  const answered = <T>() => new Promise<T>((resolve) => asked.push(resolve));
  child.on('error', died).on('exit', () => died('the judge of the policy ended'));
  child.stdin!.on('error', () => {});
  child.stdout!.on('data', (chunk: Uint8Array) => {
    for (const frame of frames.push(chunk)) asked.shift()?.(decode(frame) as never);
  });
  return {
    /** A policy without a prefix lets no device be touched: no uuid begins with a slash. */
    policy: answered<Policy>().then((policy) => ({ ...policy, uuidPrefix: policy.uuidPrefix || '/' })),
    judge(client: Who, steps: readonly Step[]): Promise<Verdict> {
      const plan = { v: 1, steps: steps.map(({ command, payload }) => [command, payload]) };
      child.stdin!.write(framed(encode({ client, plan })));
      return answered<Verdict>();
    },
  };
}

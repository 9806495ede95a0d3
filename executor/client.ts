import type { Readable, Writable } from 'node:stream';
import { type Failure, failure, Refused } from './failure.ts';
import { log } from './log.ts';
import { type Apply, framed, frameReader, readRequest, reply, type Step, type Who } from './messages.ts';
import { EXIT, LIMITS } from './protocol.ts';
import { brokenRule, wordOf } from './rules.ts';
import { scan } from './scan.ts';
import type { Outcome } from './transaction.ts';

/** How long, at the end, a client may leave its last answers unread, and in the middle of a frame be silent. */
/** And how many applies may wait behind the running one, whose payloads together are held to `frameBytes`. */
const [FLUSH_GRACE, FRAME_GRACE, QUEUE_LENGTH] = [5000, 10_000, 16];

const STOPPING = failure('stopping', 'the executor is ending and takes no more; nothing was done');
const CANCELLED = failure('cancelled', 'the plan was cancelled before its first step');
const DEGRADED = failure('degraded', 'the executor has nothing to forward to: its hello says why; nothing was done');
const BUSY = failure('busy', `${QUEUE_LENGTH} plans, or ${LIMITS.frameBytes} bytes of them, wait: send it again later`);

/** Does what it is given when what it was given before is done. */
type Turn = (act: () => Promise<void>) => Promise<void>;
/** Judges a plan and applies it, and makes the one that runs go no further than its present step. */
type Applier = { apply: (plan: Apply, who: Who) => Promise<Outcome>; halt: () => void };
/** What all clients share. `applier` is null where there is nothing to forward to; `fail` takes a defect. */
export type Shared = { applier: Applier | null; turn: Turn; fail: (defect: unknown) => void; policy: string };

/** One thing after the other. */
export function takeTurns(): Turn {
  let last = Promise.resolve();
  return (act) => {
    last = last.then(act);
    return last;
  };
}

export type Client = ReturnType<typeof serveClient>;

/**
 * One client: says `hello`, and then its requests in, its answers out, until `ended`, which gives the exit code. It asks
 * for a turn for one plan at a time, so that of two that wait the other client's comes first.
 */
export function serveClient(input: Readable, output: Writable, who: Who, hello: Uint8Array, shared: Shared) {
  const { applier, turn, fail, policy } = shared;
  const tell = (event: string, fields: object) => log(event, { client: who, policy, ...fields });
  const frames = frameReader(LIMITS.frameBytes);
  /** Plans in the order of arrival, behind the running one. */
  let waiting: Apply[] = [];
  let running: Apply | null = null;
  let lastId = -1;
  /** Input is taken up to its end or a violation; told to stop, the client is still answered. */
  let listening = true;
  /** How it ends, once no plan is open. */
  let exit: number | null = null;
  let lastFrame: Uint8Array | null = null;
  /** Nobody reads the answers, or the last is written. Not output.writable: process.stdout recovers from an EPIPE. */
  let silent = false;
  let draining = false;
  let closing = false;
  let slow: NodeJS.Timeout | undefined;
  let end: (exit: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });

  const send = (body: Uint8Array) => silent || output.write(framed(body));

  function accept(frame: Uint8Array): void {
    scan(frame);
    const request = readRequest(frame, lastId, process.hrtime.bigint());
    frame.fill(0);
    lastId = request.id;
    if (request.type === 'ping') send(reply('pong', request.id));
    if (request.type === 'apply') add(request);
    if (request.type !== 'cancel') return;
    if (running?.id === request.target) applier?.halt();
    drop(({ id }) => id === request.target, CANCELLED);
  }

  function add(apply: Apply): void {
    const steps = [...waiting, apply].flatMap(({ steps }) => steps);
    const bytes = steps.reduce((sum, { payload }) => sum + payload.length, 0);
    const full = waiting.length + (running === null ? 0 : 1) > QUEUE_LENGTH || bytes > LIMITS.frameBytes;
    const late = exit !== null ? STOPPING : full ? BUSY : null;
    const refused = brokenStep(apply.steps) ?? (applier === null ? DEGRADED : late);
    if (refused === null) waiting.push(apply);
    else answer(apply, { failure: refused, done: [] });
    if (!draining) drain();
  }

  async function drain(): Promise<void> {
    draining = true;
    while (waiting.length > 0) await turn(applyNext);
    draining = false;
    finish();
  }

  async function applyNext(): Promise<void> {
    const plan = waiting.shift();
    if (plan === undefined) return;
    running = plan;
    const answered = applier!.apply(plan, who).then((outcome) => answer(plan, outcome));
    await answered.catch(fail);
    running = null;
  }

  function drop(which: (apply: Apply) => boolean, why: Failure): void {
    const dropped = waiting.filter(which);
    waiting = waiting.filter((apply) => !which(apply));
    for (const apply of dropped) answer(apply, { failure: why, done: [] });
  }

  function answer({ id, digest }: Apply, outcome: Outcome): void {
    const { done, ...said } = outcome;
    const refused = 'failure' in said ? said.failure : null;
    tell(refused === null ? 'applied' : 'refused', { id, plan: digest, done, ...refused });
    send(refused === null ? reply('result', id, said) : reply('error', id, refused));
  }

  /** What waits is turned away, and the running plan is finished or undone. Asking again changes nothing. */
  function stop(wanted: number = EXIT.asked): void {
    exit = Math.max(wanted, exit ?? 0);
    if (running !== null) applier?.halt();
    drop(() => true, STOPPING);
    finish();
  }

  /** Waits for the last answers to be read, but not forever. */
  function finish(): void {
    if (exit === null || running !== null || waiting.length > 0 || closing) return;
    closing = true;
    clearTimeout(slow);
    if (lastFrame !== null) send(lastFrame);
    const done = () => end(exit!);
    setTimeout(done, FLUSH_GRACE).unref();
    if (silent) done();
    else output.end(done);
    silent = true;
  }

  function violated({ id, failure: reason }: Refused): void {
    tell('violation', { id, message: reason.message });
    listening = false;
    lastFrame = reply('error', id, reason);
    stop(EXIT.protocol);
  }

  function receive(chunk: Uint8Array): void {
    if (!listening) return;
    clearTimeout(slow);
    try {
      for (const frame of frames.push(chunk)) accept(frame);
      const late = () => violated(new Refused(failure('malformed_frame', 'a frame that does not end')));
      if (frames.isPartial()) slow = setTimeout(late, FRAME_GRACE).unref();
    } catch (violation) {
      if (!(violation instanceof Refused)) throw violation;
      violated(violation);
    }
    // A client that does not read its answers is not read either, so that they cannot pile up here.
    if (!output.writableNeedDrain) return;
    input.pause();
    output.once('drain', () => input.resume());
  }

  /** What came before the end is still served: a client may end its input to say that it has no more. */
  function inputEnded(): void {
    if (!listening) return;
    listening = false;
    exit ??= EXIT.asked;
    if (frames.isPartial()) tell('violation', { message: 'the input ended inside a frame' });
    if (frames.isPartial()) stop(EXIT.protocol);
    else finish();
  }

  /** Nobody reads the answers any more. */
  function abandoned(): void {
    listening = false;
    silent = true;
    stop();
  }

  output.on('error', abandoned);
  send(hello);
  input.on('data', receive).on('end', inputEnded).on('error', inputEnded);
  return { stop, ended };
}

/** Why the plan is refused for its bytes: every step is checked before any is applied. */
function brokenStep(steps: Step[]): Failure | null {
  const broken = steps.map(({ command, payload }) => brokenRule(command, payload));
  const step = broken.findIndex((rule) => rule !== null);
  if (step < 0) return null;
  const message = `step ${step}, ${wordOf(steps[step]!.command, false)}: breaks the byte rule "${broken[step]}" (docs/protocol.md says what it asks for)`;
  return { ...failure('payload_refused', message), step, rule: broken[step]! };
}

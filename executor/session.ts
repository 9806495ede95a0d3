import type { Readable, Writable } from 'node:stream';
import { EXIT_ASKED, EXIT_DEFECT, EXIT_PROTOCOL } from './exits.ts';
import { type Failure, failure, Refused } from './failure.ts';
import { FrameReader, frameLength } from './frames.ts';
import { LIMITS, QUEUE_LENGTH } from './limits.ts';
import { describe, log } from './log.ts';
import { type Apply, error, pong, readRequest, result, type Step } from './messages.ts';
import { brokenRule, COMMANDS } from './rules.ts';
import { scan } from './scan.ts';
import type { Outcome } from './transaction.ts';
import type { Applier } from './worker.ts';

/** How long, at the end, a client may leave its last answers unread. */
const FLUSH_GRACE = 5000;

const STOPPING = failure('stopping', 'the executor is ending and takes no more; nothing was done');
const CANCELLED = failure('cancelled', 'the plan was cancelled before its first step');
const BUSY = failure('busy', `${QUEUE_LENGTH} plans, or ${LIMITS.frameBytes} bytes of them, wait: send it again later`);

/** One client: its requests in, its answers out, one plan at a time in the order of arrival. */
export class Session {
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #applier: Applier;
  readonly #frames = new FrameReader(LIMITS.frameBytes);
  readonly #waiting: Apply[] = [];
  #running: Apply | null = null;
  #lastId = -1;
  /** Input is taken up to its end, a violation or a defect; told to stop, the session still answers. */
  #listening = true;
  /** How the session ends, once no plan runs or waits. */
  #exit: number | null = null;
  #lastFrame: Uint8Array | null = null;
  #finished = false;
  /** Nobody reads the answers, or the last is written. Not output.writable: process.stdout recovers from an EPIPE. */
  #silent = false;
  #ended: (exit: number) => void = () => {};

  constructor(input: Readable, output: Writable, applier: Applier) {
    this.#input = input;
    this.#output = output;
    this.#applier = applier;
  }

  /** Says `hello` and serves the client to its end, which the exit code tells. */
  serve(hello: Uint8Array): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#ended = resolve;
    });
    this.#output.on('error', () => this.#abandoned());
    this.#send(hello);
    this.#input.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    this.#input.on('end', () => this.#inputEnded());
    this.#input.on('error', () => this.#inputEnded());
    return ended;
  }

  /** What waits is turned away, and the running plan is finished or undone. Asking again changes nothing. */
  stop(): void {
    this.#end(this.#exit ?? EXIT_ASKED);
  }

  /** The executor itself is at fault: ends as when told to stop, but reads no more. */
  fail(defect: unknown): void {
    log('defect', { message: describe(defect) });
    this.#listening = false;
    this.#end(EXIT_DEFECT);
  }

  #receive(chunk: Uint8Array): void {
    if (!this.#listening) return;
    try {
      for (const frame of this.#frames.push(chunk)) this.#accept(frame);
    } catch (violation) {
      if (!(violation instanceof Refused)) throw violation;
      this.#violated(violation);
    }
    // A client that does not read its answers is not read either, so that they cannot pile up here.
    if (this.#output.writableNeedDrain) {
      this.#input.pause();
      this.#output.once('drain', () => this.#input.resume());
    }
  }

  #accept(frame: Uint8Array): void {
    scan(frame);
    const request = readRequest(frame, this.#lastId, process.hrtime.bigint());
    frame.fill(0);
    this.#lastId = request.id;
    if (request.type === 'ping') this.#send(pong(request.id));
    else if (request.type === 'cancel') this.#cancel(request.target);
    else this.#enqueue(request);
  }

  #enqueue(apply: Apply): void {
    const refused = brokenStep(apply.steps) ?? (this.#exit !== null ? STOPPING : this.#isFull(apply) ? BUSY : null);
    if (refused !== null) {
      this.#refuse(apply.id, refused);
    } else {
      this.#waiting.push(apply);
      if (this.#running === null) this.#next();
    }
  }

  #isFull(apply: Apply): boolean {
    const steps = [apply, ...this.#waiting].flatMap(({ steps }) => steps);
    const bytes = steps.reduce((sum, { payload }) => sum + payload.length, 0);
    return this.#waiting.length >= QUEUE_LENGTH || bytes > LIMITS.frameBytes;
  }

  #cancel(target: number): void {
    if (this.#running?.id === target) this.#applier.halt();
    const index = this.#waiting.findIndex(({ id }) => id === target);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    this.#refuse(target, CANCELLED);
  }

  #next(): void {
    const apply = this.#waiting.shift() ?? null;
    this.#running = apply;
    if (apply === null) this.#finish();
    else this.#apply(apply);
  }

  #apply({ id, steps, due }: Apply): void {
    const answer = (outcome: Outcome): void => {
      if ('failure' in outcome) this.#refuse(id, outcome.failure);
      else this.#send(result(id, outcome.replies, outcome.node));
      this.#next();
    };
    const giveUp = (defect: unknown): void => {
      this.#running = null;
      this.fail(defect);
    };
    this.#applier.apply(steps, due).then(answer).catch(giveUp);
  }

  #refuse(id: number, reason: Failure): void {
    log('refused', { id, ...reason });
    this.#send(error(id, reason));
  }

  #send(body: Uint8Array): void {
    if (this.#silent) return;
    this.#output.write(frameLength(body));
    this.#output.write(body);
  }

  /** What came before the end is still served: a client may end its input to say that it has no more. */
  #inputEnded(): void {
    if (!this.#listening) return;
    this.#listening = false;
    if (this.#frames.partial) {
      log('violation', { message: 'the input ended inside a frame' });
      this.#end(EXIT_PROTOCOL);
    } else {
      this.#exit ??= EXIT_ASKED;
      if (this.#running === null) this.#finish();
    }
  }

  #violated({ id, failure: reason }: Refused): void {
    log('violation', { id, message: reason.message });
    this.#listening = false;
    this.#lastFrame = error(id, reason);
    this.#end(EXIT_PROTOCOL);
  }

  /** Nobody reads the answers any more. */
  #abandoned(): void {
    this.#listening = false;
    this.#silent = true;
    this.#waiting.length = 0;
    const exit = this.#exit ?? EXIT_ASKED;
    this.#end(exit);
    if (this.#finished) this.#ended(exit);
  }

  #end(exit: number): void {
    this.#exit = exit;
    for (const { id } of this.#waiting.splice(0)) this.#refuse(id, STOPPING);
    if (this.#running === null) this.#finish();
    else this.#applier.halt();
  }

  /** Waits for the last answers to be read, but not forever. */
  #finish(): void {
    const exit = this.#exit;
    if (exit === null || this.#finished) return;
    this.#finished = true;
    if (this.#lastFrame !== null) this.#send(this.#lastFrame);
    const end = () => this.#ended(exit);
    setTimeout(end, FLUSH_GRACE).unref();
    if (this.#silent) end();
    else this.#output.end(end);
    this.#silent = true;
  }
}

/** Why the plan is refused for its bytes: every step is checked before any is applied. */
function brokenStep(steps: Step[]): Failure | null {
  for (const [step, { command, payload }] of steps.entries()) {
    const rule = brokenRule(command, payload);
    if (rule === null) continue;
    const name = COMMANDS.get(command)?.name ?? `command ${command}`;
    const message = `step ${step}, ${name}: breaks the byte rule "${rule}" (docs/protocol.md says what it asks for)`;
    return { ...failure('payload_refused', message), step, rule };
  }
  return null;
}

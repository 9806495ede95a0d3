/** The calls of a host, from a fresh arena to an answer. */
import { writeFailure } from './answer';
import { writeDecoded } from './decode';
import { code, fail, forget } from './failure';
import { isAction } from './fields';
import * as E from './generated/errors';
import { TEXT_LAYOUT, TEXT_VERITY_SUPERBLOCK } from './generated/tables';
import { forgetSecrets } from './grammar/secrets';
import { allocateSlots } from './grammar/slots';
import { writeInspected } from './inspect';
import { writeLayout } from './layout/index';
import { requestEnd, requestStart, restart, startRequest, top } from './memory';
import { check } from './msgpack/read';
import { overflowed, startWriting } from './msgpack/write';
import { writePlan } from './plan';
import { writeSuperblock } from './verity/superblock';

const ABI_VERSION: u32 = 1;

let answer: usize = 0;
let answerLength: usize = 0;

export function abi_version(): u32 {
  return ABI_VERSION;
}

/** Starts a request of `length` bytes: the address to write them to, or 0 when they do not fit. */
export function request(length: u32): u32 {
  answer = 0;
  answerLength = 0;
  return <u32>startRequest(length);
}

/** Compiles the request into a plan, works out a layout or makes a superblock: 0, or the code of an error. */
export function plan(): u32 {
  return begin() && finish(compile(requestStart())) ? 0 : end();
}

function compile(at: usize): bool {
  if (isAction(at, TEXT_LAYOUT)) return writeLayout(at);
  return isAction(at, TEXT_VERITY_SUPERBLOCK) ? writeSuperblock(at) : writePlan(at);
}

/** Reads a kernel's reply into a typed answer: 0, or the code of an error. */
export function decode(): u32 {
  return begin() && finish(writeDecoded(requestStart())) ? 0 : end();
}

/** Explains a payload field by field: 0, or the code of an error. */
export function inspect(): u32 {
  return begin() && finish(writeInspected(requestStart())) ? 0 : end();
}

/** The address of the last answer. */
export function result(): u32 {
  return <u32>answer;
}

/** The length of the last answer in bytes. */
export function result_length(): u32 {
  return <u32>answerLength;
}

function begin(): bool {
  restart();
  forget();
  startWriting();
  forgetSecrets();
  allocateSlots();
  answer = top;
  answerLength = 0;
  if (requestEnd() <= requestStart()) return fail(E.NO_REQUEST, 0);
  return check(requestStart(), requestEnd());
}

function finish(written: bool): bool {
  answerLength = top - answer;
  return written;
}

function end(): u32 {
  answer = top;
  startWriting();
  writeFailure();
  if (overflowed) startOver();
  answerLength = top - answer;
  return code;
}

/** There was no room behind what the call had written: its place is the error's. */
function startOver(): void {
  restart();
  forget();
  fail(E.REQUEST_TOO_LARGE, requestStart());
  startWriting();
  answer = top;
  writeFailure();
}

/**
 * Runs inside a guest: loads one table after the other into a device of its own, and writes down what the kernel said.
 * Arguments: a job (JSON), and a file for the answers, one line of JSON for each table.
 */
import { constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import koffi from 'koffi';
import * as abi from '../../../assembly/abi.ts';
import type { Answer, Job } from './job.ts';

const libc = koffi.load(null);
const ioctl = libc.func('int ioctl(int fd, ulong request, void *payload)');
const addKey = libc.func(
  'long syscall(long number, str type, str description, void *payload, size_t length, int ring)',
);

const CONTROL = openSync('/dev/mapper/control', 'r+');
const KMSG = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
const SYS_ADD_KEY = 248;
const PROCESS_KEYRING = -2;
const STATUS_SIZE = 65536;
/** How often a device that is still in use is asked to go, and how long is waited in between. */
const REMOVALS = 300;
const PAUSE_MS = 10;
const EBUSY = 16;

const [jobFile, answerFile] = process.argv.slice(2) as [string, string];
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as Job;

for (const { type, description, size } of job.keys) {
  if (addKey(SYS_ADD_KEY, type, description, Buffer.alloc(size, 7), size, PROCESS_KEYRING) < 0) {
    throw new Error(`add_key ${type} ${description}: errno ${koffi.errno()}`);
  }
}

function header(size: number, flags = 0): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(abi.VERSION_OFFSET, abi.VERSION_MAJOR, true);
  view.setUint32(abi.DATA_SIZE_OFFSET, size, true);
  view.setUint32(abi.DATA_START_OFFSET, abi.HEADER_SIZE, true);
  view.setUint32(abi.FLAGS_OFFSET, flags, true);
  bytes.set(new TextEncoder().encode(job.name), abi.NAME_OFFSET);
  return bytes;
}

/** 0, or the errno. */
function call(command: number, payload: Uint8Array): number {
  const request = ((abi.IOC_READ_WRITE << 30) | (abi.HEADER_SIZE << 16) | (abi.IOC_TYPE << 8) | command) >>> 0;
  return ioctl(CONTROL, request, payload) === 0 ? 0 : koffi.errno();
}

const record = new Uint8Array(8192);

/** The kernel's messages since the last time. */
function messages(): string[] {
  const lines: string[] = [];
  for (;;) {
    try {
      const size = readSync(KMSG, record);
      const [first] = new TextDecoder().decode(record.subarray(0, size)).split('\n');
      lines.push(first!.slice(first!.indexOf(';') + 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') continue;
      return lines;
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function remove(): void {
  for (let left = REMOVALS; left > 0; left--) {
    const errno = call(abi.DM_DEV_REMOVE, header(abi.HEADER_SIZE));
    if (errno === 0) return;
    if (errno !== EBUSY) throw new Error(`DEV_REMOVE: errno ${errno}`);
    pause();
  }
  throw new Error('the device stays busy');
}

const fresh = job.fresh.map(({ file, bytes }) => ({ fd: openSync(file, 'r+'), zeros: Buffer.alloc(bytes) }));

function answer(payload: Uint8Array): Answer {
  for (const { fd, zeros } of fresh) writeSync(fd, zeros, 0, zeros.length, 0);
  const created = call(abi.DM_DEV_CREATE, header(abi.HEADER_SIZE));
  if (created !== 0) throw new Error(`DEV_CREATE: errno ${created}`);
  const errno = call(abi.DM_TABLE_LOAD, payload);
  let status: string | undefined;
  if (errno === 0) {
    const room = header(STATUS_SIZE, abi.FLAG_STATUS_TABLE | abi.FLAG_QUERY_INACTIVE_TABLE);
    const asked = call(abi.DM_TABLE_STATUS, room);
    if (asked !== 0) throw new Error(`TABLE_STATUS: errno ${asked}`);
    const size = new DataView(room.buffer).getUint32(abi.DATA_SIZE_OFFSET, true);
    status = Buffer.from(room.subarray(0, Math.max(size, abi.HEADER_SIZE))).toString('base64');
  }
  remove();
  return { errno, status, messages: messages() };
}

messages();
const answers = openSync(answerFile, 'a');
for (const payload of job.payloads) {
  const started = performance.now();
  const said = answer(new Uint8Array(Buffer.from(payload, 'base64')));
  writeSync(answers, `${JSON.stringify({ ...said, ms: Math.round(performance.now() - started) })}\n`);
}

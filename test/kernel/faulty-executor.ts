/**
 * The executor, with system calls that fail, wait or kill it when they are told to: everything else is executor/'s own.
 * A VERSION with a name is not for the kernel but arms the faults that the name spells, joined by `+`; the reply's name
 * is the commands that were called since the last one, joined by `.`. Calls are counted from 1.
 *
 *   n3=13    the third ioctl fails with errno 13, and never reaches the kernel
 *   c4=16    every ioctl of command 4 fails with errno 16; c4=16x2 only the first two
 *   k3=9     the executor gets signal 9 right behind its third ioctl
 *   w3=250   the third ioctl waits 250 ms first
 *   m=13     mknod fails with errno 13
 */
import { isMainThread } from 'node:worker_threads';
import * as abi from '../../assembly/abi.ts';
import { runExecutor } from '../../executor/executor.ts';
import { type Payload, readHeader } from '../../executor/header.ts';
import type { Control } from '../../executor/readiness.ts';
import { loadSystem } from '../../executor/system.ts';
import { serveWorker } from '../../executor/worker.ts';

interface Fault {
  kind: string;
  at: number;
  value: number;
  left: number;
}

/** What a name spells; `none` and whatever else is no fault disarms. */
function faultsOf(name: string): Fault[] {
  return [...name.matchAll(/([nckwm])(\d*)=(\d+)(?:x(\d+))?/g)].map(([, kind, at, value, left]) => ({
    kind: kind!,
    at: Number(at),
    value: Number(value),
    left: Number(left ?? Number.POSITIVE_INFINITY),
  }));
}

function makeFaulty({ ioctl, mknod, lock }: Control): Control {
  let faults: Fault[] = [];
  let calls: number[] = [];
  const never = new Int32Array(new SharedArrayBuffer(4));
  const find = (kind: string, at: number): number => {
    const fault = faults.find((fault) => fault.kind === kind && fault.at === at && fault.left-- > 0);
    return fault?.value ?? 0;
  };

  function arm(name: string, payload: Payload): number {
    payload.fill(0, abi.NAME_OFFSET, abi.NAME_OFFSET + abi.NAME_SIZE);
    payload.set(Buffer.from(calls.join('.').slice(0, abi.NAME_SIZE - 1)), abi.NAME_OFFSET);
    faults = faultsOf(name);
    calls = [];
    return 0;
  }

  return {
    ioctl(command, payload) {
      const { name } = readHeader(payload);
      if (command === abi.DM_VERSION && name !== '') return arm(name, payload);
      calls.push(command);
      Atomics.wait(never, 0, 0, find('w', calls.length));
      const errno = find('n', calls.length) || find('c', command) || ioctl(command, payload);
      const signal = find('k', calls.length);
      if (signal !== 0) process.kill(process.pid, signal);
      return errno;
    },
    mknod: (path, mode, dev) => find('m', 0) || mknod(path, mode, dev),
    lock,
  };
}

const load = async () => {
  const system = await loadSystem();
  return { ...system, ...makeFaulty(system) };
};

if (isMainThread) runExecutor(process.argv.slice(2), __filename, load);
else serveWorker(load);

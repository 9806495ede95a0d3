// The least that hashing takes in Node: reads a file by 256 KiB, hashes every 4096 bytes with two of salt and keeps
// nothing. Prints nanoseconds a block for reading, and for reading and hashing; `once`: hashes once and prints nothing.
// Arguments: the file, blocks, `once`.
import { hash } from 'node:crypto';
import { openSync, readSync } from 'node:fs';

const [, , file, blocks, once] = process.argv;
const fd = openSync(file, 'r');
const window = Buffer.alloc(256 * 1024 + 2);
const views = Array.from({ length: 64 }, (_, index) => window.subarray(index * 4096, index * 4096 + 4098));

function pass(hashes) {
  const before = process.cpuUsage();
  for (let block = 0; block < Number(blocks); block += 64) {
    readSync(fd, window, 0, 256 * 1024, block * 4096);
    if (hashes) for (const view of views) hash('sha256', view, 'latin1');
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / Number(blocks);
}

if (once) pass(true);
else console.log(`${pass(false)} ${pass(true)}`);

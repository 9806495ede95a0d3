// The system calls of an executor and nothing else of it: what raw-dm.c does with all of the executor's care, by Node and
// koffi. Takes orders on standard input, one at a time, and answers each in a line:
//   loop N      N devices, made and removed, in this thread; nanoseconds
//   worker N    the same, each step of the way asked of a worker, as of an executor's
//   make, take  one device, by the worker
const fs = require('node:fs');
const { isMainThread, parentPort, Worker } = require('node:worker_threads');

const HEADER = 312;
const [CREATE, REMOVE, SUSPEND, STATUS, LOAD] = [3, 4, 6, 7, 9];
const NAME = 'bare';
const NODE = `/dev/mapper/${NAME}`;
const ENXIO = 6;
const MKNODAT = { x64: 259, ia32: 297, arm: 324 }[process.arch] ?? 33;
const OWED = `${JSON.stringify({ step: 0, command: REMOVE, name: NAME, uuid: '', dev: 0 })}\n`;

function openDevices() {
  const koffi = require('koffi');
  const libc = koffi.load(null);
  const ioctl = libc.func('int ioctl(int fd, ulong request, void *payload)');
  const mknodat = libc.func('long syscall(long number, long folder, str path, ulong mode, ulong dev)');
  const control = fs.openSync('/dev/mapper/control', 'r+');
  fs.mkdirSync('/run/bare', { recursive: true });
  const journal = fs.openSync(`/run/bare/${isMainThread}`, 'a');

  function ask(command, room = 0, fill = () => {}) {
    const payload = Buffer.alloc(HEADER + room);
    payload.writeUInt32LE(4, 0);
    payload.writeUInt32LE(payload.length, 12);
    payload.latin1Write(NAME, 48);
    fill(payload);
    const failed = ioctl(control, (0xc1380000 | (0xfd << 8) | command) >>> 0, payload) !== 0;
    if (failed && (command !== STATUS || koffi.errno() !== ENXIO)) throw new Error(`${command}: ${koffi.errno()}`);
    return payload;
  }

  function zeroTable(payload) {
    payload.writeUInt32LE(HEADER, 16);
    payload.writeUInt32LE(1, 20);
    payload.writeUInt32LE(8, HEADER + 8);
    payload.writeUInt32LE(48, HEADER + 20);
    payload.latin1Write('zero', HEADER + 24);
  }

  const isThere = () => {
    fs.existsSync('/run/udev/control');
    return fs.lstatSync(NODE, { throwIfNoEntry: false }) !== undefined;
  };

  return {
    make() {
      ask(STATUS);
      fs.writeSync(journal, OWED);
      ask(CREATE);
      ask(STATUS);
      fs.writeSync(journal, OWED);
      ask(LOAD, 48, zeroTable);
      ask(STATUS);
      const { buffer, byteOffset } = ask(SUSPEND);
      const dev = new DataView(buffer, byteOffset).getUint32(40, true);
      if (isThere() || mknodat(MKNODAT, -100, NODE, 0o060600, dev) !== 0) throw new Error(`no ${NODE}`);
      fs.ftruncateSync(journal);
    },
    take() {
      ask(STATUS);
      ask(REMOVE);
      if (isThere()) fs.unlinkSync(NODE);
    },
  };
}

async function timed(devices, make, take) {
  const began = process.hrtime.bigint();
  for (let device = 0; device < devices; device++) {
    await make();
    await take();
  }
  return Number(process.hrtime.bigint() - began);
}

function serve() {
  const worker = new Worker(__filename);
  let answered;
  worker.on('message', (answer) => answered(answer));
  const ask = (order) =>
    new Promise((resolve) => {
      answered = resolve;
      worker.postMessage(order);
    });
  const devices = openDevices();
  const orders = {
    loop: (count) => timed(count, devices.make, devices.take),
    worker: (count) =>
      timed(
        count,
        () => ask('make'),
        () => ask('take'),
      ),
    make: () => ask('make'),
    take: () => ask('take'),
  };
  process.stdin.on('data', async (chunk) => {
    const [order, count] = chunk.toString().split(' ');
    process.stdout.write(`${await orders[order](Number(count))}\n`);
  });
}

function work() {
  const devices = openDevices();
  parentPort.on('message', (order) => {
    devices[order]();
    parentPort.postMessage(0);
  });
}

if (isMainThread) serve();
else work();

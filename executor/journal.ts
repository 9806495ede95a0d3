import * as fs from 'node:fs';

/** An undoing command that is owed for a step. `dev` is the device's number, 0 for one that is to be created. */
export type Debt = { step: number; command: number; name: string; uuid: string; dev: number };
/** flock(2), exclusive and without waiting: 0 or the errno. */
export type Lock = (fd: number) => number;

export type Journal = ReturnType<typeof journalAt>;

/** A journal of one's own in the folder: its descriptor. Whoever holds its lock is alive. Throws what node:fs throws. */
export function openJournal(folder: string, lock: Lock): number {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const id = `${process.pid}-${process.hrtime.bigint()}`;
  const fd = fs.openSync(`${folder}/new-${id}`, 'ax', 0o600);
  lock(fd);
  fs.renameSync(`${folder}/new-${id}`, `${folder}/journal-${id}`);
  return fd;
}

/** What the running plan owes, written down before each step, so that it survives this process. */
export function journalAt(fd: number) {
  let empty = true;
  return {
    owe(debt: Debt): void {
      empty = false;
      fs.writeSync(fd, `${JSON.stringify(debt)}\n`);
    },
    /** The plan has come to its end. */
    clear(): void {
      if (!empty) fs.ftruncateSync(fd);
    },
  };
}

/** What each dead executor still owed, oldest first; forgotten once the next is asked for. */
export function* abandoned(folder: string, lock: Lock): Generator<Debt[]> {
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('journal-'))) {
    const fd = fs.openSync(`${folder}/${name}`, 'r');
    if (lock(fd) === 0) {
      // A line that is torn at the end was never acted on: its step comes after the write.
      const lines = fs.readFileSync(fd, 'utf8').split('\n').slice(0, -1);
      yield lines.map((line) => JSON.parse(line) as Debt);
      fs.unlinkSync(`${folder}/${name}`);
    }
    fs.closeSync(fd);
  }
}

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { abandoned, type Debt, journalAt, openJournal } from '../../../executor/journal.ts';
import { applyPlan } from '../../../executor/transaction.ts';
import { recover } from '../../../executor/undo.ts';
import { type Device, ModelKernel } from './model.ts';
import { bare, CREATE, F_SUSPEND, LOAD, REMOVE, SUSPEND, table } from './payloads.ts';

const EWOULDBLOCK = 11;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const debt = (command: number, name = 'a', more: Partial<Debt> = {}): Debt => ({
  step: 0,
  command,
  name,
  uuid: '',
  dev: 0,
  ...more,
});
const free = () => 0;
const held = () => EWOULDBLOCK;
const journals = () => readdirSync(folder).filter((name) => name.startsWith('journal-'));

describe('a journal', () => {
  test('holds what the plan owes until the plan has ended', () => {
    const journal = journalAt(openJournal(join(folder, 'made'), free));
    journal.owe(debt(REMOVE));
    journal.owe(debt(SUSPEND, 'b', { uuid: 'U', dev: 5 }));
    expect([...abandoned(join(folder, 'made'), free)]).toEqual([
      [debt(REMOVE), debt(SUSPEND, 'b', { uuid: 'U', dev: 5 })],
    ]);
    const second = journalAt(openJournal(folder, free));
    second.owe(debt(REMOVE));
    second.clear();
    expect([...abandoned(folder, free)]).toEqual([[]]);
  });

  test('is left alone while its executor lives, and is gone once it has been taken over', () => {
    journalAt(openJournal(folder, free)).owe(debt(REMOVE));
    expect([...abandoned(folder, held)]).toEqual([]);
    expect(journals()).toHaveLength(1);
    expect([...abandoned(folder, free)]).toHaveLength(1);
    expect(journals()).toEqual([]);
  });

  test('is kept when whoever takes it over dies before it is done', () => {
    journalAt(openJournal(folder, free)).owe(debt(REMOVE));
    for (const _ of abandoned(folder, free)) break;
    expect(journals()).toHaveLength(1);
  });

  test('is never seen before it is locked', () => {
    let seen: string[] = ['none'];
    openJournal(folder, () => {
      seen = journals();
      return 0;
    });
    expect(seen).toEqual([]);
  });

  test('of which the last line is torn is read without it, since its step was never begun', () => {
    journalAt(openJournal(folder, free)).owe(debt(REMOVE));
    appendFileSync(join(folder, journals()[0]!), '{"step":1,"comm');
    expect([...abandoned(folder, free)]).toEqual([[debt(REMOVE)]]);
  });

  test('in a folder that cannot be made is an error of node:fs', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openJournal(join(folder, 'file'), free)).toThrow(/EEXIST|ENOTDIR/);
  });

  test('is written before the kernel is asked', () => {
    const kernel = new ModelKernel();
    const journal = journalAt(openJournal(folder, free));
    const path = join(folder, journals()[0]!);
    const lines: number[] = [];
    applyPlan(
      {
        steps: [
          { command: CREATE, payload: bare({ name: 'a' }) },
          { command: LOAD, payload: table({ name: 'a' }, [[0, 8, 'linear', 'new']]) },
        ],
      },
      {
        ioctl(command, payload) {
          if (command === CREATE || command === LOAD) lines.push(readFileSync(path, 'utf8').split('\n').length - 1);
          return kernel.ioctl(command, payload);
        },
        nodes: { appear: () => null, vanish: () => undefined },
        pause: () => undefined,
        own: '',
      },
      journal,
      () => null,
    );
    expect(lines).toEqual([1, 2]);
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

describe('recovery', () => {
  type Given = Partial<Device> & { name: string };
  class Killed extends Error {}

  /** Applies a plan that is killed at the n-th ioctl, before or behind it, and lets another executor recover. */
  function killed(
    steps: () => Parameters<typeof applyPlan>[0]['steps'],
    devices: Given[],
    at: number,
    behind: boolean,
  ) {
    const kernel = new ModelKernel();
    for (const device of devices) kernel.add(device);
    const debts: Debt[] = [];
    let [call, dead] = [0, false];
    const nodes = { appear: () => null, vanish: () => undefined };
    const ioctl = (command: number, payload: Uint8Array<ArrayBuffer>) => {
      const errno = call === at && !behind ? 0 : dead ? 0 : kernel.ioctl(command, payload);
      if (call++ === at) dead = true;
      if (dead) throw new Killed();
      return errno;
    };
    const journal = {
      owe: (owed: Debt) => {
        if (!dead) debts.push(owed);
      },
      clear: () => {
        if (!dead) debts.length = 0;
      },
    };
    try {
      applyPlan({ steps: steps() }, { ioctl, nodes, pause: () => undefined, own: '' }, journal, () => null);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    const undone = recover(
      { ioctl: (command, payload) => kernel.ioctl(command, payload), nodes, pause: () => undefined, own: '' },
      debts,
    );
    return { kernel, undone, done: !dead };
  }

  const create = (name: string, uuid: string) => [
    { command: CREATE, payload: bare({ name, uuid }) },
    { command: LOAD, payload: table({ name }, [[0, 8, 'linear', 'new']]) },
    { command: SUSPEND, payload: bare({ name }) },
  ];
  const reload = () => [
    { command: LOAD, payload: table({ name: 'a' }, [[0, 8, 'linear', 'new']]) },
    { command: SUSPEND, payload: bare({ name: 'a', flags: F_SUSPEND }) },
    { command: SUSPEND, payload: bare({ name: 'a' }) },
  ];
  const suspend = () => reload().slice(1, 2);
  const remove = () => [{ command: REMOVE, payload: bare({ name: 'a' }) }];
  const foreign = { name: 'other', active: 'theirs', inactive: 'more', suspended: true };
  const live = { name: 'a', uuid: '', active: 'old' };

  test.each([
    ['create with a uuid', () => create('a', 'TAG-1'), []],
    ['create without a uuid', () => create('a', ''), []],
    ['create two', () => [...create('a', 'TAG-1'), ...create('b', 'TAG-2')], []],
    ['reload', reload, [live]],
    ['reload by one who has a uuid', reload, [{ ...live, uuid: 'U' }]],
    ['suspend', suspend, [live]],
    ['remove', remove, [live]],
  ])(
    'after a kill before or behind any ioctl of %s leaves nothing half made and nothing suspended',
    (_, steps, own) => {
      for (let at = 0, done = false; !done; at++) {
        for (const behind of [false, true]) {
          const devices: Given[] = [...own, foreign];
          const after = killed(steps, devices, at, behind);
          done = after.done;
          if (done) break;
          const [other] = after.kernel.devices.filter(({ name }) => name === 'other');
          expect(other).toMatchObject(foreign);
          for (const device of after.kernel.devices.filter(({ name }) => name !== 'other')) {
            expect(device).toMatchObject({ suspended: false, inactive: null });
            expect(own.length > 0 || device.active).toBeTruthy();
          }
        }
      }
    },
  );

  const recovering = (devices: Given[], debts: Debt[]) => {
    const kernel = new ModelKernel();
    for (const device of devices) kernel.add(device);
    const nodes = { appear: () => null, vanish: () => undefined };
    return {
      kernel,
      undone: recover({ ioctl: (c, p) => kernel.ioctl(c, p), nodes, pause: () => undefined, own: '' }, debts),
    };
  };

  test('does not remove a device without a uuid that has become somebody’s', () => {
    for (const theirs of [{ active: 'x' }, { inactive: 'x' }, { uuid: 'THEIRS' }]) {
      const { kernel, undone } = recovering([{ name: 'a', ...theirs }], [debt(REMOVE)]);
      expect(kernel.devices).toHaveLength(1);
      expect(undone).toEqual([]);
    }
    expect(recovering([{ name: 'a' }], [debt(REMOVE)]).kernel.devices).toEqual([]);
  });

  test('does not resume a device of the same name that is another', () => {
    const { kernel } = recovering(
      [{ name: 'a', active: 'x', suspended: true, minor: 3 }],
      [debt(SUSPEND, 'a', { dev: 1 })],
    );
    expect(kernel.devices).toMatchObject([{ suspended: true }]);
  });

  test('says nothing of what is gone already', () => {
    expect(recovering([], [debt(REMOVE, 'a', { uuid: 'U' }), debt(SUSPEND, 'b', { dev: 7 })]).undone).toEqual([]);
  });
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalAt, openJournal } from '../../../executor/journal.ts';
import { type Control, prepare } from '../../../executor/readiness.ts';
import { ModelKernel } from './model.ts';
import { REMOVE, VERSION } from './payloads.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readiness-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HELD = 11;
/** By `lock`, the journals in the folder are dead executors', or held by living ones. */
const control = (ioctl: Control['ioctl'], lock = HELD): Control => ({ ioctl, mknod: () => 0, lock: () => lock });
const policy = (uuidPrefix: string, reason: string | null = null) => ({
  digest: null,
  uuidPrefix,
  filter: null,
  reason,
});
const refusing = (errno: number) => control(() => errno);
const driver = (minor: number, more: Control['ioctl'] = () => 0) =>
  control((command, payload) => {
    if (command !== VERSION) return more(command, payload);
    payload.set([4, 0, 0, 0, minor]);
    return 0;
  });

test.each([
  ['no control node', 2, 'no_device_mapper'],
  ['a control node without a driver', 6, 'no_device_mapper'],
  ['a control node without a device', 19, 'no_device_mapper'],
  ['a node of something else', 25, 'no_device_mapper'],
  ['a control node that may not be opened, or no CAP_SYS_ADMIN', 13, 'permission_denied'],
  ['a control node that may not be opened at all', 1, 'permission_denied'],
])('%s is told apart', (_, errno, name) => {
  expect(prepare(refusing(errno), policy(''), folder)).toMatchObject({ reason: { name }, driver: null, journal: null });
  expect(readdirSync(folder)).toEqual([]);
});

test('what nobody can mend from a message is a defect', () => {
  expect(() => prepare(refusing(24), policy(''), folder)).toThrow('errno 24');
});

test('a driver is told, and the journal is open', () => {
  expect(prepare(driver(50), policy(''), folder)).toMatchObject({ reason: null, driver: [4, 50, 0] });
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^journal-/)]);
});

test('a policy of own devices takes a kernel that lists those alone', () => {
  expect(prepare(driver(44), policy('OWN-'), folder)).toMatchObject({ reason: { name: 'bad_policy' } });
  expect(prepare(driver(45), policy('OWN-'), folder)).toMatchObject({ driver: [4, 45, 0] });
});

test('a policy that nobody can judge by comes before everything else', () => {
  expect(prepare(refusing(13), policy('', 'why'), folder)).toMatchObject({
    reason: { name: 'bad_policy', message: 'why' },
  });
});

test('a folder that cannot be written is told', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(prepare(driver(50), policy(''), join(folder, 'file'))).toMatchObject({
    reason: { name: 'no_journal', message: expect.stringContaining('--journal') },
  });
});

test('what a dead executor owed is paid first', () => {
  const kernel = new ModelKernel();
  kernel.add({ name: 'half', uuid: 'U' });
  journalAt(openJournal(folder, () => 0)).owe({ step: 0, command: REMOVE, name: 'half', uuid: 'U', dev: 0 });
  const { ioctl } = driver(50, (command, payload) => kernel.ioctl(command, payload));
  prepare(control(ioctl, 0), policy(''), folder);
  expect(kernel.devices).toEqual([]);
});

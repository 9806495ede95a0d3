/** The judge beside a real device-mapper: what it counts and resolves there, in place of what a model would say. */
import { Unpackr } from 'msgpackr';
import { expect, it } from 'vitest';
import type { Step } from '../../src/planner/plan.ts';
import { PROGRAM, question } from '../unit/policy/judged.ts';
import { create, load } from '../unit/policy/sample.ts';
import { quote, useKernel } from './harness.ts';

const kernel = useKernel({ disks: [4, 4], programs: [PROGRAM] });

const PATH = '/run/policy.json';
/** As an executor that is root starts it. */
const JUDGE = [
  'setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all env -i',
  `${process.execPath} --jitless --disallow-code-generation-from-strings ${PROGRAM} ${PATH} 3< ${PATH}`,
].join(' ');

/** What a judge of this policy says first, and to each plan of client 1. */
async function answers(more: object, ...plans: Step[][]): Promise<Record<string, unknown>[]> {
  const rule = { commands: ['DEV_CREATE', 'TABLE_LOAD'], targets: { zero: {}, linear: { backing: ['disks'] } } };
  const policy = { policy: 1, uuidPrefix: 'OWN-', clients: [{ uid: 1, rules: ['all'] }], backing: { disks: [] } };
  await kernel.sh(`echo ${quote(JSON.stringify({ ...policy, rules: { all: rule }, ...more }))} > ${PATH}`);
  const asked = Buffer.concat(plans.map((plan) => question(1, plan))).toString('base64');
  const said = Buffer.from(await kernel.sh(`echo '${asked}' | base64 -d | ${JUDGE} | base64`), 'base64');
  const messages: Record<string, unknown>[] = [];
  for (let at = 0; at < said.length; at += 4 + said.readUInt32BE(at))
    messages.push(new Unpackr({ useRecords: false }).unpack(said.subarray(at + 4, at + 4 + said.readUInt32BE(at))));
  return messages;
}

const made = (name: string) => [create(name, `OWN-${name}`), load({ name }, ['zero', ''])];
const onDisks = [load({ name: 'x' }, ['linear', '7:0 0'])];

it('takes a policy of root’s, as nobody', async () => {
  expect(await answers({}, made('x'))).toMatchObject([
    { digest: expect.stringMatching(/^sha256:/), uuidPrefix: 'OWN-', reason: null },
    { refused: null },
  ]);
});

it('counts the devices of ours that there are, and no others', async () => {
  await kernel.sh(`
    dmsetup create ours --table '0 8 zero' -u OWN-1
    dmsetup create other --table '0 8 zero' -u LVM-1
    dmsetup create plain --table '0 8 zero'`);
  const limits = { devices: 2 };
  const [, one, two] = await answers({ limits }, made('x'), [...made('x'), ...made('y')]);
  expect(one).toMatchObject({ refused: null });
  expect(two).toMatchObject({ refused: { step: 2, rule: 'limits.devices' } });
  await kernel.sh("dmsetup create second --notable -u OWN-2; dmsetup load second --table '0 8 zero'");
  expect((await answers({ limits }, made('x')))[1]).toMatchObject({ refused: { step: 0, rule: 'limits.devices' } });
  await kernel.sh('for name in ours other plain second; do dmsetup remove $name; done');
});

it('cannot count a device that never had a table, and so lets none be made', async () => {
  await kernel.sh('dmsetup create bare --notable -u OWN-1');
  const [, counted, bare] = await answers({ limits: { devices: 1 } }, made('x'), [create('x', 'OWN-x')]);
  expect(counted).toMatchObject({ refused: null });
  expect(bare).toMatchObject({ refused: { step: 0, rule: 'limits.devices' } });
  await kernel.sh('dmsetup remove bare');
});

it('follows a path to the number of the disk and its sequence number', async () => {
  await kernel.sh(`ln -s ${kernel.disks[1]} /run/by-id`);
  const diskseq = await kernel.sh('cat /sys/dev/block/7:1/diskseq');
  const backing = { disks: [{ path: '/run/by-id' }, { path: kernel.disks[0], readOnly: true }, { path: '/run' }] };
  expect((await answers({ backing }, onDisks))[1]).toMatchObject({ backing: [[`7:1 ${diskseq}`]] });
  await kernel.sh('rm /run/by-id');
});

it('gives a partition the sequence number of its disk', async () => {
  await kernel.sh('truncate -s 4M /tmp/parted; losetup -P /dev/loop6 /tmp/parted; addpart /dev/loop6 1 8 1000');
  const [number, diskseq] = (await kernel.sh('cat /sys/block/loop6/loop6p1/dev /sys/block/loop6/diskseq')).split('\n');
  const node = `mknod /run/loop6p1 b ${number!.replace(':', ' ')}`;
  await kernel.sh(node);
  const backing = { disks: [{ path: '/run/loop6p1' }] };
  expect((await answers({ backing }, onDisks))[1]).toMatchObject({ backing: [[`${number} ${diskseq}`]] });
  await kernel.sh('rm /run/loop6p1; losetup -d /dev/loop6; rm /tmp/parted');
});

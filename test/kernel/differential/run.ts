/** Hands tables to a kernel and judges what it says. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Target } from '../../../assembly/tables/notation.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { bootKernel, DEFAULT_MODULES, type Guest } from '../../../src/kernel/boot.ts';
import type { InstalledKernel } from '../../../src/kernel/install.ts';
import { hidden } from '../../../src/kernel/session.ts';
import type { Planner } from '../../../src/planner/planner.ts';
import { bundleInto } from '../bundle.ts';
import type { Sample } from './generate.ts';
import type { Answer, Job } from './job.ts';
import { DEVICE, type Judgement, judge, plan, type Versions } from './judge.ts';
import { DISKS, KEYS, PROFILES } from './profiles.ts';

const FOLDER = '/run/differential';
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const RUN_TIMEOUT_MS = 1_800_000;

/** A guest with the disks of the profiles, and the probe in a folder that it can write. */
export async function bootForTables(kernel: InstalledKernel, folder: string): Promise<Guest> {
  mkdirSync(folder, { recursive: true });
  bundleInto(fileURLToPath(new URL('probe.ts', import.meta.url)), join(folder, 'probe.cjs'));
  const disks = DISKS.map(
    ({ size, sectorSize = 512 }, index) =>
      `truncate -s ${size} ${FOLDER}/${index}\nlosetup -b ${sectorSize} /dev/loop${index} ${FOLDER}/${index}`,
  );
  return bootKernel({
    kernel,
    writable: [folder],
    readable: hidden([process.execPath, MODULES]),
    modules: [...DEFAULT_MODULES, 'dm-mirror', 'dm-round-robin', 'dm-queue-length', 'dm-service-time'],
    memory: '1G',
    prepare: [
      `mkdir ${FOLDER}`,
      `mount -t tmpfs -o size=100% tmpfs ${FOLDER}`,
      ...DISKS.map((_, index) => `[ -e /dev/loop${index} ] || mknod /dev/loop${index} b 7 ${index}`),
      ...disks,
    ].join('\n'),
  });
}

/** The versions of the targets that are there. */
export async function versionsIn(guest: Guest): Promise<Versions> {
  const { stdout } = await guest.run('dmsetup targets');
  const found = [...stdout.matchAll(/^(\S+)\s+v(\d+)\.(\d+)\.(\d+)$/gm)];
  return Object.fromEntries(
    found.map(([, type, ...numbers]) => [type, numbers.map(Number) as [number, number, number]]),
  );
}

export function targetOf(type: string): Target {
  return TARGETS.find((target) => target.type === type)!;
}

/** Judges tables of one type. */
export async function runTables(
  { guest, planner, folder, versions }: { guest: Guest; planner: Planner; folder: string; versions: Versions },
  { type, kernel, samples }: { type: string; kernel: string; samples: readonly Sample[] },
): Promise<Judgement[]> {
  const profile = PROFILES[type]!;
  const known = Object.fromEntries(Object.entries(versions).filter(([name]) => name === type));
  const planned = samples.map((sample) => plan(planner, sample, known));
  const job: Job = {
    name: DEVICE,
    fresh: (profile.fresh ?? []).map(([disk, bytes]) => ({ file: `${FOLDER}/${disk}`, bytes })),
    keys: [...KEYS],
    payloads: planned.map(({ payload }) => Buffer.from(payload).toString('base64')),
  };
  const [input, output] = [join(folder, `${type}.job`), join(folder, `${type}.answers`)];
  writeFileSync(input, JSON.stringify(job));
  writeFileSync(output, '');
  await mustRun(guest, profile.prepare ?? ':');
  await mustRun(guest, `NODE_PATH=${MODULES} ${process.execPath} ${folder}/probe.cjs ${input} ${output}`).catch(
    (cause) => {
      const { length } = answersIn(output);
      const { type, length: sectors, params } = planned[length]!.sample;
      throw new Error(`table ${length}, ${sectors} ${type} ${params}: ${cause.message}`, { cause });
    },
  );
  await mustRun(guest, profile.finish ?? ':');
  return answersIn(output).map((line, index) => judge(planner, planned[index]!, JSON.parse(line) as Answer, kernel));
}

function answersIn(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

async function mustRun(guest: Guest, command: string): Promise<void> {
  const { code, stdout, stderr } = await guest.run(command, { timeoutMs: RUN_TIMEOUT_MS });
  if (code !== 0) throw new Error(`${command}\nends with ${code}: ${stdout}${stderr}\n${guest.log().slice(-2000)}`);
}

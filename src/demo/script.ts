import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceMapper } from '../device-mapper.ts';
import { DmError } from '../errors.ts';
import type { Guest } from '../kernel/boot.ts';
import { openInKernel } from '../kernel/session.ts';
import type { Plan } from '../planner/plan.ts';
import type { Planner } from '../planner/planner.ts';
import type { Request } from '../request.ts';
import { verity } from '../targets.ts';

/** What the demo shows, one call each, in this order. */
export interface Audience {
  image(facts: { bytes: number; rootDigest: string; salt: string }): Promise<void>;
  plan(plan: Plan, planner: Planner): Promise<void>;
  created(path: string, sameAsImage: boolean): Promise<void>;
  corrupted(facts: { byte: number; readError: string; status: string }): Promise<void>;
  refused(request: Request, error: DmError): Promise<void>;
  removed(left: number): Promise<void>;
}

export interface DemoOptions {
  release: string;
  log: (text: string) => void;
  signal?: AbortSignal;
}

const NAME = 'demo';
const IMAGE_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 4096;
/** A byte in the middle of the image. */
const FLIPPED_BYTE = 4 * 1024 * 1024 + 1234;

/** Runs the demo: a verity device planned, created, read, corrupted, refused and removed on a throwaway kernel. */
export async function runDemo(audience: Audience, options: DemoOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dmplan-demo-'));
  try {
    const image = join(folder, 'image');
    const tree = join(folder, 'tree');
    await writeFile(image, randomBytes(IMAGE_BYTES));
    await writeFile(tree, '');
    await truncate(tree, IMAGE_BYTES / 8);
    const { guest, dm } = await openInKernel({ ...options, disks: [{ file: image }, { file: tree }] });
    try {
      await perform(audience, guest, dm);
    } finally {
      await dm.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function perform(audience: Audience, guest: Guest, dm: DeviceMapper): Promise<void> {
  const [data, hash] = guest.disks as [string, string];
  const facts = await formatTree(guest, data, hash);
  await audience.image({ bytes: IMAGE_BYTES, ...facts });

  const request = { action: 'create', name: NAME, readOnly: true, targets: [target(data, hash, facts)] } as const;
  await audience.plan(dm.planner.plan({ ...request, targets: [...request.targets] }), dm.planner);

  const { path } = await dm.create({ name: NAME, readOnly: true, targets: [...request.targets] });
  const compared = await guest.run(`cmp ${path} ${data}`);
  await audience.created(path ?? '', compared.code === 0);

  await audience.corrupted(await corrupt(guest, dm, data, path ?? ''));

  for (const bad of badRequests(data, hash, facts)) {
    const error = refusalOf(dm.planner, bad);
    if (!error) throw new Error('a bad request was not refused');
    await audience.refused(bad, error);
  }

  await dm.remove(NAME);
  await audience.removed((await dm.list()).length);
}

interface Tree {
  rootDigest: string;
  salt: string;
}

/** The hash tree, made by veritysetup in the guest. */
async function formatTree(guest: Guest, data: string, hash: string): Promise<Tree> {
  const salt = randomBytes(32).toString('hex');
  const { code, stdout, stderr } = await guest.run(
    `veritysetup format --data-block-size ${BLOCK_BYTES} --hash-block-size ${BLOCK_BYTES} --salt ${salt} ${data} ${hash}`,
  );
  const root = /^Root hash:\s*([0-9a-f]+)/m.exec(stdout)?.[1];
  if (code !== 0 || root === undefined) throw new DmError({ code: 'veritysetup_failed', message: stderr.trim() });
  return { rootDigest: root, salt };
}

function target(dataDevice: string, hashDevice: string, { rootDigest, salt }: Tree): ReturnType<typeof verity> {
  return verity({
    length: IMAGE_BYTES / 512,
    hashType: 1,
    dataDevice,
    hashDevice,
    dataBlockSize: BLOCK_BYTES,
    hashBlockSize: BLOCK_BYTES,
    dataBlocks: IMAGE_BYTES / BLOCK_BYTES,
    hashStartBlock: 1,
    algorithm: 'sha256',
    rootDigest,
    salt,
  });
}

/** Flips one byte below the device, reads that block through it, and asks how the device sees itself. */
async function corrupt(
  guest: Guest,
  dm: DeviceMapper,
  data: string,
  path: string,
): Promise<{ byte: number; readError: string; status: string }> {
  await guest.run(`
    byte=$(od -An -tu1 -j ${FLIPPED_BYTE} -N 1 ${data})
    printf "\\\\$(printf %03o $((byte ^ 1)))" | dd of=${data} bs=1 seek=${FLIPPED_BYTE} conv=notrunc status=none
    sync && echo 3 > /proc/sys/vm/drop_caches`);
  const block = Math.floor(FLIPPED_BYTE / BLOCK_BYTES);
  const read = await guest.run(`dd if=${path} of=/dev/null bs=${BLOCK_BYTES} skip=${block} count=1 status=none`);
  const [status] = await dm.status(NAME);
  return { byte: FLIPPED_BYTE, readError: read.stderr.trim(), status: status?.params ?? '' };
}

/** Three requests that a person could well type, each wrong in its own way. */
function badRequests(data: string, hash: string, tree: Tree): Request[] {
  return [
    { action: 'create', name: 'two', table: `0 2048 linear ${data} 0\n4096 2048 linear ${hash} 0\n` },
    { action: 'create', name: 'stripes', table: `0 1000 striped 3 128 ${data} 0 ${hash} 0 ${hash} 512\n` },
    {
      action: 'create',
      name: 'image',
      readOnly: true,
      targets: [{ ...target(data, hash, tree), rootDigest: tree.rootDigest.slice(1) } as ReturnType<typeof verity>],
    },
  ];
}

function refusalOf(planner: Planner, request: Request): DmError | undefined {
  try {
    planner.plan(request);
    return undefined;
  } catch (error) {
    if (error instanceof DmError) return error;
    throw error;
  }
}

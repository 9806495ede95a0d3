/** Images that were made here, on a real kernel: opened, read, corrupted, closed; and hcsshim's whole story. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatVerity } from '../../src/index.ts';
import type { CommandResult, Guest } from '../../src/kernel/boot.ts';
import { bootKernel } from '../../src/kernel/boot.ts';
import { ensureKernel } from '../../src/kernel/install.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';
import { hidden } from '../../src/kernel/session.ts';

const folder = mkdtempSync(join(tmpdir(), 'verity-image-'));
const file = (name: string): string => join(folder, name);
const main = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const story = fileURLToPath(new URL('story.mjs', import.meta.url));

const BLOCK = 4096;
const CASES = [
  { name: 'usual', hashType: 1, algorithm: 'sha256', blocks: 129, salt: 'e48da609', size: BLOCK },
  { name: 'chrome', hashType: 0, algorithm: 'sha1', blocks: 300, salt: 'ab', size: BLOCK },
  { name: 'small', hashType: 1, algorithm: 'sha512', blocks: 1025, salt: 'c7'.repeat(256), size: 1024 },
  { name: 'single', hashType: 1, algorithm: 'sha256', blocks: 1, salt: '', size: BLOCK },
] as const;

interface Made {
  name: string;
  data: string;
  hash: string;
  root: string;
}

const made: Made[] = [];
let guest: Guest;

/** Runs dmplan inside the guest, as root. */
const dmplan = (args: string): Promise<CommandResult> =>
  guest.run(`${process.execPath} ${main} ${args}`, { timeoutMs: 60_000 });

const bytes = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 9)) & 0xff));

/** Layers of ext4 in one device, each followed by its superblock and tree, as hcsshim packs them into a pmem device. */
interface Layer {
  offset: number;
  fileSystem: number;
  size: number;
  text: string;
}

async function packLayers(): Promise<Layer[]> {
  const layers: Layer[] = [];
  const parts: Buffer[] = [];
  let offset = 0;
  for (const text of ['lowest', 'middle', 'highest']) {
    const content = file(`content-${text}`);
    mkdirSync(content);
    writeFileSync(join(content, 'name'), text);
    const image = file(`${text}.ext4`);
    execFileSync('/sbin/mke2fs', ['-q', '-t', 'ext4', '-b', '4096', '-d', content, image, '4M']);
    const fileSystem = readFileSync(image).length;
    await formatVerity({ dataDevice: image, hashDevice: image, hashOffset: fileSystem, salt: '00'.repeat(32) });
    const whole = readFileSync(image);
    parts.push(whole);
    layers.push({ offset, fileSystem, size: whole.length, text });
    offset += whole.length;
  }
  writeFileSync(file('pmem'), Buffer.concat(parts));
  return layers;
}

let layers: Layer[];
let fecRoot: string;

beforeAll(async () => {
  for (const { name, hashType, algorithm, blocks, salt, size } of CASES) {
    const data = file(`${name}.data`);
    writeFileSync(data, bytes(blocks * size));
    const hash = file(`${name}.hash`);
    const sizes = { dataBlockSize: size, hashBlockSize: size };
    const { rootDigest } = await formatVerity({
      dataDevice: data,
      hashDevice: hash,
      hashType,
      algorithm,
      salt,
      ...sizes,
    });
    made.push({ name, data, hash, root: rootDigest });
  }
  const corrupt = readFileSync(made[0]!.data);
  corrupt[7 * BLOCK + 100]! ^= 1;
  writeFileSync(file('corrupt.data'), corrupt);
  writeFileSync(file('fec.data'), readFileSync(made[0]!.data));
  const fecImage = { dataDevice: file('fec.data'), hashDevice: file('fec.hash'), salt: 'ab' };
  const { rootDigest } = await formatVerity({ ...fecImage, fec: { device: file('fec.fec'), roots: 8 } });
  fecRoot = rootDigest;
  const damaged = readFileSync(file('fec.data'));
  damaged.fill(0xee, 7 * BLOCK, 9 * BLOCK);
  writeFileSync(file('fec.data'), damaged);
  layers = await packLayers();
  const kernel = await ensureKernel(kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1'), { install: true });
  const images = [...made.flatMap(({ data, hash }) => [data, hash]), file('corrupt.data')];
  images.push(file('fec.data'), file('fec.hash'), file('fec.fec'), file('pmem'));
  guest = await bootKernel({
    kernel,
    disks: images.map((image) => ({ file: image, readOnly: true })),
    readable: hidden([main, process.execPath, story]),
    prepare: 'modprobe ext4; true',
  });
}, 120_000);

afterAll(async () => {
  await guest?.close();
  rmSync(folder, { recursive: true });
});

const devices = (index: number): [string, string] => [guest.disks[2 * index]!, guest.disks[2 * index + 1]!];

describe.each(CASES.map((one, index) => [one.name, index, one] as const))(
  'an image made here (%s)',
  (name, index, one) => {
    const pinned = `-h ${one.algorithm} --format ${one.hashType} --data-block-size ${one.size} --hash-block-size ${one.size} --data-blocks ${one.blocks} -s ${one.salt || '-'}`;

    it('opens with everything pinned, reads as it was, and closes', async () => {
      const [data, hash] = devices(index);
      expect(await dmplan(`verity open ${data} ${name} ${hash} ${made[index]!.root} ${pinned}`)).toMatchObject({
        code: 0,
        stderr: '',
      });
      const read = await guest.run(`cat /dev/mapper/${name}`);
      expect(Buffer.from(read.stdoutBytes).equals(readFileSync(made[index]!.data))).toBe(true);
      const status = JSON.parse((await dmplan(`verity status ${name} --json`)).stdout);
      expect(status).toMatchObject({ name, corrupt: false, readOnly: true, rootDigest: made[index]!.root });
      expect(await dmplan(`verity close ${name}`)).toMatchObject({ code: 0 });
      expect((await guest.run('dmsetup ls')).stdout).toBe('No devices found\n');
    });
  },
);

describe('opening', () => {
  it('without pinned parameters is refused, and with trust it warns', async () => {
    const [data, hash] = devices(0);
    const refused = await dmplan(`verity open ${data} x ${hash} ${made[0]!.root} --json`);
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'verity_unpinned' });
    const trusted = await dmplan(`verity open ${data} x ${hash} ${made[0]!.root} --trust-superblock`);
    expect(trusted).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing authenticates') });
    await dmplan('verity close x');
  });

  it('refuses a superblock that says something else than is pinned', async () => {
    const [data, hash] = devices(0);
    const open = `verity open ${data} x ${hash} ${made[0]!.root} --trust-superblock --data-blocks 128 --json`;
    const refused = await dmplan(open);
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'verity_parameter_mismatch', path: 'dataBlocks' });
  });

  it('a corrupt block is an I/O error, the others read, and the status says so', async () => {
    const [, hash] = devices(0);
    const data = guest.disks[CASES.length * 2]!;
    await dmplan(`verity open ${data} x ${hash} ${made[0]!.root} --trust-superblock`);
    expect((await guest.run('dd if=/dev/mapper/x of=/dev/null bs=4096 count=7')).code).toBe(0);
    const bad = await guest.run('dd if=/dev/mapper/x of=/dev/null bs=4096 skip=7 count=1 iflag=direct');
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('Input/output error') });
    expect(JSON.parse((await dmplan('verity status x --json')).stdout).corrupt).toBe(true);
    expect((await dmplan('veritysetup status x')).stdout).toContain('  status:      corrupted\n');
    await dmplan('verity close x');
  });

  it('veritysetup and dmplan say the same of a device, whoever has opened it', async () => {
    const [data, hash] = devices(0);
    await dmplan(`veritysetup open ${data} x ${hash} ${made[0]!.root}`);
    const ours = await dmplan('veritysetup status x');
    const theirs = await guest.run('veritysetup status x');
    expect(ours).toMatchObject({ code: 0, stdout: theirs.stdout });
    expect(ours.stdout).toContain('  status:      verified\n');
    expect((await dmplan(`veritysetup open ${data} x ${hash} ${made[0]!.root}`)).code).toBe(5);
    expect((await dmplan('veritysetup close x')).code).toBe(0);
    expect(await dmplan('veritysetup status x')).toMatchObject({ code: 4, stdout: '/dev/mapper/x is inactive.\n' });
    expect((await dmplan('veritysetup close x')).code).toBe(4);
  });

  it('with error correction does what veritysetup does: repairs, or is refused by a kernel without it', async () => {
    const [data, hash, fec] = guest.disks.slice(CASES.length * 2 + 1);
    const open = `veritysetup open ${data} x ${hash} ${fecRoot} --fec-device=${fec} --fec-roots=8`;
    const theirs = await guest.run(open);
    const status = (await guest.run('veritysetup status x')).stdout;
    await guest.run('veritysetup close x');
    const ours = await dmplan(open);
    expect(ours.code === 0).toBe(theirs.code === 0);
    // Debian's user-mode kernels are built without CONFIG_DM_VERITY_FEC.
    if (theirs.code !== 0) return expect(guest.log()).toContain('verity: Invalid number of feature args');
    const read = await guest.run('cat /dev/mapper/x');
    expect(Buffer.from(read.stdoutBytes).equals(readFileSync(made[0]!.data))).toBe(true);
    expect((await dmplan('veritysetup status x')).stdout).toBe(status);
    await dmplan('veritysetup close x');
  });

  it('close removes verity devices alone', async () => {
    await guest.run("dmsetup create plain --table '0 8 zero'");
    expect(JSON.parse((await dmplan('verity close plain --json')).stdout).error.code).toBe('not_verity');
    await guest.run('dmsetup remove plain');
  });
});

describe("hcsshim's whole story", () => {
  const tell = (failAt: string) =>
    guest.run(`${process.execPath} ${story} ${guest.disks.at(-1)} '${JSON.stringify(layers)}' '${failAt}' 2>&1`, {
      timeoutMs: 60_000,
    });
  const left = async (): Promise<string> =>
    (await guest.run('dmsetup ls; grep -c /run/layer /proc/mounts; ls /dev/mapper')).stdout;

  it('maps, verifies, mounts and reads each layer, and removes all of it in reverse', async () => {
    const told = await tell('');
    expect(told.stdout).toBe('read lowest\nread middle\nread highest\nremoved\n');
    expect(await left()).toBe('No devices found\n0\ncontrol\n');
  });

  it.each(['linear 2', 'verity 1', 'mount 2', 'name 1'])('leaves nothing when it fails at %s', async (failAt) => {
    expect((await tell(failAt)).stdout).toMatch(/^failed: /m);
    expect(await left()).toBe('No devices found\n0\ncontrol\n');
  });
});

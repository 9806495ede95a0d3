import { beforeAll, describe, expect, it } from 'vitest';
import { DmError } from '../../src/errors.ts';
import { type VerityFields, verity } from '../../src/targets.ts';
import { KERNEL, MIB, SECTOR, useKernel } from './harness.ts';

const kernel = useKernel();

const NAME = 'verified';
const BLOCK = 4096;
const SALT = 'a5'.repeat(32);

interface Format {
  blocks?: number;
  dataBlockSize?: number;
  hashBlockSize?: number;
  hashType?: 0 | 1;
  salt?: string;
  algorithm?: string;
  fecRoots?: number;
}

/** Data, its tree and perhaps its error correction, each on a loop device of its own. */
interface Image {
  data: string;
  hash: string;
  fec: string;
  blocks: number;
  fields: VerityFields;
}

let images = 0;

/** Random data but for block 1, which is zeros, formatted by veritysetup. */
async function makeImage(format: Format = {}): Promise<Image> {
  const { dataBlockSize = BLOCK, hashBlockSize = BLOCK, hashType = 1, salt = SALT, algorithm = 'sha256' } = format;
  const { blocks = 256, fecRoots } = format;
  const at = `/tmp/image${images++}`;
  const fecOptions = fecRoots === undefined ? '' : `--fec-device=${at}.fec --fec-roots=${fecRoots}`;
  const said = await kernel.sh(`
    dd if=/dev/urandom of=${at}.data bs=${dataBlockSize} count=${blocks} status=none
    dd if=/dev/zero of=${at}.data bs=${dataBlockSize} seek=1 count=1 conv=notrunc status=none
    truncate -s 1M ${at}.hash ${at}.fec
    veritysetup format --format=${hashType} --data-block-size=${dataBlockSize} --hash-block-size=${hashBlockSize} \
      --hash=${algorithm} --salt=${salt} ${fecOptions} ${at}.data ${at}.hash
    truncate -s 1M ${at}.hash ${at}.fec
    for part in data hash fec; do losetup --show -f ${at}.$part; done`);
  const number = (label: string): number => Number(new RegExp(`^${label}:\\s*(\\d+)`, 'm').exec(said)?.[1]);
  const [data, hash, fec] = said.split('\n').slice(-3) as [string, string, string];
  const fields: VerityFields = {
    length: (blocks * dataBlockSize) / SECTOR,
    hashType,
    dataDevice: data,
    hashDevice: hash,
    dataBlockSize,
    hashBlockSize,
    dataBlocks: blocks,
    hashStartBlock: Math.ceil(SECTOR / hashBlockSize),
    algorithm,
    rootDigest: /^Root hash:\s*([0-9a-f]+)/m.exec(said)![1]!,
    salt: salt === '-' ? '' : salt,
    ...(fecRoots === undefined
      ? {}
      : { fecDevice: fec, fecRoots, fecStartBlock: 0, fecBlocks: blocks + number('Hash blocks') }),
  };
  return { data, hash, fec, blocks, fields };
}

/** Runs with a device on top, and removes it. */
async function withDevice(fields: VerityFields, use: (path: string) => Promise<void>): Promise<void> {
  const { path } = await kernel.dm.create({ name: NAME, readOnly: true, targets: [verity(fields)] });
  try {
    await use(path!);
  } finally {
    await kernel.dm.remove(NAME);
  }
}

/** Inverts one byte for as long as `use` takes. */
async function withCorruption(device: string, at: number, use: () => Promise<void>): Promise<void> {
  const good = await kernel.read(device, at, 1);
  if (typeof good === 'string') throw new Error(good);
  const put = async (byte: number): Promise<void> => {
    expect(await kernel.write(device, at, Uint8Array.of(byte))).toBeUndefined();
    await kernel.dropCaches();
  };
  await put(good[0]! ^ 0xff);
  try {
    await use();
  } finally {
    await put(good[0]!);
  }
}

const status = async (): Promise<string> => (await kernel.dm.status(NAME))[0]!.params;

/** A newer kernel counts in a second word what forward error correction mended, `-` where there is none. */
const state = (letter: 'V' | 'C'): string => (KERNEL === '7.2' ? `${letter} -` : letter);

const sameAsData = (path: string, image: Image): Promise<string> => kernel.sh(`cmp ${path} ${image.data}`);

const readBlock = (path: string, block: number, size = BLOCK): Promise<Buffer | string> =>
  kernel.read(path, block * size, size);

let plain: Image;
beforeAll(async () => {
  plain = await makeImage();
});

describe('an image that is as it was made', () => {
  it('reads whole, says V, and takes no writes', async () => {
    await withDevice(plain.fields, async (path) => {
      await sameAsData(path, plain);
      expect(await status()).toBe(state('V'));
      expect(await kernel.write(path, 0, Buffer.alloc(SECTOR))).toBe('EPERM');
      expect(await kernel.sh(`blockdev --getsize64 --getro ${path}`)).toBe(`${MIB}\n1`);
    });
  });

  const formats: [string, Format][] = [
    ['hash type 0', { hashType: 0 }],
    ['hash type 0 and no salt', { hashType: 0, salt: '-' }],
    ['no salt', { salt: '-' }],
    ['a salt of one byte', { salt: '07' }],
    ['data blocks of 512 bytes', { dataBlockSize: 512, blocks: 2048 }],
    ['data blocks of 1024 and hash blocks of 512 bytes', { dataBlockSize: 1024, hashBlockSize: 512, blocks: 1024 }],
    ['data blocks of 4096 and hash blocks of 1024 bytes', { hashBlockSize: 1024 }],
    ['sha512', { algorithm: 'sha512' }],
    ['sha1 and hash type 0', { algorithm: 'sha1', hashType: 0 }],
    ['one block', { blocks: 2 }],
  ];
  it.each(formats)('with %s reads whole', async (_, format) => {
    const image = await makeImage(format);
    await withDevice(image.fields, async (path) => {
      await sameAsData(path, image);
      expect(await status()).toBe(state('V'));
    });
  });

  it('may be mapped in part', async () => {
    await withDevice({ ...plain.fields, length: (8 * BLOCK) / SECTOR }, async (path) => {
      expect(await kernel.sh(`cmp -n ${8 * BLOCK} ${path} ${plain.data}; blockdev --getsize64 ${path}`)).toBe('32768');
    });
  });
});

describe('a corrupted image', () => {
  it('fails to read the block that a data byte was changed in, and no other, and says C from then on', async () => {
    await withCorruption(plain.data, 5 * BLOCK + 1234, () =>
      withDevice(plain.fields, async (path) => {
        expect(await status()).toBe(state('V'));
        expect(await readBlock(path, 4)).toHaveLength(BLOCK);
        expect(await readBlock(path, 5)).toBe('EIO');
        expect(await readBlock(path, 6)).toHaveLength(BLOCK);
        expect(await status()).toBe(state('C'));
      }),
    );
    await withDevice(plain.fields, async (path) => {
      await sameAsData(path, plain);
      expect(await status()).toBe(state('V'));
    });
  });

  it('fails to read all blocks whose digests stand in a corrupted hash block, and no others', async () => {
    // Superblock, root, then two blocks of 128 digests each: the byte is in the last.
    await withCorruption(plain.hash, 3 * BLOCK + 40, () =>
      withDevice(plain.fields, async (path) => {
        expect(await readBlock(path, 0)).toHaveLength(BLOCK);
        expect(await readBlock(path, 127)).toHaveLength(BLOCK);
        expect(await readBlock(path, 128)).toBe('EIO');
        expect(await readBlock(path, 255)).toBe('EIO');
        expect(await status()).toBe(state('C'));
      }),
    );
  });

  it('with a wrong root digest is created, and reads nothing', async () => {
    const rootDigest = plain.fields.rootDigest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await withDevice({ ...plain.fields, rootDigest }, async (path) => {
      expect(await status()).toBe(state('V'));
      expect(await readBlock(path, 0)).toBe('EIO');
      expect(await readBlock(path, 255)).toBe('EIO');
      expect(await status()).toBe(state('C'));
    });
  });

  it('with ignore_corruption reads what is there, and says C', async () => {
    await withCorruption(plain.data, 5 * BLOCK, () =>
      withDevice({ ...plain.fields, onCorruption: 'ignore' }, async (path) => {
        await sameAsData(path, plain);
        expect(await status()).toBe(state('C'));
      }),
    );
  });

  it('with ignore_zero_blocks reads zeros where zeros were, whatever is there', async () => {
    await withCorruption(plain.data, BLOCK + 7, async () => {
      await withDevice(plain.fields, async (path) => {
        expect(await readBlock(path, 1)).toBe('EIO');
      });
      await withDevice({ ...plain.fields, ignoreZeroBlocks: true }, async (path) => {
        expect(await readBlock(path, 1)).toEqual(Buffer.alloc(BLOCK));
        expect(await status()).toBe(state('V'));
      });
    });
  });

  it('with check_at_most_once is not found out in a block that was read before', async () => {
    await withDevice({ ...plain.fields, checkAtMostOnce: true }, async (path) => {
      expect(await readBlock(path, 9)).toHaveLength(BLOCK);
      await withCorruption(plain.data, 9 * BLOCK, async () => {
        expect(await readBlock(path, 9)).toHaveLength(BLOCK);
      });
      await withCorruption(plain.data, 10 * BLOCK, async () => {
        expect(await readBlock(path, 10)).toBe('EIO');
      });
    });
  });
});

describe('the table', () => {
  /** As the kernel writes it back: devices as numbers, and the options in an order of its own. */
  const words = async (): Promise<string> => (await kernel.dm.table(NAME))[0]!.params;

  async function numberOf(device: string): Promise<string> {
    const [major, minor] = (await kernel.sh(`stat -c '%t %T' ${device}`)).split(' ');
    return `${Number.parseInt(major!, 16)}:${Number.parseInt(minor!, 16)}`;
  }

  /** The words that the planner compiled the request into, with devices as numbers. */
  async function planned(image: Image, fields: VerityFields): Promise<string> {
    const plan = kernel.dm.planner.plan({ action: 'create', name: NAME, readOnly: true, targets: [verity(fields)] });
    const payload = Buffer.from(plan.steps[1]!.payload);
    let text = payload.toString('latin1', 312 + 40, payload.indexOf(0, 312 + 40));
    for (const device of [image.data, image.hash, image.fec]) {
      text = text.replaceAll(new RegExp(`${device}(?= )`, 'g'), await numberOf(device));
    }
    return text;
  }

  const everywhere = { '6.1': true, '6.12': true, '7.2': true };
  const options: [string, Partial<VerityFields>, typeof everywhere][] = [
    ['no option', {}, everywhere],
    ['no salt', { salt: '' }, everywhere],
    ['ignore_corruption', { onCorruption: 'ignore' }, everywhere],
    ['restart_on_corruption', { onCorruption: 'restart' }, everywhere],
    ['panic_on_corruption', { onCorruption: 'panic' }, everywhere],
    // Came with 6.12, without a new version of the target.
    ['restart_on_error', { onError: 'restart' }, { ...everywhere, '6.1': false }],
    ['panic_on_error', { onError: 'panic' }, { ...everywhere, '6.1': false }],
    ['ignore_zero_blocks', { ignoreZeroBlocks: true }, everywhere],
    ['check_at_most_once', { checkAtMostOnce: true }, everywhere],
    ['try_verify_in_tasklet', { tryVerifyInTasklet: true }, everywhere],
    ['three options together', { onCorruption: 'ignore', ignoreZeroBlocks: true, checkAtMostOnce: true }, everywhere],
  ];
  for (const [name, fields, taken] of options) {
    if (taken[KERNEL]) {
      it(`with ${name} comes back in the same words, with devices as numbers`, async () => {
        await withDevice({ ...plain.fields, ...fields }, async () => {
          expect(await words()).toBe(await planned(plain, { ...plain.fields, ...fields }));
        });
      });
    } else {
      it(`with ${name} is refused by this kernel, and nothing is left`, async () => {
        expect((await refusal({ ...plain.fields, ...fields })).error.code).toBe('table_refused');
      });
    }
  }

  it('without readOnly is refused by the planner, before any executor is asked', async () => {
    const error = await kernel.dm.create({ name: NAME, targets: [verity(plain.fields)] }).catch((error) => error);
    expect(error).toBeInstanceOf(DmError);
    expect(error).toMatchObject({ code: 'read_only_required', step: undefined });
  });

  it('of an algorithm that the kernel does not have is refused with ENOENT', async () => {
    const { error } = await refusal({ ...plain.fields, algorithm: 'sha257' });
    expect(error).toMatchObject({ errno: { name: 'ENOENT' } });
  });

  it('with data blocks larger than a page is refused', async () => {
    const fields = { ...plain.fields, dataBlockSize: 8192, dataBlocks: plain.blocks / 2 };
    expect((await refusal(fields)).error.code).toBe('table_refused');
  });

  /**
   * Debian builds User-Mode Linux without CONFIG_DM_VERITY_FEC and CONFIG_DM_VERITY_VERIFY_ROOTHASH_SIG, so that only
   * this much can be seen of them here: the planner's words are veritysetup's, and the kernel refuses both alike.
   */
  describe('with what this kernel was built without', () => {
    it('forward error correction, is refused, like the table that veritysetup loads', async () => {
      const image = await makeImage({ fecRoots: 2 });
      const { error } = await refusal(image.fields);
      expect(error.code).toBe('table_refused');
      const ours = await kernelRefusal();
      const { data, hash, fec, fields } = image;
      const open = `veritysetup open ${data} ${NAME} ${hash} ${fields.rootDigest} --fec-device=${fec} --fec-roots=2`;
      expect(await kernel.guest.run(open)).not.toMatchObject({ code: 0 });
      expect(ours).toContain('Invalid number of feature args');
      expect(await kernelRefusal()).toBe(ours);
    });

    it('root hash signatures, is refused by the name of the option', async () => {
      const { error } = await refusal({ ...plain.fields, rootHashSignatureKey: 'nobody' });
      expect(error.code).toBe('table_refused');
      expect(await kernelRefusal()).toContain('Unrecognized verity feature request');
    });
  });
});

/** Why a table was not taken; nothing is left of it. */
async function refusal(fields: VerityFields): Promise<{ error: DmError }> {
  const error = await withDevice(fields, async () => {}).catch((error) => error);
  expect(error).toMatchObject({ step: { command: 'TABLE_LOAD' }, rollback: { complete: true } });
  return { error };
}

/** The last reason for refusing a verity table in the kernel's log. */
function kernelRefusal(): Promise<string> {
  return kernel.sh("dmesg | grep -o 'verity: .*(-EINVAL)' | tail -n 1");
}

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type LayoutFields,
  type LayoutKind,
  type LayoutRequest,
  type Layouts,
  loadPlanner,
  type Planner,
  type SectorCount,
  sectors,
} from '../../src/index.ts';
import { bootKernel, type Guest } from '../../src/kernel/boot.ts';
import { ensureKernel } from '../../src/kernel/install.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';

const MIB = 1 << 20;
const folder = mkdtempSync(join(tmpdir(), 'layout-test-'));
let guest: Guest;
let planner: Planner;

/** A disk of 64 MiB and one of 8 MiB. */
let large: string;
let small: string;

beforeAll(async () => {
  const kernel = await ensureKernel(kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1'), { install: true });
  const disks = [64, 8].map((mebibytes) => {
    const file = join(folder, `${mebibytes}.img`);
    writeFileSync(file, '');
    truncateSync(file, mebibytes * MIB);
    return { file };
  });
  guest = await bootKernel({ kernel, disks });
  [large, small] = guest.disks as [string, string];
  planner = await loadPlanner();
}, 300_000);

afterAll(async () => {
  await guest?.close();
  rmSync(folder, { recursive: true });
}, 20_000);

const layout = <K extends LayoutKind>(request: LayoutRequest<K>): Layouts[K] => planner.layout(request);

/** Runs a command that has to succeed. */
async function sh(command: string): Promise<string> {
  const { code, stdout, stderr } = await guest.run(command);
  expect(code, `${command}\n${stdout}${stderr}`).toBe(0);
  return stdout.trim();
}

/** As many commands as a shell is given at a time: its script goes over the line in one frame. */
const AT_ONCE = 50;

/** What each command printed, without its last newline, or undefined where it failed. */
async function each(commands: string[]): Promise<(string | undefined)[]> {
  if (commands.length > AT_ONCE)
    return [...(await each(commands.slice(0, AT_ONCE))), ...(await each(commands.slice(AT_ONCE)))];
  const script = commands.map((command) => `said=$( { ${command}; } 2>/dev/null ) && echo "+$said" || echo -`);
  return (await sh(script.join('\n'))).split('\n').map((line) => (line === '-' ? undefined : line.slice(1)));
}

/** A shell command that prints `shown` of a table that was loaded, and leaves nothing; it fails where the kernel refuses. */
function tried(table: string, shown = 'true', below: { [name: string]: string } = {}): string {
  const devices = Object.entries(below);
  const make = devices.map(([name, row]) => `dmsetup create ${name} --table '${row}'`);
  const remove = devices.map(([name]) => `dmsetup remove ${name}`);
  const load = `dmsetup create --notable tried && dmsetup load tried --table '${table}' && ${shown}`;
  return [...make, `${load}; code=$?; dmsetup remove tried`, ...remove, '(exit $code)'].join('; ');
}

/** A device of any size that reads as zeros. */
const zeros = (length: bigint | SectorCount): string => `0 ${length} zero`;

describe('verity', () => {
  const formats = [
    ...[1, 2, 127, 128, 129, 1000, 16384, 16385].map((blocks) => ({
      blocks,
      data: 4096,
      hash: 4096,
      algorithm: 'sha256',
    })),
    ...[15, 16, 17, 256, 257, 4096, 4097].map((blocks) => ({ blocks, data: 512, hash: 512, algorithm: 'sha256' })),
    ...[1, 9, 64, 65, 513].map((blocks) => ({ blocks, data: 1024, hash: 512, algorithm: 'sha512' })),
    ...[51, 204, 205, 5000].map((blocks) => ({ blocks, data: 512, hash: 4096, algorithm: 'sha1' })),
  ].flatMap((format, at) => [
    { ...format, superblock: true, offset: 0 },
    { ...format, superblock: at % 2 === 0, offset: 4096 * (at % 5) },
  ]);

  const formatted = ({ blocks, data, hash, algorithm, superblock, offset }: (typeof formats)[number]): string => {
    const sizes = `--data-block-size=${data} --hash-block-size=${hash} --hash=${algorithm} --hash-offset=${offset}`;
    const header = superblock ? '' : '--no-superblock';
    return `rm -f /tmp/data /tmp/hash; truncate -s ${blocks * data} /tmp/data
      veritysetup format --salt=- ${sizes} ${header} /tmp/data /tmp/hash`;
  };

  const laidOut = (format: (typeof formats)[number]) =>
    layout({
      kind: 'verity',
      dataBlocks: format.blocks,
      dataBlockSize: format.data,
      hashBlockSize: format.hash,
      algorithm: format.algorithm,
      superblock: format.superblock,
      hashOffset: format.offset,
    });

  it('stands where veritysetup puts it, and is as large', async () => {
    const said = await each(
      formats.map((format) => {
        const dump = `>/dev/null && veritysetup dump --hash-offset=${format.offset} /tmp/hash`;
        const shown = `${formatted(format)} ${format.superblock ? dump : ''} | grep 'Hash blocks' | tr -dc 0-9`;
        return `${shown}; echo " $(stat -c %s /tmp/hash)"`;
      }),
    );
    for (const [at, format] of formats.entries()) {
      const { hashBlocks, hashDeviceSize } = laidOut(format);
      // without levels nothing is written behind the superblock, and the file ends there
      const size = hashBlocks === 0n ? expect.any(String) : String(hashDeviceSize * 512n);
      expect(said[at]?.split(' '), JSON.stringify(format)).toEqual([String(hashBlocks), size]);
    }
  });

  it('behind the data of the same device begins where veritysetup lets it', async () => {
    const commands = [1, 7, 300].flatMap((dataBlocks) => {
      const { hashOffset } = layout({
        kind: 'verity',
        dataBlocks,
        dataBlockSize: 1024,
        algorithm: 'sha256',
        sameDevice: true,
      });
      return [0n, 512n].map(
        (less) => `rm -f /tmp/both; truncate -s 1M /tmp/both
          veritysetup format --data-block-size=1024 --data-blocks=${dataBlocks} \
            --hash-offset=${hashOffset - less} /tmp/both /tmp/both | grep 'Hash blocks' | tr -dc 0-9`,
      );
    });
    const blocks = [1, 7, 300].map(
      (dataBlocks) => layout({ kind: 'verity', dataBlocks, algorithm: 'sha256' }).hashBlocks,
    );
    expect(await each(commands)).toEqual(blocks.flatMap((count) => [String(count), '']));
  });

  it('is taken by the kernel with a hash device of its size, and not with a block less', async () => {
    const commands = formats
      .filter(({ blocks }) => blocks > 1 && blocks < 1000)
      .flatMap((format) => {
        const { length, dataBlocks, hashStartBlock, hashDeviceSize } = laidOut(format);
        return [0, format.hash].map((less) =>
          [
            `root=$(${formatted(format)} | sed -n 's/^Root hash:[[:space:]]*//p')`,
            `data=$(losetup --show -f /tmp/data)`,
            `truncate -s ${Number(hashDeviceSize) * 512 - less} /tmp/hash`,
            `hash=$(losetup --show -f /tmp/hash)`,
            `dmsetup create -r tried --table "0 ${length} verity 1 $data $hash ${format.data} ${format.hash} ${dataBlocks} ${hashStartBlock} ${format.algorithm} $root -"`,
            'code=$?',
            '[ $code = 0 ] && { dd if=/dev/mapper/tried of=/dev/null bs=64k status=none || code=1; dmsetup remove tried; }',
            'losetup -d $data $hash; (exit $code)',
          ].join('; '),
        );
      });
    const said = await each(commands);
    expect(said).toEqual(commands.map((_, at) => (at % 2 === 0 ? '' : undefined)));
  }, 120_000);
});

describe('integrity', () => {
  type Fields = LayoutFields['integrity'];
  const sizes = [4000n, 20480n, 131072n, 131079n, 1000003n, 2n ** 24n + 12345n, 2n ** 33n - 1n, 2n ** 41n + 7n];
  const options: Omit<Fields, 'deviceSize'>[] = [
    { tagSize: 4 },
    { tagSize: 32, blockSize: 4096 },
    { tagSize: 28, blockSize: 1024, journalMac: true },
    { tagSize: 255, journalSectors: 1 },
    { tagSize: 8, interleaveSectors: 1024, fixPadding: true },
    { tagSize: 13, interleaveSectors: 5000, journalSectors: 3333, bufferSectors: 3 },
    { tagSize: 64, blockSize: 2048, interleaveSectors: 1, offset: 16, fixPadding: true, journalMac: true },
    { tagSize: 1, interleaveSectors: 2 ** 31, journalSectors: 0, bufferSectors: 4096 },
  ];
  const interleaved: Fields[] = sizes.flatMap((size) =>
    options.map((option) => ({ deviceSize: sectors(size), ...option })),
  );
  const separate: Fields[] = sizes.slice(0, 7).flatMap((size, at) =>
    options.map((option, which) => ({
      ...option,
      deviceSize: sectors(size),
      metadataDeviceSize: sectors([size / 64n + 100n, size / 4n, size * 2n][(at + which) % 3]!),
    })),
  );

  const optionsOf = (fields: Fields): string[] => [
    ...(fields.metadataDeviceSize === undefined ? [] : ['meta_device:/dev/mapper/meta']),
    ...(fields.blockSize === undefined ? [] : [`block_size:${fields.blockSize}`]),
    ...(fields.journalSectors === undefined ? [] : [`journal_sectors:${fields.journalSectors}`]),
    ...(fields.interleaveSectors === undefined ? [] : [`interleave_sectors:${fields.interleaveSectors}`]),
    ...(fields.bufferSectors === undefined ? [] : [`buffer_sectors:${fields.bufferSectors}`]),
    ...(fields.journalMac ? ['journal_mac:hmac(sha256):0011'] : []),
    ...(fields.fixPadding ? ['fix_padding'] : []),
  ];

  const table = (fields: Fields, length: bigint, mode: string): string => {
    const words = optionsOf(fields);
    const device = `/dev/mapper/data ${fields.offset ?? 0}`;
    return `0 ${length} integrity ${device} ${fields.tagSize} ${mode} ${words.length} ${words.join(' ')}`;
  };

  /** A table has to be whole blocks long, so that one block is the least. */
  const blockOf = ({ blockSize = 512 }: Fields): bigint => BigInt(blockSize / 512);

  const devices = ({ deviceSize, metadataDeviceSize }: Fields) => ({
    data: zeros(deviceSize),
    ...(metadataDeviceSize === undefined ? {} : { meta: zeros(metadataDeviceSize) }),
  });

  const expected = (fields: Fields): Layouts['integrity'] | undefined => {
    try {
      return layout({ kind: 'integrity', ...fields });
    } catch (error) {
      expect(error).toMatchObject({ code: 'device_too_small' });
      return undefined;
    }
  };

  it.each([
    ['with its tags among the data', interleaved],
    ['with its tags on a device of their own', separate],
  ])(
    '%s provides what the kernel says that it provides',
    async (_, cases: Fields[]) => {
      const shown = 'echo $(dmsetup status --inactive tried) $(dmsetup table --inactive tried)';
      // recovery mode computes as the others do but writes nothing, so that devices can be of any size
      const said = await each(
        cases.map((fields) => tried(table(fields, blockOf(fields), 'R'), shown, devices(fields))),
      );
      let provided = 0;
      for (const [at, fields] of cases.entries()) {
        const answer = expected(fields);
        const about = `${Object.values(fields).join(' ')}: ${said[at]}`;
        expect(answer === undefined, about).toBe(said[at] === undefined);
        if (!answer) continue;
        provided++;
        expect(said[at]!.split(' ')[4], about).toBe(String(answer.length));
        expect(said[at], about).toContain(` buffer_sectors:${answer.bufferSectors}`);
        expect(said[at], about).toContain(` interleave_sectors:${answer.interleaveSectors} `);
      }
      expect(provided).toBeGreaterThan(cases.length / 2);
    },
    120_000,
  );

  it('is loaded with that length, and not with a block more', async () => {
    const cases = [...interleaved, ...separate].filter((fields, at) => at % 4 === 1 && expected(fields));
    const commands = cases.flatMap((fields) =>
      [0n, blockOf(fields)].map((more) =>
        tried(table(fields, expected(fields)!.length + more, 'R'), 'true', devices(fields)),
      ),
    );
    expect(await each(commands)).toEqual(commands.map((_, at) => (at % 2 === 0 ? '' : undefined)));
  }, 240_000);

  it('has a journal of that size, and takes a write to its last sector', async () => {
    const kinds: Omit<Fields, 'deviceSize'>[] = [
      { tagSize: 4 },
      { tagSize: 32, blockSize: 4096, journalSectors: 5000 },
      { tagSize: 16, journalMac: true },
    ];
    for (const kind of kinds) {
      const all: Fields = { ...kind, deviceSize: '64MiB' };
      const { length, journalSectors } = layout({ kind: 'integrity', ...all });
      const row = table(all, length, 'J').replace('/dev/mapper/data', large);
      const last = `bs=4096 count=1 seek=$((${length} / 8 - 1)) oflag=direct conv=notrunc`;
      const said = await sh(
        `dd if=/dev/zero of=${large} bs=4096 count=1 conv=notrunc,fsync status=none
         dmsetup create tried --table '${row}' && dmsetup table tried
         dd if=/dev/urandom of=/dev/mapper/tried ${last} status=none && dmsetup remove tried`,
      );
      expect(said).toContain(` journal_sectors:${journalSectors} `);
    }
  });
});

describe('a snapshot', () => {
  const stores = [
    ...[1, 2, 255, 256, 257, 512, 700].map((chunks) => ({ originSize: chunks * 8, chunkSize: 8 })),
    ...[31, 32, 33, 64].map((chunks) => ({ originSize: chunks, chunkSize: 1 })),
    { originSize: 8 * 300 - 3, chunkSize: 16 },
  ];

  const filled = ({ originSize, chunkSize }: (typeof stores)[number], cowSize: bigint, mode: string): string =>
    [
      `dd if=/dev/zero of=${small} bs=4096 count=1 conv=notrunc,fsync status=none`,
      `dmsetup create origin --table '0 ${originSize} linear ${large} 0'`,
      `dmsetup create cow --table '0 ${cowSize} linear ${small} 0'`,
      `dmsetup create filled --table '0 ${originSize} snapshot /dev/mapper/origin /dev/mapper/cow ${mode} ${chunkSize}'`,
      `dd if=/dev/urandom of=/dev/mapper/filled bs=512 count=${originSize} oflag=direct status=none`,
      'sync; dmsetup status filled | cut -d" " -f4-5',
      'dmsetup remove filled',
      mode === 'N'
        ? 'true'
        : `dmsetup create filled --table '0 ${originSize} snapshot /dev/mapper/origin /dev/mapper/cow P ${chunkSize}' && dmsetup status filled | cut -d" " -f4-5; dmsetup remove filled`,
      'dmsetup remove cow; dmsetup remove origin',
    ].join('; ');

  it('that is overwritten whole fits into its store, also when it is read back', async () => {
    const sizes = stores.map((store) => layout({ kind: 'snapshot', ...store }).cowSize);
    const said = await each(stores.map((store, at) => `echo $(${filled(store, sizes[at]!, 'P')})`));
    for (const [at, store] of stores.entries()) {
      const [first, , second] = said[at]!.split(' ');
      const about = `${JSON.stringify(store)}: ${said[at]}`;
      expect(first, about).toMatch(new RegExp(`^\\d+/${sizes[at]}$`));
      expect(second, about).toBe(first);
    }
  }, 120_000);

  it('does not fit into a chunk less', async () => {
    const said = await each(
      stores.map((store) => {
        const { cowSize } = layout({ kind: 'snapshot', ...store });
        return `echo $(${filled(store, cowSize - BigInt(store.chunkSize), 'P')})`;
      }),
    );
    expect(said).toEqual(stores.map(() => expect.stringContaining('Invalid')));
  }, 120_000);

  it('that is transient fits too, and not into a chunk less', async () => {
    const store = { originSize: 100, chunkSize: 16 };
    const { cowSize } = layout({ kind: 'snapshot', ...store, persistent: false });
    const said = await each([0n, 16n].map((less) => `echo $(${filled(store, cowSize - less, 'N')})`));
    expect(said).toEqual([`${cowSize}/${cowSize} 0`, 'Invalid']);
  });
});

describe('an array', () => {
  const arrays: LayoutRequest<'raid'>[] = [
    { kind: 'raid', level: 1, devices: 2, length: 2 ** 24 },
    { kind: 'raid', level: 1, devices: 3, length: (2n ** 36n) as never },
    { kind: 'raid', level: 4, devices: 3, chunkSize: 128, deviceSize: (2n ** 34n) as never },
    { kind: 'raid', level: 5, devices: 4, chunkSize: 64, deviceSize: 100001 },
    { kind: 'raid', level: 6, devices: 5, chunkSize: 8, deviceSize: (2n ** 33n) as never },
    { kind: 'raid', level: 10, devices: 4, chunkSize: 128, deviceSize: (2n ** 33n) as never },
    { kind: 'raid', level: 10, devices: 3, chunkSize: 16, deviceSize: 12345 },
    { kind: 'raid', level: 10, devices: 5, chunkSize: 16, deviceSize: 12345, raid10Copies: 3, raid10Format: 'far' },
    { kind: 'raid', level: 10, devices: 4, chunkSize: 16, deviceSize: 12345, raid10Format: 'offset' },
  ];
  const names = { 0: 'raid0', 1: 'raid1', 4: 'raid4', 5: 'raid5_ls', 6: 'raid6_zr', 10: 'raid10' };

  const loaded = (array: LayoutRequest<'raid'>, length: bigint, deviceLength: bigint, region?: bigint): string => {
    const words = [
      String(array.chunkSize ?? 0),
      ...(region === undefined ? [] : ['region_size', String(region)]),
      ...(array.raid10Copies === undefined ? [] : ['raid10_copies', String(array.raid10Copies)]),
      ...(array.raid10Format === undefined ? [] : ['raid10_format', array.raid10Format]),
    ];
    const legs = Array.from({ length: array.devices }, (_, at) => `leg${at}`);
    // raid10 takes its layout from the superblocks that it makes (dm-raid.c super_validate), so that it needs room for them
    const below = Object.fromEntries([
      ...legs.map((leg) => [leg, zeros(deviceLength)]),
      ...legs.map((leg) => [`meta-${leg}`, zeros(8192n)]),
    ]);
    const devices = `${legs.length} ${legs.map((leg) => `/dev/mapper/meta-${leg} /dev/mapper/${leg}`).join(' ')}`;
    return tried(`0 ${length} raid ${names[array.level]} ${words.length} ${words.join(' ')} ${devices}`, 'true', below);
  };

  it('is taken with the region and with the smallest, and not with half of that', async () => {
    const commands = arrays.flatMap((array) => {
      const { length, deviceLength, regionSize, smallestRegionSize } = layout(array);
      const regions = [regionSize!, smallestRegionSize!, smallestRegionSize! / 2n];
      return regions.map((region) => loaded(array, length, deviceLength, region));
    });
    expect(await each(commands)).toEqual(commands.map((_, at) => (at % 3 === 2 ? undefined : '')));
  }, 120_000);

  it('is taken on devices of its size, and not on smaller ones', async () => {
    const striped: LayoutRequest<'raid'> = { kind: 'raid', level: 0, devices: 3, chunkSize: 64, deviceSize: 5000 };
    const commands = [...arrays, striped].flatMap((array) => {
      const { length, deviceLength } = layout(array);
      return [0n, 8n].map((less) => loaded(array, length, deviceLength - less));
    });
    expect(await each(commands)).toEqual(commands.map((_, at) => (at % 2 === 1 ? undefined : '')));
  }, 120_000);

  it('can be read to its last sector, and cannot where shares are not whole chunks, although the kernel takes the table', async () => {
    const legs = [0, 1, 2].map((at) => `dmsetup create leg${at} --table '0 1032 linear ${large} ${at * 2048}'`);
    const metas = [0, 1, 2].map((at) => `dmsetup create meta${at} --table '0 8192 zero'`);
    const commands = ([0, 5, 10] as const).flatMap((level) => {
      const { length } = layout({ kind: 'raid', level, devices: 3, chunkSize: 128, deviceSize: 1032 });
      return [length, (length * 1032n) / 1024n].map((whole) => {
        const table = `0 ${whole} raid ${names[level]} 1 128 3 ${[0, 1, 2].map((at) => `/dev/mapper/meta${at} /dev/mapper/leg${at}`).join(' ')}`;
        const read = `dd if=/dev/mapper/tried of=/dev/null bs=512 skip=${whole - 1n} count=1 iflag=direct status=none`;
        return `${[...legs, ...metas].join('; ')}
          dmsetup create tried --table '${table}' && printf taken
          ${read} && printf ' and read'
          dmsetup remove tried; dmsetup remove leg0 leg1 leg2 meta0 meta1 meta2`;
      });
    });
    expect(await each(commands)).toEqual(commands.map((_, at) => (at % 2 === 1 ? 'taken' : 'taken and read')));
  });
});

describe('a mirror', () => {
  const lengths = [2n, 1000n, 4096n, 2n ** 20n, 2n ** 33n + 1n];
  const row = (length: bigint, log: string): string =>
    `0 ${length} mirror ${log} 2 /dev/mapper/leg0 0 /dev/mapper/leg1 0`;

  it('is taken with the region, and not with half of the smallest', async () => {
    const commands = lengths.flatMap((length) => {
      const { regionSize, smallestRegionSize } = layout({ kind: 'mirror', length: sectors(length) });
      return [regionSize, smallestRegionSize / 2n].map((region) =>
        tried(row(length, `core 1 ${region}`), 'true', { leg0: zeros(length), leg1: zeros(length) }),
      );
    });
    expect(await each(commands)).toEqual(commands.map((_, at) => (at % 2 === 1 ? undefined : '')));
  });

  it('is taken with a log of its size, and not with a smaller one', async () => {
    const commands = lengths.flatMap((length) => {
      const { regionSize, logSize } = layout({ kind: 'mirror', length: sectors(length) });
      return [0n, 1n].map((less) =>
        tried(row(length, `disk 2 /dev/mapper/log ${regionSize}`), 'true', {
          leg0: zeros(length),
          leg1: zeros(length),
          log: `0 ${logSize - less} linear ${small} 0`,
        }),
      );
    });
    expect(await each(commands)).toEqual(commands.map((_, at) => (at % 2 === 1 ? undefined : '')));
  });
});

describe('a thin pool', () => {
  it('has as many blocks of data and of metadata as were worked out', async () => {
    const sizes = [200_000n, 2n ** 31n, 2n ** 33n + 12345n];
    const layouts = sizes.map((size) => layout({ kind: 'thinPool', dataSize: sectors(size) }));
    const said = await each(
      sizes.map((size, at) => {
        const { metadataSize, dataBlockSize } = layouts[at]!;
        const metadata = [
          'rm -f /tmp/metadata',
          `truncate -s ${metadataSize * 512n} /tmp/metadata`,
          'loop=$(losetup --show -f /tmp/metadata)',
          `dmsetup create data --table '${zeros(size)}'`,
          `dmsetup create pool --table "0 ${size} thin-pool $loop /dev/mapper/data ${dataBlockSize} 0"`,
          'dmsetup status pool | cut -d" " -f5-6; dmsetup remove pool; dmsetup remove data; losetup -d $loop',
        ];
        return metadata.join('; ');
      }),
    );
    for (const [at, { metadataSize, dataBlocks }] of layouts.entries()) {
      expect(said[at]).toMatch(new RegExp(`^\\d+/${metadataSize / 8n} 0/${dataBlocks}$`));
    }
  });
});

describe('areas', () => {
  it('one behind the other and side by side are loaded as they are answered', async () => {
    const devices = [
      { device: large, length: 1001, offset: 7 },
      { device: small, length: '4MiB' },
    ];
    const concat = layout({ kind: 'concat', devices });
    const stripe = layout({ kind: 'stripe', devices, chunkSize: 24 });
    let start = 0n;
    const rows = concat.targets.map(({ length, device, offset }) => {
      start += length;
      return `${start - length} ${length} linear ${device} ${offset}`;
    });
    const [{ length, chunkSize, stripes }] = stripe.targets as [Layouts['stripe']['targets'][number]];
    const legs = stripes.map(({ device, offset }) => `${device} ${offset}`).join(' ');
    await sh(
      `printf '${rows.join('\\n')}' | dmsetup create tried && blockdev --getsz /dev/mapper/tried && dmsetup remove tried`,
    );
    expect(start).toBe(concat.length);
    expect(await each([tried(`0 ${length} striped ${stripes.length} ${chunkSize} ${legs}`)])).toEqual(['']);
  });

  it('of a device are as large as usable says, and no larger', async () => {
    const { length } = layout({ kind: 'usable', deviceSize: 16381, offset: 16, logicalBlockSize: 4096 });
    const made = `rm -f /tmp/blocks; truncate -s ${16384 * 512} /tmp/blocks; loop=$(losetup --show -b 4096 -f /tmp/blocks)`;
    const row = (more: bigint): string => tried(`0 ${length + more} linear '$loop' 16`);
    const said = await each(
      [0n, 1n, 16n].map((more) => `${made}; ${row(more)}; code=$?; losetup -d $loop; (exit $code)`),
    );
    expect(said).toEqual(['', undefined, undefined]);
  });
});

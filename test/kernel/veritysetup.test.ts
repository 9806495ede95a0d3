/** `dmplan veritysetup` beside Debian's veritysetup in one kernel: the same words, exit codes and devices. */
import { describe, expect, it } from 'vitest';
import { CLI, quote, useKernel } from './harness.ts';

const kernel = useKernel({ programs: [CLI] });

/** An image on files: random data, its tree, its parity, and another with data and tree in one file. */
const PREPARE = `
  mkdir -p /tmp/images && cd /tmp/images
  [ -e data ] || {
    head -c 1228800 /dev/urandom > data
    veritysetup format data hash --salt=ab --fec-device=fec --root-hash-file=root
    cp data one
    veritysetup format one one --hash-offset=1228800 --salt=cd --root-hash-file=one.root
    head -c 4096 data > short
    { echo abcdef; tail -c +7 root; } | tr -d '\\n' > wrong.root
  } > /dev/null
  R=$(cat root)`;

/** Tells each command, all that it prints, and its exit code. */
const TELL = `exec 2>&1; r() { echo "$ $*" | sed "s#$V#veritysetup#"; "$@"; echo "= $?"; }`;

/** What the shell prints with `$V` as veritysetup, and what is left afterwards. */
async function told(program: string, script: string): Promise<string> {
  const command = `${PREPARE}; V=${quote(program)}; ${TELL}; ${script}
    echo "left:"; losetup -l -n -O BACK-FILE; dmsetup ls`;
  const { stdout } = await kernel.guest.run(command, { timeoutMs: 120_000 });
  return withoutUsage(stdout);
}

/** The usage is in words of our own; what is wrong stands in its last line. */
function withoutUsage(text: string): string {
  return text.replace(/^Usage: [^$]*\n(veritysetup: )/gm, '$1').replace(/ \(\d+:\d+\)/g, '');
}

const SCENARIOS: [name: string, script: string][] = [
  [
    'files are put on loop devices that go with the device',
    `$V open data x hash $R; r $V status x; r $V status /dev/mapper/x
     losetup -l -n -O AUTOCLEAR,BACK-FILE | sort; r cmp /dev/mapper/x data
     r $V open data x hash $R; r $V close x; r $V status x; r $V close x; r $V close -v x`,
  ],
  [
    'data and tree in one file are on one loop device',
    `r $V open one x one --hash-offset=1228800 --root-hash-file=one.root; r $V status x; losetup -l -n -O BACK-FILE
     r $V close x -v`,
  ],
  [
    'options are told by status',
    `r $V open data x hash $R --check-at-most-once --use-tasklets --ignore-zero-blocks --ignore-corruption
     $V status x | grep flags; $V close x
     $V open data x hash $R --panic-on-corruption --ignore-corruption; $V status x | grep flags; $V close x
     $V open data x hash $R --restart-on-corruption; $V status x | grep flags; $V close x`,
  ],
  [
    'refusals leave nothing',
    `r $V open none x hash $R; r $V open data x none $R; r $V open data x hash; r $V open data x hash abcd
     r $V open data x hash $R --fec-device=fec; r $V open data x hash $R --fec-device=none; r $V open short x hash $R
     r $V open data x hash $R --root-hash-signature=none
     r $V open . x hash $R; r $V open data x data $R; r $V open data a/b hash $R
     r $V open data ${'0123456789abcdef'.repeat(8)} hash $R`,
  ],
  [
    'a device in use is removed later, or not, as it is told',
    `$V open data x hash $R; exec 3< /dev/mapper/x
     r $V close --deferred x; r $V close --cancel-deferred x; dmsetup info x | grep -c DEFERRED
     r $V status x | head -1; r $V close --deferred x; exec 3<&-; r $V status x; r $V close --deferred --cancel-deferred x`,
  ],
  [
    'a data device that is mapped is not mapped again',
    `L=$(losetup --show -r -f data); r $V open $L x hash $R; r $V open $L y hash $R; r $V close x; losetup -d $L`,
  ],
  [
    'a wrong root hash is found when something is read',
    `r $V open data x hash --root-hash-file=wrong.root; $V status x | grep status:
     dd if=/dev/mapper/x of=/dev/null bs=4096 count=1 status=none; $V status x | grep status:; r $V close x`,
  ],
  [
    'without a superblock the parameters are those that are given',
    `r $V open data x hash $R --no-superblock --hash-offset=4096 --salt=ab --data-blocks=100; r $V status x; r $V close x`,
  ],
  [
    'the old names of the actions, and names of devices',
    `r $V create x data hash $R; r $V remove x; r $V status nothing; r $V status ./data
     dmsetup create plain --table '0 8 zero'; r $V status plain; dmsetup remove plain`,
  ],
];

describe('in the place of veritysetup', () => {
  it.each(SCENARIOS)('%s', async (_, script) => {
    const theirs = await told('veritysetup', script);
    expect(theirs).toContain('= ');
    expect(await told(`${process.execPath} ${CLI} veritysetup`, script)).toBe(theirs);
  });
});

describe('where veritysetup is not followed', () => {
  const ours = `${process.execPath} ${CLI} veritysetup`;

  it('close removes verity devices alone', async () => {
    const script = `dmsetup create plain --table '0 8 zero'; r $V close plain; dmsetup ls | cut -f1; dmsetup remove plain`;
    expect(await told(ours, script)).toContain('= 1\nplain\n');
  });

  it('close of a device in use fails without a word for each attempt', async () => {
    const script = '$V open data x hash $R; exec 3< /dev/mapper/x; r $V close x; exec 3<&-; r $V close x';
    expect(await told(ours, script)).toContain('Device x is still in use.\n= 5\n$ veritysetup close x\n= 0\n');
  });

  it('a root hash file that cannot be read is a failure', async () => {
    expect(await told('veritysetup', 'r $V open data x hash --root-hash-file=none')).toContain('= 0');
    expect(await told(ours, 'r $V open data x hash --root-hash-file=none')).toContain('= 1');
  });

  it('several devices may share a data device that is said to be shared, as newer releases have it', async () => {
    const script = `L=$(losetup --show -r -f data); r $V open --shared $L x hash $R; r $V open --shared $L y hash $R
      r cmp /dev/mapper/y data; r $V close x; r $V close y; losetup -d $L`;
    expect(await told(ours, script)).not.toMatch(/= [1-9]/);
  });
});

describe('loop devices', () => {
  const open = `${process.execPath} ${CLI} verity open data x hash $R --trust-superblock`;

  it('are read-only and cleared by the kernel, also when data and tree are given by links', async () => {
    const script = `ln -sf data link; ${open.replace('data', 'link')}; losetup -l -n -O RO,AUTOCLEAR,BACK-FILE | sort
      ${process.execPath} ${CLI} verity close x; losetup -l -n`;
    const { stdout } = await kernel.guest.run(`${PREPARE}; ${script}`);
    expect(stdout.replaceAll(/ +/g, ' ').trim()).toBe('1 1 /tmp/images/data\n 1 1 /tmp/images/hash');
  });

  it('that cannot be made are an error that says so', async () => {
    const script = `mount --bind /dev/null /usr/sbin/losetup; ${open} --json; umount /usr/sbin/losetup`;
    const { stdout } = await kernel.guest.run(`${PREPARE}; ${script}`);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'loop_unavailable' });
  });

  it('are gone with their table when the program is killed as soon as there is one', async () => {
    const killed = `${open} & P=$!; until dmsetup status x 2> /dev/null | grep -q verity; do sleep 0.02; done; kill -9 $P; wait`;
    const script = `${killed}; dmsetup remove --retry x; sleep 0.1; losetup -l -n`;
    const { stdout } = await kernel.guest.run(`${PREPARE}; { ${script}; } 2> /dev/null`);
    expect(stdout).toBe('');
  });
});

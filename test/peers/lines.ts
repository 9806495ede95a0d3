/** What other people write into tables: what stands for a variable of theirs, and which lines are no table, and why. */

/** Values for shell variables and placeholders, the longest names first. */
export const VALUES: readonly (readonly [pattern: RegExp, value: string])[] = [
  [/\$\(\(2 \* 1960886272\)\)/, '3921772544'],
  [/\$\(\(SIZE\/SECTSIZ-OFFS\)\)/, '2048'],
  [/\$\(\( header_shift \* 2048 \)\)/, '2048'],
  [/\$\(blockdev --gets(z|ize) [^)]*\)/, '2048'],
  [/\$\{BACKING_DEVICE_ARRAY\[i\]\}/, '/dev/sda'],
  [/\$INTERNAL_HASH_CRYPT/, 'hmac(sha256)'],
  [/\$JOURNAL_CRYPT/, 'ctr(aes)'],
  [/\$HEXKEY\w*/, '00ff'.repeat(16)],
  [/\$DM_DEV_DIR/, '/dev'],
  [/\$PREFIX/, 'LVMTEST'],
  [/\$\w*LOGON_KEY\w*/, 'dmplan:key'],
  [/\$(DEVSECTORS|_dev_size|MAX_DEV_SIZE)\b/, '2048'],
  [/\$CIPHER_CBC_TCW/, 'aes-cbc-tcw'],
  [/\$CIPHER_CBC_ESSIV/, 'aes-cbc-essiv:sha256'],
  [/\$CIPHER\w*/, 'aes-xts-plain64'],
  [/\$(KEY|key)\b/, '00ff'.repeat(16)],
  [/\$major:\$minor/, '253:0'],
  [/\$data_block_size/, '128'],
  [/\$low_water_mark/, '0'],
  [/\$vdo_logicalBlockSize/, '4096'],
  [/\$vdo_blockMapPeriod/, '16380'],
  [/\$vdo_writePolicy/, 'auto'],
  [/\$vdo_name/, 'vdo'],
  [/\$cachesize/, '32768'],
  [/\$devsize/, '524288'],
  [/\$vdo_device/, '/dev/sda'],
  [/\$(maxdiscardsize|vdo_\w+)/, '1'],
  [/\$SCSI_DEV/, 'sda'],
  [/\/\$(DEV_ZERO|DEV_NAME)/, '/zero'],
  [/\$(1|dev|dev5|DEV\w*|LOOPDEV|metadata_dev)\b/, '/dev/sda'],
  [/\$data_dev/, '/dev/sdb'],
  [/\$(size\d?|SIZE|logicalsize)\b/, '2048'],
  [/\$OFF(SET|S)\b/, '8'],
  [/\$\{(RAID_SIZE|maplen0)\}/, '2048'],
  [/\$\{mapofst0\}/, '0'],
  [/\$\{dname0\}/, 'sda'],
  [/\$\{NUM\}/, '2'],
  [/\$\{CHUNK\}/, '64'],
  [/\$\{i\}/, '1'],
  [/2aa4f7b7b6\.\.\.f4952060e8/, 'ab'.repeat(32)],
  [/762307f4bc8\.\.\.d2a6b7595d8\.\./, 'cd'.repeat(32)],
  [/<root>/, 'ab'.repeat(32)],
  [/<salt>/, 'cd'.repeat(32)],
  [/<(meta|dev0)>/, '/dev/sda'],
  [/<(data|dev1)>/, '/dev/sdb'],
  [/<chunk>/, '8'],
];

export function filled(line: string): string {
  let text = line;
  for (const [pattern, value] of VALUES) text = text.replaceAll(new RegExp(pattern, 'g'), value);
  if (/[$<]/.test(text)) throw new Error(`nothing stands for a variable of: ${text}`);
  return text;
}

export interface Refusal {
  /** The planner's error. */
  name: string;
  /** Whether the kernel refuses it too, and why; or why only we do. */
  kernel: 'refuses' | 'takes';
  why: string;
}

/** Lines that are no table, or that we take and others do not, by a part of the line that no other has. */
export const REFUSED: readonly (readonly [line: RegExp, refusal: Refusal])[] = [
  [
    / raid raid5 7 /,
    {
      name: 'unknown_choice',
      kernel: 'refuses',
      why: 'dm-raid.rst: there is no raid5 without a layout, and the option is delta_disks',
    },
  ],
  [
    /^0 1 unstriped /,
    { name: 'unstriped_length_not_chunks', kernel: 'refuses', why: "unstriped.rst's loop: a sector is no whole chunk" },
  ],
  [
    / striped 2 64$/,
    {
      name: 'missing_word',
      kernel: 'refuses',
      why: 'unstriped.rst shows only the beginning of a line that a loop goes on with',
    },
  ],
  [
    / deadbabe\w+ 0$/,
    { name: 'missing_word', kernel: 'refuses', why: 'api-test-2.c: a table that is cut off, for a test of just that' },
  ],
  [
    /linear \/dev\/loop0$/,
    { name: 'missing_word', kernel: 'refuses', why: 'dmsetup.8: an offset is missing (dm-linear.c: argc != 2)' },
  ],
  [
    /linear 8:0 0 \d+$/,
    { name: 'extra_word', kernel: 'refuses', why: 'dm-raid.rst: one word too many (dm-linear.c: argc != 2)' },
  ],
];

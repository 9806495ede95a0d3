import { type Entry, entryOf } from './entry.ts';

/** What to begin with. */

export const EXAMPLES: Readonly<Record<string, Entry>> = {
  'linear and striped': entryOf(`# two disks one behind the other, then three side by side
0 4096 linear /dev/sda 2048
4096 2048 linear /dev/sdb 0
6144 6144 striped 3 128 /dev/sdb 2048 /dev/sdc 0 /dev/sdd 1024
`),
  verity: entryOf(
    '0 2097152 verity 1 /dev/sda1 /dev/sda2 4096 4096 262144 1 sha256 ' +
      '4392712ba01368efdf14b05c76f9e4df0d53664630b5d48632ed17a137f39076 ' +
      '1234000000000000000000000000000000000000000000000000000000000000\n',
    { readOnly: true },
  ),
  'crypt, JSON': entryOf(`{
  "v": 1,
  "action": "create",
  "name": "secret",
  "targets": [
    {
      "type": "crypt",
      "length": "1GiB",
      "cipher": "aes-xts-plain64",
      "key": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
      "ivOffset": 0,
      "device": "/dev/sda",
      "offset": 4096,
      "allowDiscards": true
    }
  ]
}
`),
  'mirror and holes': entryOf(`0 65536 mirror core 1 1024 2 /dev/sda 0 /dev/sdb 0
65536 8192 zero
73728 8192 error
81920 16384 snapshot /dev/sdc /dev/sdd P 8
`),
  'devices at boot, dm-mod.create=': entryOf(
    'dm-mod.create="root,,,ro,0 2097152 linear /dev/sda1 0,2097152 2097152 linear /dev/sdb1 0;data,,,rw,0 6144 striped 2 128 8:17 0 8:33 0"\n',
  ),
  'a gap, to see an error': entryOf(`0 2048 linear /dev/sda 0
4096 2048 linear /dev/sdb 0
`),
};

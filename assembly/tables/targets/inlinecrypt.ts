import {
  counted,
  device,
  flag,
  joined,
  key,
  type Node,
  number,
  oneOf,
  sectors,
  sectors64,
  set,
  type Target,
} from '../notation.ts';

const OPTIONS: Node = counted([
  set([
    joined('keytype', oneOf('keyType', ['raw', 'hw-wrapped'])),
    flag('allowDiscards', 'allow_discards'),
    joined('sector_size', number('sectorSize', { min: 512, max: 4096, powerOfTwo: true })),
    flag('ivLargeSectors', 'iv_large_sectors'),
  ]),
]);

export const inlinecrypt: Target = {
  type: 'inlinecrypt',
  about: "Encrypts with the storage controller's own engine.",
  example: '0 2048 inlinecrypt aes-xts-plain64 :64:logon:dmplan:key 0 /dev/loop0 0',
  source: 'drivers/md/dm-inlinecrypt.c inlinecrypt_ctr',
  params: [
    oneOf('cipher', ['aes-xts-plain64']),
    key('key', { mayBeEmpty: false }),
    sectors64('ivOffset'),
    device('device'),
    sectors('offset'),
    OPTIONS,
  ],
  table: [
    oneOf('cipher', ['aes-xts-plain64']),
    key('key', { mayBeEmpty: false }),
    number('keyTypeNumber'),
    sectors64('ivOffset'),
    device('device'),
    sectors('offset'),
    OPTIONS,
  ],
  rules: [
    {
      code: 1281,
      name: 'inlinecrypt_large_sectors',
      when: 'given(sectorSize)',
      must: 'sectorSize == 512 || given(ivLargeSectors)',
      at: 'sectorSize',
      message: 'a sector size of {sectorSize} bytes needs iv_large_sectors',
      source: 'drivers/md/dm-inlinecrypt.c inlinecrypt_ctr',
    },
    {
      code: 1282,
      name: 'inlinecrypt_length_not_sectors',
      when: 'given(sectorSize)',
      must: 'length % (sectorSize / 512) == 0 && ivOffset % (sectorSize / 512) == 0',
      at: 'length',
      message: 'length and IV offset are not whole numbers of encryption sectors of {sectorSize} bytes',
      source: 'drivers/md/dm-inlinecrypt.c inlinecrypt_ctr',
    },
  ],
};

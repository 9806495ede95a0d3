import {
  counted,
  device,
  flag,
  joined,
  joinedGroup,
  key,
  number,
  oneOf,
  sectors,
  sectors64,
  set,
  type Target,
  word,
} from '../notation.ts';

const CTR = 'drivers/md/dm-crypt.c crypt_ctr';

export const crypt: Target = {
  type: 'crypt',
  about: 'Encrypts everything that is written and decrypts what is read.',
  example: '0 2048 crypt aes-xts-plain64 :32:logon:dmplan:key 0 /dev/loop0 0',
  source: CTR,
  params: [
    word('cipher'),
    key('key'),
    sectors64('ivOffset'),
    device('device'),
    sectors('offset'),
    counted([
      set([
        flag('allowDiscards', 'allow_discards', [1, 11, 0]),
        flag('sameCpuCrypt', 'same_cpu_crypt', [1, 14, 0]),
        flag('submitFromCryptCpus', 'submit_from_crypt_cpus', [1, 14, 0]),
        flag('highPriority', 'high_priority', [1, 26, 0]),
        flag('noReadWorkqueue', 'no_read_workqueue', [1, 22, 0]),
        flag('noWriteWorkqueue', 'no_write_workqueue', [1, 22, 0]),
        joinedGroup(
          'integrity',
          'integrity',
          [number('tagSize', { min: 1, max: 480 }), oneOf('mode', ['aead', 'none'], { ignoreCase: true })],
          [1, 17, 0],
        ),
        joined('integrity_key_size', number('integrityKeySize', { min: 1 }), [1, 28, 0]),
        joined('sector_size', number('sectorSize', { min: 512, max: 4096, powerOfTwo: true }), [1, 17, 0]),
        flag('ivLargeSectors', 'iv_large_sectors', [1, 17, 0]),
      ]),
    ]),
  ],
  rules: [
    {
      code: 1111,
      name: 'crypt_length_not_sectors',
      when: 'given(sectorSize)',
      must: 'length % (sectorSize / 512) == 0',
      at: 'length',
      message: 'the length of {length} sectors is not a whole number of encryption sectors of {sectorSize} bytes',
      source: `${CTR}: "Device size is not multiple of sector_size feature"`,
    },
    {
      code: 1112,
      name: 'crypt_iv_offset_unaligned',
      when: 'given(sectorSize)',
      must: 'ivOffset % (sectorSize / 512) == 0',
      at: 'ivOffset',
      message: 'the IV offset {ivOffset} is not a multiple of the encryption sector of {sectorSize} bytes',
      source: `${CTR}: "Invalid iv_offset sector"`,
    },
    {
      code: 1113,
      name: 'crypt_too_many_options',
      must:
        'given(allowDiscards) + given(sameCpuCrypt) + given(submitFromCryptCpus) + given(highPriority) + ' +
        'given(noReadWorkqueue) + given(noWriteWorkqueue) + given(integrity) + given(integrityKeySize) + ' +
        'given(sectorSize) + given(ivLargeSectors) <= 9',
      at: 'sectorSize',
      message: 'the kernel takes at most 9 options of a crypt target; leave one out',
      source: 'drivers/md/dm-crypt.c crypt_ctr_optional: "Invalid number of feature args"',
    },
    {
      code: 1114,
      name: 'crypt_offset_unaligned',
      when: 'given(sectorSize)',
      must: 'offset % (sectorSize / 512) == 0',
      at: 'offset',
      message: 'the offset of {offset} sectors is not a whole number of encryption sectors of {sectorSize} bytes',
      source: 'drivers/md/dm-crypt.c crypt_io_hints, dm-table.c device_area_is_invalid',
    },
    {
      code: 1115,
      name: 'crypt_aead_needs_capi',
      when: 'is(integrity.mode, aead)',
      must: 'begins(cipher, capi:)',
      at: 'cipher',
      message: "authenticated encryption needs a cipher in the kernel's own notation, such as capi:gcm(aes)-random",
      source: 'drivers/md/dm-crypt.c crypt_ctr_cipher_old: "Bad cipher specification"',
    },
  ],
};

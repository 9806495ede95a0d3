/** Values at the edges of what a declaration allows, and spellings that are none. */
import type { NumberValue, Value } from '../../../assembly/tables/notation.ts';
import type { Random } from '../../fuzz/random.ts';
import { deviceNumber } from './profiles.ts';

export const U32 = 1n << 32n;
export const U64 = 1n << 64n;
export const LAST_SECTOR = (1n << 54n) - 1n;

const NUMBERS_ODD: ((value: string) => string)[] = [
  (value) => `0${value}`,
  (value) => `00${value}`,
  (value) => `+${value}`,
  (value) => `-${value}`,
  (value) => `${value}x`,
  (value) => `0x${BigInt(/^\d+$/.test(value) ? value : '1').toString(16)}`,
  (value) => `${value}.0`,
  (value) => `${value}k`,
  (value) => `${value},`,
  () => 'x',
  () => '-',
  () => '-0',
  () => '-1',
  () => '18446744073709551616',
  () => '99999999999999999999999',
];

/** Other spellings of a device, and what is none. */
function oddDevices(path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const number = deviceNumber(path) ?? '7:0';
  const minor = number.slice(number.indexOf(':') + 1);
  return [
    number,
    number,
    `0${number}`,
    number.replace(':', ':0'),
    `${number}x`,
    `${number}:0`,
    `${2 ** 32 + 7}:${minor}`,
    `7:${2 ** 32}`,
    `/dev/..${path}`,
    `${folder}//${name}`,
    `${folder}/\\${name}`,
    `.${path}`,
    name,
    ...NOWHERE,
    '7:',
    ':0',
    '7',
    '-',
    '4096:0',
    '4095:1048576',
    'UUID=1',
    'PARTUUID=00000000-01',
  ];
}

/** Devices that are spelled well and not there. */
export const NOWHERE = ['/dev/nosuch', '4095:1048575', '4095:0', '/dev/zero', '/dev', '/', '/dev/loop0/'];

const KEYS_ODD = [
  '-',
  '0',
  'abc',
  'xyz0',
  ':',
  '::',
  ':32',
  ':32:',
  ':32:logon',
  ':32:logon:',
  '::logon:dmplan:key',
  ':32::dmplan:key',
  ':x:logon:dmplan:key',
  ':032:logon:dmplan:key',
  ':31:logon:dmplan:key',
  ':32:none:dmplan:key',
  ':32:LOGON:dmplan:key',
  ':32:logon:nosuch:key',
  ':32:user:dmplan:user',
];

/** What a number usually is where nothing else is said. */
export function defaults({ min, max, powerOfTwo, multipleOf }: NumberValue): bigint[] {
  if (powerOfTwo) {
    const low = min === 0n ? 1n : min;
    return [low, low * 2n, low * 8n].filter((value) => value <= max);
  }
  const step = BigInt(multipleOf);
  const low = min === 0n && step > 1n ? step : min;
  return [low, low + step, low + step * 3n].filter((value) => value <= max);
}

/** Another value, or with `odd` another spelling. */
export function unusual(value: Value, usual: string, odd: boolean, random: Random): string {
  switch (value.kind) {
    case 'number':
      if (odd || !/^\d+$/.test(usual)) return random.pick(NUMBERS_ODD)(usual);
      return String(random.pick(edgesOf(value, BigInt(usual))));
    case 'device':
      return random.pick(oddDevices(usual === '-' ? '/dev/loop0' : usual));
    case 'key':
      return random.pick([...KEYS_ODD, usual.slice(0, -1), `${usual}0`, `${usual}00`, usual.toUpperCase()]);
    case 'hex':
      return random.pick([
        usual.slice(1),
        `${usual}0`,
        `${usual}00`,
        usual.slice(2),
        '-',
        'xy',
        usual.toUpperCase(),
        '0',
        '00',
      ]);
    default:
      return unusualWord(usual, random);
  }
}

export function unusualWord(word: string, random: Random): string {
  return random.pick([
    word.toUpperCase(),
    word[0]!.toUpperCase() + word.slice(1),
    word.toLowerCase(),
    `${word}x`,
    word.slice(0, -1) || 'y',
    'bogus',
    '0',
    '1',
    '-',
    `${word}:`,
    `${word}_`,
  ]);
}

function edgesOf({ min, max, powerOfTwo, multipleOf, sectors }: NumberValue, usual: bigint): bigint[] {
  const near = [min - 1n, min, min + 1n, max - 1n, max, max + 1n, usual - 1n, usual + 1n, usual * 2n, usual * 3n];
  const wide = [0n, 1n, 2n, 3n, 7n, U32 / 2n - 1n, U32 / 2n, U32 - 1n, U32, U32 + usual, U64 - 1n, U64, U64 + usual];
  const steps = multipleOf > 1 ? [usual + BigInt(multipleOf), usual * 5n, usual + BigInt(multipleOf) / 2n] : [];
  const powers = powerOfTwo ? [min * 2n, max / 2n, usual / 2n] : [];
  const last = sectors ? [LAST_SECTOR - 8n, LAST_SECTOR, LAST_SECTOR + 1n] : [];
  return [...near, ...near, ...wide, ...steps, ...powers, ...last].filter((edge) => edge >= 0n);
}

import { readFileSync, readlinkSync } from 'node:fs';
import type { VerityStatus } from '../../verity/device.ts';

/** What `status` prints of a device that is open (cryptsetup, src/veritysetup.c action_status). */
export function statusText(shown: string, { fields, corrupt, inUse, readOnly, sectors }: VerityStatus): string {
  const { hashType, dataBlockSize, hashBlockSize, algorithm, salt, rootDigest } = fields;
  const lines = [
    `${shown} is active${inUse ? ' and is in use' : ''}.`,
    '  type:        VERITY',
    `  status:      ${corrupt ? 'corrupted' : 'verified'}${fields.rootHashSignatureKey ? ' (with signature)' : ''}`,
    `  hash type:   ${hashType}`,
    `  data block:  ${dataBlockSize}`,
    `  hash block:  ${hashBlockSize}`,
    `  hash name:   ${algorithm}`,
    `  salt:        ${salt ? salt : '-'}`,
    ...deviceLines('data', fields.dataDevice),
    `  size:        ${sectors} sectors`,
    `  mode:        ${readOnly ? 'readonly' : 'read/write'}`,
    ...deviceLines('hash', fields.hashDevice),
    `  hash offset: ${(BigInt(fields.hashStartBlock) * BigInt(hashBlockSize)) / 512n} sectors`,
    ...(fields.fecDevice === undefined ? [] : fecLines(fields)),
    `  root hash:   ${rootDigest}`,
    ...flagLines(fields),
  ];
  return `${lines.join('\n')}\n`;
}

function fecLines({ fecDevice, fecStartBlock = 0, fecRoots, dataBlockSize }: VerityStatus['fields']): string[] {
  return [
    ...deviceLines('FEC', fecDevice!),
    `  FEC offset:  ${(BigInt(fecStartBlock) * BigInt(dataBlockSize)) / 512n} sectors`,
    `  FEC roots:   ${fecRoots}`,
  ];
}

function flagLines(fields: VerityStatus['fields']): string[] {
  const { onCorruption, ignoreZeroBlocks, checkAtMostOnce, tryVerifyInTasklet } = fields;
  const flags = [
    onCorruption ? `${onCorruption === 'ignore' ? 'ignore' : `${onCorruption}_on`}_corruption ` : '',
    ignoreZeroBlocks ? 'ignore_zero_blocks ' : '',
    checkAtMostOnce ? 'check_at_most_once' : '',
    tryVerifyInTasklet ? 'try_verify_in_tasklet' : '',
  ].join('');
  return flags === '' ? [] : [`  flags:       ${flags}`];
}

/** The table has numbers; people want paths, and of loop devices the file. */
function deviceLines(kind: string, number: string): string[] {
  const path = pathOf(number);
  const backing = readOr(`/sys/dev/block/${number}/loop/backing_file`);
  const label = `  ${kind} device: `.padEnd(15);
  return [`${label}${path}`, ...(backing ? [`${`  ${kind} loop:`.padEnd(15)}${backing.trim()}`] : [])];
}

function pathOf(number: string): string {
  if (number.startsWith('/')) return number;
  const mapped = readOr(`/sys/dev/block/${number}/dm/name`);
  if (mapped) return `/dev/mapper/${mapped.trim()}`;
  try {
    return `/dev/${readlinkSync(`/sys/dev/block/${number}`).split('/').pop()}`;
  } catch {
    return number;
  }
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

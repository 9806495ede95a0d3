import type { VerityLayout } from '../../verity/layout.ts';
import type { VerityParameters } from '../../verity/parameters.ts';

export interface Dump {
  parameters: VerityParameters;
  layout: VerityLayout;
  hashDevice: string;
  /** Bytes to the hash area; only of a device that is nothing else the size is told. */
  hashOffset: number;
  /** Empty without a superblock. */
  uuid: string;
  rootDigest?: string;
  /** Of an error correction area, which ends at that byte. */
  roots?: number | undefined;
  fecEnd?: number;
  fecOffset?: number;
}

/** What `format` and `dump` print (cryptsetup, lib/setup.c _verity_dump). */
export function dumpText({ parameters, layout, hashDevice, hashOffset, uuid, rootDigest, ...fec }: Dump): string {
  const { hashType, dataBlocks, dataBlockSize, hashBlockSize, algorithm, salt } = parameters;
  const lines: [string, unknown][] = [
    ['UUID:            ', uuid],
    ['Hash type:       ', hashType],
    ['Data blocks:     ', dataBlocks],
    ['Data block size: ', dataBlockSize],
    ['Hash blocks:     ', layout.hashBlocks],
    ['Hash block size: ', hashBlockSize],
    ['Hash algorithm:  ', algorithm],
    ...fecLines(fec, dataBlockSize),
    ['Salt:            ', salt === '' ? '-' : salt],
  ];
  if (rootDigest !== undefined) lines.push(['Root hash:      ', rootDigest]);
  if (hashOffset === 0) lines.push(['Hash device size: ', `${layout.end} [bytes]`]);
  if (fec.fecEnd !== undefined && fec.fecOffset === 0) lines.push(['FEC device size: ', `${fec.fecEnd} [bytes]`]);
  const text = lines.map(([label, value]) => `${label}\t${value}\n`).join('');
  return `VERITY header information for ${hashDevice}\n${text}`;
}

function fecLines(fec: Pick<Dump, 'roots' | 'fecEnd' | 'fecOffset'>, blockSize: number): [string, unknown][] {
  if (fec.fecEnd === undefined) return [];
  return [
    ['FEC RS roots:   ', fec.roots],
    ['FEC blocks:     ', (fec.fecEnd - (fec.fecOffset ?? 0)) / blockSize],
  ];
}

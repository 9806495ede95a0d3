/** Targets that encrypt. A key is hex digits, or `:bytes:type:description` of one in the kernel's keyring. */
import type { SectorCount } from '../units.ts';
import type { Row } from './row.ts';

/** Encrypts what is written and decrypts what is read (drivers/md/dm-crypt.c). */
export interface CryptFields extends Row {
  /** `aes-xts-plain64`, `capi:authenc(hmac(sha256),xts(aes))-random` … */
  cipher: string;
  key?: string;
  /** Added to the number of the sector, in sectors. */
  ivOffset: SectorCount;
  device: string;
  /** Sectors. */
  offset: SectorCount;
  allowDiscards?: boolean;
  sameCpuCrypt?: boolean;
  submitFromCryptCpus?: boolean;
  highPriority?: boolean;
  noReadWorkqueue?: boolean;
  noWriteWorkqueue?: boolean;
  integrity?: CryptIntegrity;
  /** Bytes. */
  integrityKeySize?: number;
  /** Bytes of an encryption sector; 512 unless given. */
  sectorSize?: number;
  /** The IV counts encryption sectors, not sectors of 512 bytes. */
  ivLargeSectors?: boolean;
}

/** Tags in a device of the integrity target below. */
export interface CryptIntegrity {
  /** Bytes for each sector. */
  tagSize: number;
  mode: 'aead' | 'none';
}

/** Encrypts with the storage controller's own engine (drivers/md/dm-inlinecrypt.c, Linux 7). */
export interface InlinecryptFields extends Row {
  cipher: 'aes-xts-plain64';
  key: string;
  /** Added to the number of the sector, in sectors. */
  ivOffset: SectorCount;
  device: string;
  /** Sectors. */
  offset: SectorCount;
  keyType?: 'raw' | 'hw-wrapped';
  allowDiscards?: boolean;
  /** Bytes of an encryption sector; other than 512 only with `ivLargeSectors`. */
  sectorSize?: number;
  ivLargeSectors?: boolean;
}

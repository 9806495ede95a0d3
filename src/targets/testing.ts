/** Targets that misbehave on purpose, or record what is done. */
import type { SectorCount } from '../units.ts';
import type { Count64, Row } from './row.ts';

/** Delays by milliseconds: everything, or writes and flushes by themselves, or all three (drivers/md/dm-delay.c). */
export interface DelayFields extends Row {
  device: string;
  /** Sectors. */
  offset: SectorCount;
  /** Milliseconds. */
  delay: number;
  writeDevice?: string;
  /** Sectors. */
  writeOffset?: SectorCount;
  /** Milliseconds. */
  writeDelay?: number;
  flushDevice?: string;
  /** Sectors. */
  flushOffset?: SectorCount;
  /** Milliseconds. */
  flushDelay?: number;
}

/** Requests that are being held back. */
export interface DelayStatus {
  reads: Count64;
  writes: Count64;
  flushes: Count64;
}

/** Fails reads of blocks that a message has declared bad (drivers/md/dm-dust.c). */
export interface DustFields extends Row {
  device: string;
  /** Sectors. */
  offset: SectorCount;
  /** Bytes. */
  blockSize: number;
}

export interface DustStatus {
  device: string;
  mode: 'bypass' | 'fail_read_on_bad_block';
  /** Whether the kernel log tells; since Linux 5.15. */
  messages?: 'verbose' | 'quiet';
}

/** Works for `upInterval` seconds, then misbehaves for `downInterval`, in turn (drivers/md/dm-flakey.c). */
export interface FlakeyFields extends Row {
  device: string;
  /** Sectors. */
  offset: SectorCount;
  /** Seconds. */
  upInterval: number;
  /** Seconds. */
  downInterval: number;
  errorReads?: boolean;
  writes?: 'drop' | 'error';
  corruptBioByte?: FlakeyCorruption;
  /** Of a thousand million reads. */
  randomReadCorrupt?: number;
  /** Of a thousand million writes. */
  randomWriteCorrupt?: number;
}

/** The `byte`th byte, from 1, of every request in that direction becomes `value`, where its flags hold `flags`. */
export interface FlakeyCorruption {
  byte: number;
  direction: 'r' | 'w';
  value: number;
  flags: number;
}

/** Passes everything on and logs the writes to a second device (drivers/md/dm-log-writes.c). */
export interface LogWritesFields extends Row {
  device: string;
  logDevice: string;
}

export interface LogWritesStatus {
  loggedEntries: Count64;
  /** Of the log device. */
  lastSector: Count64;
  state?: 'logging_disabled';
}

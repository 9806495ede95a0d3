/** A function for every target: it adds the type to the fields, and nothing else. */
import type { EbsFields, EraFields, ZonedFields } from './blocks.ts';
import type { CacheFields, CloneFields, PcacheFields, WritecacheFields } from './caching.ts';
import type { CryptFields, InlinecryptFields } from './encryption.ts';
import type { TableTarget } from './kinds.ts';
import type { ErrorFields, LinearFields, StripedFields, SwitchFields, UnstripedFields, ZeroFields } from './mapping.ts';
import type { MultipathFields } from './multipath.ts';
import type { MirrorFields, RaidFields } from './redundancy.ts';
import type { SnapshotFields, SnapshotMergeFields, SnapshotOriginFields } from './snapshots.ts';
import type { DelayFields, DustFields, FlakeyFields, LogWritesFields } from './testing.ts';
import type { ThinFields, ThinPoolFields } from './thin.ts';
import type { VdoFields } from './vdo.ts';
import type { IntegrityFields, VerityFields } from './verification.ts';

/** @example linear({ length: '1MiB', device: '/dev/loop0', offset: 0 }) */
export function linear(fields: LinearFields): TableTarget {
  return { type: 'linear', ...fields };
}

/** @example striped({ length: 256, chunkSize: 64, stripes: [{ device: '7:0', offset: 0 }, { device: '7:1', offset: 0 }] }) */
export function striped(fields: StripedFields): TableTarget {
  return { type: 'striped', ...fields };
}

/** @example unstriped({ length: 128, stripes: 2, chunkSize: 64, index: 0, device: '/dev/loop0', offset: 0 }) */
export function unstriped(fields: UnstripedFields): TableTarget {
  return { type: 'unstriped', ...fields };
}

/** A switch target. @example switchPaths({ length: 256, regionSize: 128, paths: [{ device: '7:0', offset: 0 }] }) */
export function switchPaths(fields: SwitchFields): TableTarget {
  return { type: 'switch', ...fields };
}

/** @example zero({ length: '4KiB' }) */
export function zero(fields: ZeroFields): TableTarget {
  return { type: 'zero', ...fields };
}

/** @example error({ length: 8 }) */
export function error(fields: ErrorFields): TableTarget {
  return { type: 'error', ...fields };
}

/** @example delay({ length: 8, device: '/dev/loop0', offset: 0, delay: 500 }) */
export function delay(fields: DelayFields): TableTarget {
  return { type: 'delay', ...fields };
}

/** @example dust({ length: 2048, device: '/dev/loop0', offset: 0, blockSize: 512 }) */
export function dust(fields: DustFields): TableTarget {
  return { type: 'dust', ...fields };
}

/** @example flakey({ length: 8, device: '/dev/loop0', offset: 0, upInterval: 5, downInterval: 10, writes: 'drop' }) */
export function flakey(fields: FlakeyFields): TableTarget {
  return { type: 'flakey', ...fields };
}

/** @example logWrites({ length: 8, device: '/dev/loop0', logDevice: '/dev/loop1' }) */
export function logWrites(fields: LogWritesFields): TableTarget {
  return { type: 'log-writes', ...fields };
}

/** @example ebs({ length: 8, device: '/dev/loop0', offset: 0, emulatedBlockSize: 1 }) */
export function ebs(fields: EbsFields): TableTarget {
  return { type: 'ebs', ...fields };
}

/** @example era({ length: 8, metadataDevice: '/dev/loop0', originDevice: '/dev/loop1', blockSize: '64KiB' }) */
export function era(fields: EraFields): TableTarget {
  return { type: 'era', ...fields };
}

/** @example zoned({ length: 8, devices: ['/dev/sda'] }) */
export function zoned(fields: ZonedFields): TableTarget {
  return { type: 'zoned', ...fields };
}

/** Load it with `readOnly: true`. */
export function verity(fields: VerityFields): TableTarget {
  return { type: 'verity', ...fields };
}

/** @example integrity({ length: 8, device: '7:0', offset: 0, tagSize: 4, mode: 'journal', internalHash: { algorithm: 'crc32c' } }) */
export function integrity(fields: IntegrityFields): TableTarget {
  return { type: 'integrity', ...fields };
}

/** @example crypt({ length: 8, cipher: 'aes-xts-plain64', key: ':32:logon:vault', ivOffset: 0, device: '7:0', offset: 0 }) */
export function crypt(fields: CryptFields): TableTarget {
  return { type: 'crypt', ...fields };
}

/** @example inlinecrypt({ length: 8, cipher: 'aes-xts-plain64', key: ':64:logon:vault', ivOffset: 0, device: '7:0', offset: 0 }) */
export function inlinecrypt(fields: InlinecryptFields): TableTarget {
  return { type: 'inlinecrypt', ...fields };
}

/** @example snapshot({ length: 8, originDevice: '7:0', cowDevice: '7:1', persistence: 'persistent', chunkSize: 16 }) */
export function snapshot(fields: SnapshotFields): TableTarget {
  return { type: 'snapshot', ...fields };
}

/** @example snapshotOrigin({ length: 8, device: '/dev/loop0' }) */
export function snapshotOrigin(fields: SnapshotOriginFields): TableTarget {
  return { type: 'snapshot-origin', ...fields };
}

/** @example snapshotMerge({ length: 8, originDevice: '7:0', cowDevice: '7:1', persistence: 'persistent', chunkSize: 16 }) */
export function snapshotMerge(fields: SnapshotMergeFields): TableTarget {
  return { type: 'snapshot-merge', ...fields };
}

/** @example thinPool({ length: '1GiB', metadataDevice: '7:0', dataDevice: '7:1', dataBlockSize: '64KiB', lowWaterBlocks: 0 }) */
export function thinPool(fields: ThinPoolFields): TableTarget {
  return { type: 'thin-pool', ...fields };
}

/** @example thin({ length: '1TiB', poolDevice: '/dev/mapper/pool', deviceId: 0 }) */
export function thin(fields: ThinFields): TableTarget {
  return { type: 'thin', ...fields };
}

/** @example cache({ length: 8, metadataDevice: '7:0', cacheDevice: '7:1', originDevice: '7:2', blockSize: 128, policy: 'smq' }) */
export function cache(fields: CacheFields): TableTarget {
  return { type: 'cache', ...fields };
}

/** @example writecache({ length: 8, cacheType: 'ssd', originDevice: '7:0', cacheDevice: '7:1', blockSize: 4096 }) */
export function writecache(fields: WritecacheFields): TableTarget {
  return { type: 'writecache', ...fields };
}

/** @example clone({ length: 8, metadataDevice: '7:0', destinationDevice: '7:1', sourceDevice: '7:2', regionSize: 8 }) */
export function clone(fields: CloneFields): TableTarget {
  return { type: 'clone', ...fields };
}

/** @example pcache({ length: 8, cacheDevice: '/dev/pmem0', backingDevice: '/dev/loop0' }) */
export function pcache(fields: PcacheFields): TableTarget {
  return { type: 'pcache', ...fields };
}

/** @example raid({ length: 8, raidType: 'raid1', chunkSize: 0, devices: [{ data: '7:0' }, { data: '7:1' }] }) */
export function raid(fields: RaidFields): TableTarget {
  return { type: 'raid', ...fields };
}

/** @example mirror({ length: 8, log: 'core', regionSize: 8, mirrors: [{ device: '7:0', offset: 0 }, { device: '7:1', offset: 0 }] }) */
export function mirror(fields: MirrorFields): TableTarget {
  return { type: 'mirror', ...fields };
}

/** @example multipath({ length: 8, initialGroup: 1, groups: [{ selector: 'round-robin', pathArguments: 0, paths: [{ device: '7:0', arguments: [] }] }] }) */
export function multipath(fields: MultipathFields): TableTarget {
  return { type: 'multipath', ...fields };
}

/** @example vdo({ length: '4GiB', storageDevice: '7:0', physicalBlocks: 524288, logicalBlockSize: 4096, blockMapCacheBlocks: 32768, blockMapEraLength: 16380 }) */
export function vdo(fields: VdoFields): TableTarget {
  return { type: 'vdo', ...fields };
}

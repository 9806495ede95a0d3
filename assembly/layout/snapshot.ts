/**
 * The store of a snapshot that cannot overflow, however much of the origin or of the snapshot is written.
 *
 * A persistent store is a header chunk and then areas, each a metadata chunk with an exception of 16 bytes for every data
 * chunk behind it (drivers/md/dm-snap-persistent.c area_location, struct disk_exception). The area behind one that is full
 * is wiped at once, used or not (persistent_commit_exception): it has to be there. A transient store holds nothing but
 * chunks (drivers/md/dm-snap-transient.c transient_prepare_exception).
 */
import { SECTOR_SHIFT } from '../abi';
import { fail } from '../failure';
import { enterMap, failed, isTrue, LAST_SECTOR, placeOf, powerOfTwo, sectors } from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_AREAS,
  TEXT_CHUNK_SIZE,
  TEXT_CHUNKS,
  TEXT_COW_SIZE,
  TEXT_ORIGIN_SIZE,
  TEXT_PERSISTENT,
  TEXT_SNAPSHOT_FIELDS,
} from '../generated/tables';
import { openLayout, put } from './answer';

/** The largest power of two below INT_MAX >> SECTOR_SHIFT (dm-exception-store.c dm_exception_store_set_chunk_size). */
const MAX_CHUNK: u64 = 2097152;
const EXCEPTION_SHIFT: u64 = 4;
const HEADER_CHUNKS: u64 = 1;

export function writeSnapshot(at: usize): bool {
  if (!enterMap(at, TEXT_SNAPSHOT_FIELDS)) return false;
  const origin = sectors(TEXT_ORIGIN_SIZE, 1, LAST_SECTOR);
  const chunk = powerOfTwo(TEXT_CHUNK_SIZE, sectors(TEXT_CHUNK_SIZE, 1, MAX_CHUNK));
  const persistent = isTrue(TEXT_PERSISTENT, true);
  if (failed()) return false;
  const chunks = (origin + chunk - 1) / chunk;
  const exceptions = (chunk << SECTOR_SHIFT) >> EXCEPTION_SHIFT;
  const areas = persistent ? chunks / exceptions + 1 : 0;
  const size = (chunks + areas + (persistent ? HEADER_CHUNKS : 0)) * chunk;
  if (size > LAST_SECTOR) return fail(E.TABLE_TOO_LONG, placeOf(TEXT_ORIGIN_SIZE));
  openLayout(3);
  put(TEXT_COW_SIZE, size);
  put(TEXT_CHUNKS, chunks);
  return put(TEXT_AREAS, areas);
}

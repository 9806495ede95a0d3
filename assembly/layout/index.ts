/** The sector arithmetic that comes before a table: `{ v: 1, action: "layout", kind, … }` becomes `{ v: 1, layout }`. */
import { fail, failTexts } from '../failure';
import { checkVersion, failed, text } from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_CONCAT,
  TEXT_INTEGRITY,
  TEXT_KIND,
  TEXT_KINDS,
  TEXT_LAYOUT,
  TEXT_MIRROR,
  TEXT_RAID,
  TEXT_SNAPSHOT,
  TEXT_STRIPE,
  TEXT_THIN_POOL,
  TEXT_USABLE,
  TEXT_V,
  TEXT_VERITY,
} from '../generated/tables';
import { find } from '../msgpack/read';
import { overflowed, writeMap, writeNamed, writeNumber } from '../msgpack/write';
import { equal, named, Text } from '../text';
import { writeConcat } from './concat';
import { writeIntegrity } from './integrity';
import { writeMirror } from './mirror';
import { writeRaid } from './raid';
import { writeSnapshot } from './snapshot';
import { writeStripe } from './stripe';
import { writeThinPool } from './thin-pool';
import { writeUsable } from './usable';
import { writeVerity } from './verity';

const VERSION: u64 = 1;

export function writeLayout(at: usize): bool {
  if (!checkVersion(at)) return false;
  const kind = text(TEXT_KIND);
  if (failed()) return false;
  writeMap(2);
  writeNamed(TEXT_V);
  writeNumber(VERSION);
  writeNamed(TEXT_LAYOUT);
  if (!writeKind(kind, at)) return false;
  return !overflowed || fail(E.REQUEST_TOO_LARGE, at);
}

function writeKind(kind: Text, at: usize): bool {
  if (equal(kind, named(TEXT_CONCAT))) return writeConcat(at);
  if (equal(kind, named(TEXT_STRIPE))) return writeStripe(at);
  if (equal(kind, named(TEXT_VERITY))) return writeVerity(at);
  if (equal(kind, named(TEXT_THIN_POOL))) return writeThinPool(at);
  if (equal(kind, named(TEXT_SNAPSHOT))) return writeSnapshot(at);
  if (equal(kind, named(TEXT_INTEGRITY))) return writeIntegrity(at);
  if (equal(kind, named(TEXT_RAID))) return writeRaid(at);
  if (equal(kind, named(TEXT_MIRROR))) return writeMirror(at);
  if (equal(kind, named(TEXT_USABLE))) return writeUsable(at);
  return failTexts(E.UNKNOWN_LAYOUT, find(at, named(TEXT_KIND)), kind, named(TEXT_KINDS));
}

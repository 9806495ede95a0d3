/** The sector arithmetic that comes before a table: `{ v: 1, action: "layout", kind, … }` becomes `{ v: 1, layout }`. */
import { enterField, fail, failNumber, failText, failTexts } from '../failure';
import * as E from '../generated/errors';
import {
  TEXT_ACTION,
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
import { bytesOf, find, kindOf, MAP, TEXT } from '../msgpack/read';
import { overflowed, writeMap, writeNamed, writeNumber } from '../msgpack/write';
import { number, readNumber } from '../numbers';
import { equal, named, Text } from '../text';
import { writeConcat } from './concat';
import { failed, reenterMap, text } from './fields';
import { writeIntegrity } from './integrity';
import { writeMirror } from './mirror';
import { writeRaid } from './raid';
import { writeSnapshot } from './snapshot';
import { writeStripe } from './stripe';
import { writeThinPool } from './thin-pool';
import { writeUsable } from './usable';
import { writeVerity } from './verity';

const VERSION: u64 = 1;

/** Whether the request at `at` asks for a layout instead of a plan. */
export function isLayout(at: usize): bool {
  if (kindOf(at) != MAP) return false;
  const action = find(at, named(TEXT_ACTION));
  return action != 0 && kindOf(action) == TEXT && equal(bytesOf(action), named(TEXT_LAYOUT));
}

export function writeLayout(at: usize): bool {
  if (!checkVersion(at)) return false;
  reenterMap(at);
  const kind = text(TEXT_KIND);
  if (failed()) return false;
  writeMap(2);
  writeNamed(TEXT_V);
  writeNumber(VERSION);
  writeNamed(TEXT_LAYOUT);
  if (!writeKind(kind, at)) return false;
  return !overflowed || fail(E.REQUEST_TOO_LARGE, at);
}

function checkVersion(at: usize): bool {
  enterField(named(TEXT_V));
  const value = find(at, named(TEXT_V));
  if (value == 0) return failText(E.MISSING_FIELD, at, named(TEXT_V));
  if (!readNumber(value)) return false;
  return number == VERSION || failNumber(E.UNSUPPORTED_VERSION, value, number);
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

/** A table given as `targets`: one map a row. */
import { enterField, failText, failTexts, ROOT_TARGETS } from '../failure';
import * as E from '../generated/errors';
import {
  TEXT_A_MAP,
  TEXT_LENGTH,
  TEXT_PARAMS,
  TEXT_SOME_TEXT,
  TEXT_START,
  TEXT_TARGET_FIELDS,
  TEXT_TEXT_OR_BINARY,
  TEXT_TYPE,
} from '../generated/tables';
import { putFields } from '../grammar/from-fields';
import { putWords } from '../grammar/from-words';
import { mayHoldKey } from '../grammar/keys';
import { findTarget } from '../grammar/nodes';
import { enterSecretRow } from '../grammar/secrets';
import { setTargetVersion } from '../grammar/since';
import { startParams } from '../grammar/sink';
import { checkParams, startWords } from '../grammar/words';
import { BINARY, bodyOf, bytesOf, find, kindOf, MAP, sizeOf, skip, TEXT } from '../msgpack/read';
import { writeBytes } from '../msgpack/write';
import { number, readSectors } from '../numbers';
import { versionOf } from '../request';
import { equal, named, Text } from '../text';
import { checkStart, closeSpec, nextRow, openSpec, startTable } from './specs';
import { checkType } from './type';

/** Writes the specs of the array at `list`. */
export function putTargets(list: usize, readOnly: bool): bool {
  startTable(ROOT_TARGETS, readOnly);
  let at = bodyOf(list);
  for (let left = sizeOf(list); left > 0; left--) {
    if (!nextRow(at) || !putTarget(at)) return false;
    at = skip(at);
  }
  return true;
}

function putTarget(at: usize): bool {
  if (kindOf(at) != MAP) return failText(E.WRONG_TYPE, at, named(TEXT_A_MAP));
  const typeAt = required(at, TEXT_TYPE);
  if (typeAt == 0) return false;
  if (kindOf(typeAt) != TEXT) return failText(E.WRONG_TYPE, typeAt, named(TEXT_SOME_TEXT));
  const type = bytesOf(typeAt);
  if (!checkType(type)) return false;
  const startAt = find(at, named(TEXT_START));
  if (startAt != 0) {
    enterField(named(TEXT_START));
    if (!readSectors(startAt) || !checkStart(number, startAt)) return false;
  }
  const lengthAt = required(at, TEXT_LENGTH);
  if (lengthAt == 0 || !readSectors(lengthAt)) return false;
  if (!openSpec(type, number, lengthAt)) return false;
  const target = findTarget(type);
  enterSecretRow(mayHoldKey(target));
  setTargetVersion(versionOf(type));
  return putParams(target, type, at) && closeSpec(target, at);
}

function required(at: usize, reference: u32): usize {
  enterField(named(reference));
  const value = find(at, named(reference));
  if (value == 0) failText(E.MISSING_FIELD, at, named(reference));
  return value;
}

function putParams(target: usize, type: Text, at: usize): bool {
  const paramsAt = find(at, named(TEXT_PARAMS));
  if (paramsAt != 0) return checkRawFields(at) && putRawParams(target, paramsAt);
  if (target != 0) {
    startParams();
    return putFields(target, at);
  }
  enterField(named(TEXT_PARAMS));
  return failText(E.MISSING_PARAMS, at, type);
}

function putRawParams(target: usize, at: usize): bool {
  enterField(named(TEXT_PARAMS));
  if (kindOf(at) != TEXT && kindOf(at) != BINARY) return failText(E.WRONG_TYPE, at, named(TEXT_TEXT_OR_BINARY));
  const params = bytesOf(at);
  if (!checkParams(params)) return false;
  if (target != 0) {
    startParams();
    startWords(params, true);
    return putWords(target);
  }
  writeBytes(params);
  return true;
}

/** Beside raw params only the fields that every target has. */
function checkRawFields(at: usize): bool {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const name = bytesOf(key);
    if (
      !equal(name, named(TEXT_TYPE)) &&
      !equal(name, named(TEXT_LENGTH)) &&
      !equal(name, named(TEXT_START)) &&
      !equal(name, named(TEXT_PARAMS))
    ) {
      enterField(name);
      return failTexts(E.UNKNOWN_FIELD, key, name, named(TEXT_TARGET_FIELDS));
    }
    key = skip(skip(key));
  }
  return true;
}

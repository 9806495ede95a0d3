/** A table given as `targets`: one map a row. */
import { enterField, failText, ROOT_TARGETS } from '../failure';
import * as E from '../generated/errors';
import { TEXT_LENGTH, TEXT_PARAMS, TEXT_START, TEXT_TARGET_FIELDS, TEXT_TYPE } from '../generated/tables';
import { putFields } from '../grammar/from-fields';
import { putWords } from '../grammar/from-words';
import { mayHoldKey } from '../grammar/keys';
import { findTarget } from '../grammar/nodes';
import { enterSecretRow } from '../grammar/secrets';
import { setTargetVersion } from '../grammar/since';
import { startParams } from '../grammar/sink';
import { checkParams, startWords } from '../grammar/words';
import { checkKnown, expectBytes, expectMap, expectText, required } from '../msgpack/fields';
import { bodyOf, bytesOf, find, sizeOf, skip } from '../msgpack/read';
import { writeBytes } from '../msgpack/write';
import { number, readSectors } from '../numbers';
import { named, Text } from '../text';
import { versionOf } from '../versions';
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
  if (!expectMap(at)) return false;
  const typeAt = required(at, TEXT_TYPE);
  const type = typeAt == 0 ? 0 : expectText(typeAt);
  if (type == 0 || !checkType(type)) return false;
  const startAt = find(at, named(TEXT_START));
  if (startAt != 0) {
    enterField(named(TEXT_START));
    if (!readSectors(startAt) || !checkStart(number, startAt)) return false;
  }
  const lengthAt = required(at, TEXT_LENGTH);
  if (lengthAt == 0 || !readSectors(lengthAt)) return false;
  if (!openSpec(type, number, lengthAt)) return false;
  const target = findTarget(type);
  enterSecretRow(mayHoldKey(target, type), target != 0);
  setTargetVersion(versionOf(type));
  return putParams(target, type, at) && closeSpec(target, at);
}

function putParams(target: usize, type: Text, at: usize): bool {
  const paramsAt = find(at, named(TEXT_PARAMS));
  if (paramsAt != 0) return checkKnown(at, TEXT_TARGET_FIELDS) && putRawParams(target, paramsAt);
  if (target != 0) {
    startParams();
    return putFields(target, at);
  }
  enterField(named(TEXT_PARAMS));
  return failText(E.MISSING_PARAMS, at, type);
}

function putRawParams(target: usize, at: usize): bool {
  enterField(named(TEXT_PARAMS));
  if (!expectBytes(at)) return false;
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

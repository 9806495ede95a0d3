/** A target's words as typed fields, and its keys hidden. Words that do not fit their declaration stay words. */
import { forget } from '../failure';
import { TEXT_FIELDS, TEXT_STATUS } from '../generated/tables';
import { putKnownWords } from '../grammar/from-words';
import { countOf, findTarget, Nodes, paramsOf, statusOf, tableOf } from '../grammar/nodes';
import { nextSecretRow } from '../grammar/secrets';
import { setTargetVersion } from '../grammar/since';
import { closeFields, openFields, startFields } from '../grammar/sink';
import { startWords, wordPlace } from '../grammar/words';
import { setTop, top } from '../memory';
import { overflowed, writeNamed } from '../msgpack/write';
import { startOf, Text } from '../text';

/** The end of the words that were read last, and in which the keys are known; the beginning where they do not fit. */
export let readTo: usize = 0;

/** Writes `fields` of a TABLE line, or `status` of an INFO line; false, and nothing written, where there are none. */
export function writeTyped(type: Text, params: Text, isTable: bool): bool {
  nextSecretRow();
  readTo = startOf(params);
  const target = findTarget(type);
  if (target == 0) return false;
  const list = isTable ? tableOf(target) : statusOf(target);
  if (!isTable && countOf(list) == 0) return false;
  setTargetVersion(0);
  const before = top;
  writeNamed(isTable ? TEXT_FIELDS : TEXT_STATUS);
  if (putInto(target, list, params) || overflowed) return true;
  memory.fill(before, 0, top - before);
  setTop(before);
  forget();
  return false;
}

function putInto(target: usize, list: Nodes, params: Text): bool {
  startFields();
  startWords(params, false);
  const opened = openFields();
  if (!putKnownWords(target, list)) return false;
  readTo = wordPlace();
  closeFields(opened);
  return true;
}

/**
 * Notes where the keys of a table stand in its params, and writes nothing; of a target that is not declared (0) nobody knows. `forKernel`: they are what a constructor takes,
 * with its quoting; otherwise what TABLE prints.
 */
export function findSecrets(target: usize, params: Text, forKernel: bool): void {
  nextSecretRow();
  readTo = startOf(params);
  if (target == 0) return;
  const before = top;
  startFields();
  setTargetVersion(0);
  startWords(params, forKernel);
  openFields();
  const fits = putKnownWords(target, forKernel ? paramsOf(target) : tableOf(target));
  if (fits) readTo = wordPlace();
  memory.fill(before, 0, top - before);
  setTop(before);
  if (!fits) forget();
}

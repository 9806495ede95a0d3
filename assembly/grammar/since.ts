/** Options that are newer than the target that a request says it is for. */
import { failText, setVersion } from '../failure';
import * as E from '../generated/errors';
import { sinceOf, wordOf } from './nodes';

/** The target's version in the kernel at hand, as `major << 16 | minor << 8 | patch`; 0 when nobody said. */
export let targetVersion: u32 = 0;

export function setTargetVersion(version: u32): void {
  targetVersion = version;
}

/** Whether the option is as old as the target; without a version everything is. */
export function checkSince(option: usize, place: usize): bool {
  if (targetVersion == 0 || sinceOf(option) <= targetVersion) return true;
  setVersion(1, sinceOf(option));
  setVersion(2, targetVersion);
  return failText(E.OPTION_TOO_NEW, place, wordOf(option));
}

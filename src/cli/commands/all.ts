import type { Command } from 'commander';
import { addChanges } from './changes.ts';
import { addCompletion } from './completion.ts';
import { addConvert } from './convert.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { addExplain } from './explain.ts';
import { addInfo } from './info.ts';
import { addInspect } from './inspect.ts';
import { addLists } from './lists.ts';
import { addMessages } from './messages.ts';
import { addModules } from './modules.ts';
import { addPlan } from './plan.ts';
import { addPolicy } from './policy.ts';
import { addQueries } from './queries.ts';
import { addRemoval } from './removal.ts';
import type { Start } from './start.ts';
import { addVerify } from './verify.ts';
import { addVerity } from './verity.ts';
import { addVeritysetup } from './veritysetup.ts';
import { addWait } from './wait.ts';

/** dmsetup's verbs, and `plan`, `inspect`, `explain`, `policy` and `convert` that need no kernel, in the order of the help. */
export function addAll(program: Command, start: Start): void {
  addPlan(program, start);
  addInspect(program, start);
  addExplain(program, start);
  addPolicy(program, start);
  addConvert(program, start);
  addChanges(program, start);
  addRemoval(program, start);
  addMessages(program, start);
  addInfo(program, start);
  addQueries(program, start);
  addLists(program, start);
  addVerify(program, start);
  addWait(program, start);
  addModules(program, start);
  addDoctor(program, start);
  addDemo(program, start);
  addVerity(program, start);
  addCompletion(program, start);
  addVeritysetup(program);
}

import type { Grounds } from './backing.ts';
import type { Policy, Rule, TargetRule } from './document.ts';
import type { Facts } from './facts.ts';

/** A uid, or whoever holds standard input. */
export type Who = number | 'stdio';

/** What a policy says of one step to one client. */
export interface Verdict {
  /** The rule that allows it: the first of the client's that holds. */
  rule: string | null;
  /** What the table may lie on; null where that is not restricted. */
  backing: string[] | null;
  /** What a refusal names, where no rule allows the step: `clients`, `limits.targets`, `images.readOnly`. */
  refusal: string | null;
  /** For each rule that was tried and does not hold, the key in it that does not. */
  refused: Record<string, string>;
}

/** In the order of checking: whether a key of a rule holds, or the place below the key at which it does not. */
const CONSTRAINTS: { readonly [Key in keyof Rule]-?: (rule: Rule, facts: Facts) => boolean | string } = {
  commands: ({ commands }, { command }) => commands.includes(command),
  namePrefix: ({ namePrefix }, { names }) =>
    namePrefix === undefined || names.every((name) => name?.startsWith(namePrefix) ?? false),
  uuidPrefix: ({ uuidPrefix }, { uuids }) =>
    uuidPrefix === undefined || uuids.every((uuid) => uuid?.startsWith(uuidPrefix) ?? false),
  readOnly: ({ readOnly }, { table }) => readOnly !== true || table === null || table.readOnly,
  deferred: ({ deferred }, facts) => deferred === true || !facts.deferred,
  messages: ({ messages = [] }, { message }) => message === null || messages.includes(message),
  targets: ({ targets = {} }, { table }) => {
    const unknown = [...(table?.types ?? [])].find((type) => !Object.hasOwn(targets, type));
    if (unknown !== undefined) return unknown;
    if (table === null || table.verity === null) return true;
    // Newer kernels load verity only alone (dm-verity-target.c DM_TARGET_SINGLETON), as the planner does for all.
    if (table.targets > 1) return 'verity';
    const broken = brokenVerity(targets.verity!, table.verity);
    return broken === null || `verity.${broken}`;
  },
};

/** Words are parted by blanks that no backslash stands before (dm-table.c dm_split_args); 0xa0 is one to the kernel. */
const WORD = /(?:\\[\s\S]|[^ \xa0\\])+/g;
const ROOT_DIGEST = 8;
/** Behind the ten words and the number of the optional ones. */
const OPTIONS = 11;
/** Options that a value follows (dm-verity-target.c, dm-verity-fec.c, dm-verity-verify-sig.c). */
const VALUED = ['use_fec_from_device', 'fec_blocks', 'fec_start', 'fec_roots', 'root_hash_sig_key_desc'];

function brokenVerity({ rootDigests, options = [] }: TargetRule, params: string): keyof TargetRule | null {
  let at = 0;
  let isValue = false;
  for (const [word] of params.matchAll(WORD)) {
    if (at === ROOT_DIGEST && rootDigests?.includes(word.toLowerCase()) === false) return 'rootDigests';
    if (at >= OPTIONS && !isValue && !options.includes(word)) return 'options';
    isValue = at >= OPTIONS && !isValue && VALUED.includes(word);
    at++;
  }
  return at > ROOT_DIGEST || rootDigests === undefined ? null : 'rootDigests';
}

/** The names of a client's rules, in the order of trying. */
export function rulesOf({ clients }: Policy, who: Who): string[] {
  const own = clients.filter(({ uid, stdio }) => (who === 'stdio' ? stdio === true : uid === who));
  return own.flatMap(({ rules }) => rules);
}

export function judgeStep(policy: Policy, grounds: Grounds, who: Who, facts: Facts): Verdict {
  const refused: Verdict['refused'] = {};
  const verdict: Verdict = { rule: null, backing: null, refusal: brokenForAll(policy, facts), refused };
  if (verdict.refusal !== null) return verdict;
  for (const name of rulesOf(policy, who)) {
    const rule = policy.rules[name]!;
    const broken = brokenKey(rule, facts);
    if (broken === null) return { ...verdict, rule: name, backing: backingOf(rule, grounds, facts) };
    refused[name] = broken;
  }
  return { ...verdict, refusal: nearest(refused) };
}

/** What holds for every rule. */
function brokenForAll({ uuidPrefix, limits = {} }: Policy, { uuids, table }: Facts): string | null {
  if (uuids.some((uuid) => uuid !== null && !uuid.startsWith(uuidPrefix))) return 'uuidPrefix';
  const { targets = Infinity, sectors = Infinity } = limits;
  if (table !== null && table.targets > targets) return 'limits.targets';
  return table !== null && table.sectors > sectors ? 'limits.sectors' : null;
}

function brokenKey(rule: Rule, facts: Facts): string | null {
  for (const [key, holds] of Object.entries(CONSTRAINTS)) {
    const held = holds(rule, facts);
    if (held !== true) return held === false ? key : `${key}.${held}`;
  }
  return null;
}

/**
 * What every type of the table may lie on, since the kernel does not say which of a table's targets opened a device. A
 * table for writing may not lie on what is there for reading.
 */
function backingOf({ targets = {} }: Rule, grounds: Grounds, { table }: Facts): string[] | null {
  if (table === null) return null;
  const textsOf = (sets: string[]): string[] => {
    const all = sets.flatMap((set) => grounds.get(set)!);
    return all.filter(({ readOnly }) => table.readOnly || !readOnly).map(({ text }) => text);
  };
  const sets = [...table.types].map((type) => targets[type]?.backing).filter((each) => each !== undefined);
  if (sets.length === 0) return null;
  const [first = [], ...others] = sets.map(textsOf);
  return [...new Set(first)].filter((text) => others.every((each) => each.includes(text)));
}

/** The last rule that knows the command came nearest to allowing the step. */
function nearest(refused: Verdict['refused']): string {
  const tried = Object.entries(refused);
  return (tried.findLast(([, key]) => key !== 'commands') ?? tried.at(-1))?.join('.') ?? 'clients';
}

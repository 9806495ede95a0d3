/** What a person can do about what an executor says, where its message does not say it. */
const REMEDIES: Readonly<Record<string, string>> = {
  bad_policy: 'use Linux 5.13 or newer, or an executor without a prefix (--policy unrestricted)',
  no_journal: "make the journal's folder (--journal, or the unit's RuntimeDirectory) writable for the executor's user",
  indeterminate: 'look at the device (dmplan info NAME) before you do it again: the plan may have been applied',
  degraded: 'connect anew: its hello says why',
  policy_refused: 'give devices a uuid that begins as the executor asks for: --uuid-prefix PREFIX',
  stopping: 'try again when the executor has been started anew',
};

/** The remedy for an error or reason of this name, where the message alone does not say it. */
export function remedyOf(name: string): string | undefined {
  return REMEDIES[name];
}

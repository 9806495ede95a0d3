/** What a person can do about what an executor says, where its message does not say it. */
const REMEDIES: Readonly<Record<string, string>> = {
  bad_policy: 'see what `dmplan policy check FILE` says; a policy with a prefix takes Linux 5.13 or newer',
  device_refused: 'use a device that stands in the backing sets of the policy, or have it added there',
  key_reused: 'make a new key (16 random bytes) for each plan',
  no_journal: "make the journal's folder (--journal, or the unit's RuntimeDirectory) writable for the executor's user",
  indeterminate: 'look at the device (dmplan info NAME) before you do it again: the plan may have been applied',
  degraded: 'connect anew: its hello says why',
  policy_refused:
    'see what the policy allows (dmplan policy explain FILE REQUEST); devices have a uuid that begins as it says: --uuid-prefix PREFIX',
  stopping: 'try again when the executor has been started anew',
};

/** The remedy for an error or reason of this name, where the message alone does not say it. */
export function remedyOf(name: string): string | undefined {
  return REMEDIES[name];
}

/**
 * What planner and kernel judge differently on purpose, each with its reason. The differential test explains with these
 * lists whatever is not judged the same, and tries every example: an entry that has come to nothing fails there.
 */
export interface Difference {
  /** Names of the planner's errors that say the same as the kernel here. */
  same?: string;
  /** Types of targets, or `*`. */
  target: string;
  /** Names of the planner's errors. */
  error?: string;
  /** What the planner's message, or `errno n` and the kernel's log, have to say. */
  says?: RegExp;
  /** What the table's params have to hold. */
  words?: RegExp;
  /** All of them where there are none. */
  kernels?: readonly string[];
  reason: string;
  /** A line of a table that is judged differently for this reason. */
  example: string;
}

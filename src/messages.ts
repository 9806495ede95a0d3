/** Messages to targets by typed fields; `assembly/tables/messages.ts` declares the words behind each verb. */
import type { TargetType } from './targets/kinds.ts';

/** A word behind a verb, or several. */
export type MessageValue = string | number | bigint | string[];

/**
 * `target` is a target's type, or `@` for what any device takes (statistics); `verb` the message's first word or words.
 * @example { target: 'thin-pool', verb: 'create_thin', deviceId: 0 }
 */
export interface TypedMessage {
  target: TargetType | '@';
  verb: string;
  [field: string]: MessageValue;
}

/** Words parted by blanks, or typed fields. */
export type Message = string | Uint8Array | TypedMessage;

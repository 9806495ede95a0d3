import type { CommandName } from '../commands.ts';

/** What a person has put in: the text, and what the text alone does not say. Also what a link carries. */
export interface Entry {
  text: string;
  /** For a table: what to do with it, and with which device. */
  action: TableAction;
  name: string;
  uuid: string;
  readOnly: boolean;
  /** For the bytes of one payload: the command they belong to; guessed from the header unless given. */
  command?: CommandName | undefined;
  /** For the bytes of one payload: whether the kernel wrote them; guessed unless given. */
  reply?: boolean | undefined;
}

export const TABLE_ACTIONS = ['create', 'load', 'reload'] as const;
export type TableAction = (typeof TABLE_ACTIONS)[number];

export function entryOf(text: string, more: Partial<Entry> = {}): Entry {
  return { action: 'create', name: 'data', uuid: '', readOnly: false, ...more, text };
}

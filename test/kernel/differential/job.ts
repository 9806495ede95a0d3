/** What a guest is asked to do, and what it answers. */

/** Bytes of a disk's image that are zeroed before every table. */
export interface Fresh {
  file: string;
  bytes: number;
}

/** A key for the kernel's keyring. */
export interface Key {
  type: string;
  description: string;
  size: number;
}

export interface Job {
  /** The device that the tables are loaded into. */
  name: string;
  fresh: Fresh[];
  keys: Key[];
  /** Payloads of TABLE_LOAD in base64. */
  payloads: string[];
}

export interface Answer {
  /** Of TABLE_LOAD. */
  errno: number;
  /** The reply to TABLE_STATUS of a table that was loaded, in base64. */
  status?: string | undefined;
  /** What the kernel logged. */
  messages: string[];
  ms?: number;
}

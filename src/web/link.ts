/** A link carries what was put in behind its `#`, compressed: it never reaches a server. */
import { COMMANDS, type CommandName } from '../commands.ts';
import { type Entry, entryOf, TABLE_ACTIONS, type TableAction } from './entry.ts';

/** What a link carries: what is shown, and what it is compared with. */
export interface Linked {
  entry: Entry;
  compared?: Entry | undefined;
}

const PREFIX = '#1:';

/** The fragment, `#` included. Works in Node as well, so that the command line can print a link. */
export async function fragmentOf({ entry, compared }: Linked): Promise<string> {
  const json = JSON.stringify({ ...short(entry), ...(compared && { compared: short(compared) }) });
  const packed = await piped(new TextEncoder().encode(json), new CompressionStream('deflate-raw'));
  return PREFIX + base64url(packed);
}

/** What a fragment carries; nothing for one that is not ours or is damaged. */
export async function readFragment(fragment: string): Promise<Linked | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined;
  try {
    const packed = Uint8Array.from(atob(fragment.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    const json = new TextDecoder().decode(await piped(packed, new DecompressionStream('deflate-raw')));
    const value = JSON.parse(json) as Record<string, unknown>;
    const compared = value.compared as Record<string, unknown> | undefined;
    return { entry: long(value), ...(compared && { compared: long(compared) }) };
  } catch {
    return undefined;
  }
}

/** Without what is as it is unless given. */
function short(entry: Entry): Partial<Entry> {
  const usual = entryOf('') as unknown as Record<string, unknown>;
  const given = Object.entries(entry).filter(
    ([name, value]) => name === 'text' || (value !== undefined && value !== usual[name]),
  );
  return Object.fromEntries(given) as Partial<Entry>;
}

/** Only what is well formed: a link can come from anybody. */
function long(value: Record<string, unknown>): Entry {
  const text = (name: string): string | undefined =>
    typeof value[name] === 'string' ? (value[name] as string) : undefined;
  const command = text('command');
  const entry = entryOf(text('text') ?? '', { readOnly: value.readOnly === true, uuid: text('uuid') ?? '' });
  const action = TABLE_ACTIONS.find((known) => known === value.action) as TableAction | undefined;
  return {
    ...entry,
    name: text('name') ?? entry.name,
    action: action ?? entry.action,
    ...(command !== undefined && Object.hasOwn(COMMANDS, command) && { command: command as CommandName }),
    ...(typeof value.reply === 'boolean' && { reply: value.reply }),
  };
}

async function piped(bytes: Uint8Array, through: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>;
  return new Uint8Array(await new Response(source.pipeThrough(through)).arrayBuffer());
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

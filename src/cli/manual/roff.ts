/** Manual pages in man(7)'s macros: what a page is made of, each part ended by a newline. */

/** A page's head. `date`: of the release; empty where there was none yet. */
export function title(name: string, section: number, date: string, source: string): string {
  const words = [name.toUpperCase(), String(section), date, source, "System Manager's Manual"];
  return `.TH ${words.map(argument).join(' ')}\n`;
}

export const section = (name: string): string => `.SH ${argument(name.toUpperCase())}\n`;
export const subsection = (name: string): string => `.SS ${argument(name)}\n`;
/** Sets running text apart from what is in front of it. */
export const paragraph = (text: string): string => `.PP\n${prose(text)}\n`;
/** A paragraph that may directly follow a heading. */
export const first = (text: string): string => `${prose(text)}\n`;

/** What a term means, as a list has it. */
export function entry(term: string, meaning: string): string {
  return `.TP\n${strong(term)}\n${meaning === '' ? '\\&' : prose(meaning)}\n`;
}

/** Lines that stand as they are; `isFirst`: right below a heading. */
export function verbatim(text: string, isFirst = false): string {
  return `${isFirst ? '' : '.PP\n'}.EX\n${text.split('\n').map(literal).join('\n')}\n.EE\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** Every character as itself: also those that roff takes for others, and those beyond ASCII. */
function literal(text: string): string {
  const escaped = text.replace(/[\\\-'`^~"]|[^\0-\x7f]/gu, (character) => ESCAPES[character] ?? unicode(character));
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

const argument = (text: string): string => `"${literal(text)}"`;
const strong = (text: string): string => `\\fB${literal(text)}\\fR`;

/** Running text; what stands in backquotes, and options, are words to type. */
function prose(text: string): string {
  const shown = text.replace(
    /`([^`]+)`|(?<![\w-])--?[a-z][\w-]*|[^\0-\x7f]|\\|(?<!\S)-(?!\S)/gu,
    (found, typed?: string) => {
      if (typed !== undefined) return strong(typed);
      if (/^-/.test(found)) return literal(found);
      return found === '\\' ? '\\e' : unicode(found);
    },
  );
  return /^[.']/.test(shown) ? `\\&${shown}` : shown;
}

function unicode(character: string): string {
  return `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** Whether the user's locale has the characters (nl_langinfo(CODESET)). */
export function localeHasUtf({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv = process.env): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

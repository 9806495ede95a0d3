import { addAll } from '../commands/all.ts';
import { buildProgram } from '../program.ts';
import { dmplanPage } from './dmplan.ts';
import { executorPage } from './executor.ts';

/** What the pages are made from, beside the program itself. */
export interface Sources {
  version: string;
  changelog: string;
  /** docs/protocol.md. */
  protocol: string;
  /** What `dmplan-executor --help` prints. */
  executorHelp: string;
}

/** The manual pages, by their file names. */
export function manualPages({ version, changelog, protocol, executorHelp }: Sources): Record<string, string> {
  const date = releaseDate(changelog, version);
  const nowhere = { write: () => true };
  const begin = () => {
    throw new Error('a manual page runs nothing');
  };
  return {
    'dmplan.8': dmplanPage(buildProgram(addAll, begin, { out: nowhere, err: nowhere }), version, date),
    'dmplan-executor.8': executorPage(executorHelp, protocol, version, date),
  };
}

/** `## 1.2.3, 2030-01-31` in the changelog; empty before the release. */
function releaseDate(changelog: string, version: string): string {
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version},`)) ?? '';
  return /\d{4}-\d{2}-\d{2}/.exec(heading)?.[0] ?? '';
}

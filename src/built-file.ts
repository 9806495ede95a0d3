import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The path of a file that the build makes: the package finds itself by its name, wherever this code is bundled to. */
export function builtFile(name: string): string {
  return join(dirname(createRequire(import.meta.url).resolve('dmplan/package.json')), 'dist', name);
}

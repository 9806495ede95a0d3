/** Programs in the throwaway kernel that are less than an executor, for what each part of one costs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Start } from './starts.ts';

/** bare.cjs, and one order at a time to it. */
export function openBare(program: string): { ask(order: string): Promise<string> } {
  const { stdin, stdout } = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  return {
    async ask(order) {
      stdin.write(order);
      const [answer] = (await once(stdout, 'data')) as [Buffer];
      return answer.toString();
    },
  };
}

const NO_CODE = '--disallow-code-generation-from-strings';
const LOAD = "require('node:module').createRequire(process.argv[1])";
const loads = (name: string): string => `${LOAD}('${name}')`;
const worker = (body: string): string =>
  `new (require('node:worker_threads').Worker)(${JSON.stringify(body)}, { eval: true, env: {}, argv: [process.argv[1]], stdout: true })
    .once('message', () => process.exit(0))`;
const TELLS = "require('node:worker_threads').parentPort.postMessage(0)";
const LOADS_KOFFI = "require('node:module').createRequire(process.argv[2])('koffi')";

/** The options and the script of a program; the executor's file is its argument, for the packages next to that. */
const PROGRAMS: Partial<Record<Start, [flags: string[], script: string]>> = {
  node: [[], '0'],
  jitless: [['--jitless'], '0'],
  noCode: [[NO_CODE], '0'],
  msgpackr: [[], loads('msgpackr/index-no-eval')],
  koffi: [[], loads('koffi')],
  worker: [[], worker(TELLS)],
  workerNoCode: [[NO_CODE], worker(TELLS)],
  workerKoffi: [[NO_CODE], worker(`${LOADS_KOFFI}; ${TELLS}`)],
};

/** Resolves when the program has ended. */
export async function startBare(name: Start, executor: string): Promise<void> {
  const [flags, script] = PROGRAMS[name]!;
  const child = spawn(process.execPath, [...flags, '-e', script, executor], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the program "${name}" ended with ${code}`);
}

import { describe, expect, it } from 'vitest';
import { HEADER_SIZE } from '../../assembly/abi.ts';
import { depsText, infoText, listText, targetsText } from '../../src/cli/dmsetup-text.ts';
import { commandName } from '../../src/commands.ts';
import { type Decoded, isDmError, loadPlanner, type Plan } from '../../src/index.ts';
import { infoOf } from '../../src/reply.ts';
import { type DmsetupRun, padded, readVector } from './vectors.ts';

const planner = await loadPlanner();

const KERNELS = ['6.1.176', '6.12.101', '7.2.7'];

/** Text that dmsetup prints of what only udev or the device node knows, which no reply holds. */
const READ_AHEAD = /^Read Ahead: .*\n/gm;

/** Targets by dmsetup's name for the verbs whose text is made of one reply. */
const TEXT_OF: Record<string, (answer: Decoded) => string> = {
  table: ({ targets = [] }) => targetsText(targets, undefined),
  status: ({ targets = [] }) => targetsText(targets, undefined),
  info: ({ header }) => infoText(infoOf(header)),
  deps: ({ deps = [] }) => depsText(deps, undefined),
  ls: ({ devices = [] }) => listText(devices),
};

/** The commands of the actions that the planner has. */
const DECODED = new Set([0, 2, 3, 4, 6, 7, 9, 10, 11, 12]);

function tableOf({ argv, stdin }: DmsetupRun): string | undefined {
  const at = argv.indexOf('--table');
  return at >= 0 ? argv[at + 1] : (stdin ?? undefined);
}

function loadsOf(run: DmsetupRun): Buffer[] {
  return run.ioctls.filter(({ request }) => request === '0xc138fd09').map((ioctl) => padded(ioctl.in));
}

function plan(run: DmsetupRun, table: string): Plan {
  return planner.plan({ action: 'load', name: 'any', readOnly: run.argv.includes('--readonly'), table });
}

describe.each(KERNELS)('dmsetup on Linux %s', (kernel) => {
  const { runs } = JSON.parse(readVector(`dmsetup-${kernel}.json`)) as { runs: DmsetupRun[] };
  const loading = runs.filter((run) => tableOf(run) !== undefined && loadsOf(run).length > 0);
  const good = loading.filter((run) => run.rc === 0 || couldBeRight(run));
  const bad = loading.filter((run) => !good.includes(run));

  it.each(good.map((run) => [run.argv.join(' '), run] as const))(
    'loads the specs that the planner compiles: %s',
    (_title, run) => {
      const ours = Buffer.from(plan(run, tableOf(run)!).steps[0]!.payload).subarray(HEADER_SIZE);
      const theirs = loadsOf(run)[0]!.subarray(HEADER_SIZE);
      expect(theirs.subarray(0, ours.length).toString('hex')).toBe(ours.toString('hex'));
      expect(theirs.subarray(ours.length).every((byte) => byte === 0)).toBe(true);
    },
  );

  it.each(bad.map((run) => [run.argv.join(' '), run] as const))(
    'is refused by the kernel what the planner refuses: %s',
    (_title, run) => {
      expect(() => plan(run, tableOf(run)!)).toThrow(expect.toSatisfy((error) => isDmError(error)));
    },
  );

  const asking = runs.filter((run) => run.rc === 0 && TEXT_OF[run.argv[1]!] && !run.argv.includes('-c'));

  it.each(asking.map((run) => [run.argv.join(' '), run] as const))(
    'gets a reply that decodes to what it printed: %s',
    (_title, run) => {
      const ioctl = run.ioctls.at(-1)!;
      const answer = planner.decode(commandName(Number(ioctl.request) & 0xff), padded(ioctl.out));
      expect(hiddenKeys(TEXT_OF[run.argv[1]!]!(answer), run)).toBe(run.stdout.replace(READ_AHEAD, ''));
    },
  );

  const replies = runs.flatMap((run) => run.ioctls.map((ioctl) => ({ run, ioctl })));
  const read = replies.filter(({ ioctl }) => ioctl.ret === 0 && DECODED.has(Number(ioctl.request) & 0xff));

  it(`gives ${read.length} replies that decode and are explained to their last byte`, () => {
    for (const { ioctl } of read) {
      const command = commandName(Number(ioctl.request) & 0xff);
      const reply = padded(ioctl.out);
      expect(planner.decode(command, reply).header.version.slice(0, 2)).toEqual([4, expect.any(Number)]);
      const fields = planner.inspect(command, reply, { reply: true });
      expect(fields.reduce((end, field) => (field.offset === end ? end + field.length : -1), 0)).toBe(reply.length);
    }
  });
});

/** Refused by the kernel for what only it can know: a type without a module, a device that is missing or too small. */
function couldBeRight({ argv }: DmsetupRun): boolean {
  return /nosuchtarget|nonexist|1000000/.test(argv.join(' '));
}

/** dmsetup shows zeros for the key of a crypt target unless it is asked for it. */
function hiddenKeys(text: string, { argv }: DmsetupRun): string {
  if (argv.includes('--showkeys')) return text;
  return text.replace(/(?<= crypt \S+ )[0-9a-f]+/, (key) => '0'.repeat(key.length));
}

import { setTimeout as sleep } from 'node:timers/promises';
import { annotatePayload } from '../cli/annotate.ts';
import { renderError } from '../cli/errors.ts';
import type { Output } from '../cli/output.ts';
import type { DmError } from '../errors.ts';
import type { Plan } from '../planner/plan.ts';
import type { Planner } from '../planner/planner.ts';
import type { Request } from '../request.ts';
import type { Audience } from './script.ts';

/** Time to read what was said, in milliseconds; none where nobody watches. */
const PAUSE_MS = 1200;

/** The demo for a person. */
export function forPerson(output: Output, { paced }: { paced: boolean }): Audience {
  const { colors } = output;
  const title = async (text: string): Promise<void> => {
    if (paced) await sleep(PAUSE_MS);
    output.text(`\n${colors.bold(text)}\n`);
  };
  return {
    async image({ bytes, rootDigest, salt }) {
      await title('An image and its hash tree');
      output.text(
        `${bytes} bytes of random data; veritysetup made the tree\nroot digest ${rootDigest}\nsalt        ${salt}\n`,
      );
    },
    async plan(plan: Plan, planner: Planner) {
      await title('The plan: what the kernel would be sent, without sending it');
      for (const [index, { command, payload }] of plan.steps.entries()) {
        output.text(`${index + 1}. ${colors.bold(command)}, ${payload.length} bytes\n`);
        if (command === 'TABLE_LOAD') output.text(annotatePayload(payload, planner.inspect(command, payload), colors));
      }
      output.text(`${colors.dim(await plan.digest())}\n`);
    },
    async created(path, sameAsImage) {
      await title('Applied by the executor');
      output.text(
        `${path} is there and reads ${sameAsImage ? colors.green('the same as the image') : colors.red('something else')}\n`,
      );
    },
    async corrupted({ byte, readError, status }) {
      await title(`Byte ${byte} of the image flipped underneath`);
      output.text(`${colors.red(readError)}\nstatus: ${status} (V: all blocks read were valid, C: one was corrupt)\n`);
    },
    async refused(_request: Request, error: DmError) {
      await title('A request with a mistake');
      output.text(`${renderError(error, colors)}\n`);
    },
    async removed(left) {
      await title('Removed');
      output.text(left === 0 ? 'No device is left.\n' : `${left} devices are left.\n`);
    },
  };
}

/** The demo for a program: everything at the end, as one JSON document. */
export function forProgram(output: Output): Audience {
  const story: Record<string, unknown> = {};
  const refused: unknown[] = [];
  return {
    async image(facts) {
      story.image = facts;
    },
    async plan(plan) {
      story.plan = { digest: await plan.digest(), steps: plan.steps };
    },
    async created(path, sameAsImage) {
      story.created = { path, sameAsImage };
    },
    async corrupted(facts) {
      story.corrupted = facts;
    },
    async refused(request, error) {
      refused.push({ request, error });
    },
    async removed(left) {
      output.json({ ...story, refused, left });
    },
  };
}

/** The inspector: text in, views out. Data flows one way, from the text to the steps to what is drawn of them. */
import { FLAG_SECURE_DATA, FLAGS_OFFSET } from '../../assembly/abi.ts';
import { COMMANDS, type CommandName } from '../commands.ts';
import { meaningOf } from '../inspect/meanings.ts';
import { valueText } from '../inspect/plain-text.ts';
import { lineAndColumn, Problem } from '../inspect/problem.ts';
import { type TableRow, tableOf } from '../inspect/table.ts';
import { treeOf } from '../inspect/verity-levels.ts';
import { loadPlanner, type Planner } from '../planner/planner.ts';
import type { Field } from '../reply.ts';
import { BytesView } from './bytes.ts';
import { asC, asHex, asJson, asRequest, asTable } from './copies.ts';
import { diffOf, type ExplainedStep } from './diff.ts';
import { diffView } from './diff-view.ts';
import { byId, el, whole } from './dom.ts';
import { Editor } from './editor.ts';
import { type Entry, entryOf, type TableAction } from './entry.ts';
import { EXAMPLES } from './examples.ts';
import { type Kind, kindOf, type ShownStep, type Understood, understand } from './input.ts';
import { fragmentOf, readFragment } from './link.ts';
import { SectorMap } from './sector-map.ts';
import { Steps } from './steps.ts';
import { VerityTree } from './verity-tree.ts';

/** In longer texts a pause in the typing is waited for. */
const LONG = 20_000;
const PAUSE_MS = 150;
/** Longer links stay out of the address. */
const LONGEST_ADDRESS = 16_000;

const KINDS: Readonly<Record<Kind, string>> = {
  empty: 'Paste a dmsetup table, --concise or dm-mod.create=, a JSON request, a plan, or the bytes of a payload.',
  table: 'Read as a dmsetup table.',
  concise: 'Read as dmsetup’s --concise.',
  'dm-mod.create': 'Read as the kernel’s dm-mod.create=.',
  request: 'Read as a JSON request.',
  plan: 'Read as a plan.',
  payload: 'Read as the bytes of one payload.',
};

const NOTHING: Understood = { kind: 'empty', steps: [], plan: undefined };

class Inspector {
  readonly #planner: Planner;
  readonly #editor = new Editor((isPaste) => this.#later(isPaste));
  readonly #steps = new Steps(byId('steps'), (index) => this.#showStep(index));
  readonly #bytes = new BytesView(byId('bytes'), (field) => this.#lookedAt(field));
  readonly #map = new SectorMap(byId('map'), byId('map-words'), (target) =>
    this.#bytes.lookAt(this.#bytes.fieldOfTarget(target)),
  );
  readonly #tree = new VerityTree(byId('tree'));
  #understood = NOTHING;
  #tables: (TableRow[] | undefined)[] = [];
  #command: CommandName | undefined;
  #reply: boolean | undefined;
  #kept: { entry: Entry; understood: Understood } | undefined;
  /** What is shown is not what the text says. */
  #isStale = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(planner: Planner) {
    this.#planner = planner;
    byId('command').append(...Object.keys(COMMANDS).map((name) => el('option', {}, name)));
    byId('example').append(...Object.keys(EXAMPLES).map((name) => el('option', {}, name)));
    this.#listen();
  }

  /** Puts an entry in, in place of what was there. */
  put(entry: Entry): void {
    this.#understood = NOTHING;
    this.#editor.text = entry.text;
    byId<HTMLSelectElement>('action').value = entry.action;
    byId<HTMLInputElement>('name').value = entry.name;
    byId<HTMLInputElement>('uuid').value = entry.uuid;
    byId<HTMLInputElement>('read-only').checked = entry.readOnly;
    this.#command = entry.command;
    this.#reply = entry.reply;
    this.#update();
  }

  /** Follows a link; one that is damaged is told, and changes nothing. */
  async follow(fragment: string): Promise<void> {
    const linked = await readFragment(fragment);
    if (linked) {
      this.#kept = linked.compared && this.#keeping(linked.compared);
      this.put(linked.entry);
    } else if (fragment.length > 1) this.#say('The link is damaged, or is not of the inspector.');
  }

  get #entry(): Entry {
    return {
      text: this.#editor.text,
      action: byId<HTMLSelectElement>('action').value as TableAction,
      name: byId<HTMLInputElement>('name').value,
      uuid: byId<HTMLInputElement>('uuid').value,
      readOnly: byId<HTMLInputElement>('read-only').checked,
      command: this.#command,
      reply: this.#reply,
    };
  }

  #listen(): void {
    for (const id of ['action', 'name', 'uuid', 'read-only']) byId(id).addEventListener('input', () => this.#update());
    byId('command').addEventListener('input', () => {
      this.#command = byId<HTMLSelectElement>('command').value as CommandName;
      this.#update();
    });
    byId('reply').addEventListener('input', () => {
      this.#reply = byId<HTMLInputElement>('reply').checked;
      this.#update();
    });
    byId('example').addEventListener('input', () => {
      const chosen = byId<HTMLSelectElement>('example');
      this.put(EXAMPLES[chosen.value] ?? entryOf(''));
      chosen.value = '';
    });
    byId('theme').addEventListener('input', () => {
      document.documentElement.style.colorScheme = byId<HTMLSelectElement>('theme').value;
    });
    byId('zoom-in').addEventListener('click', () => this.#map.zoom(1 / 2));
    byId('zoom-out').addEventListener('click', () => this.#map.zoom(2));
    byId('zoom-target').addEventListener('click', () => this.#map.zoomToTarget());
    byId('zoom-all').addEventListener('click', () => this.#map.zoomOut());
    byId('keep').addEventListener('click', () => this.#keep());
    byId('swap').addEventListener('click', () => this.#swap());
    byId('forget').addEventListener('click', () => this.#forget());
    for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
      button.addEventListener('click', () => void this.#copy(button.dataset.copy!));
    }
    addEventListener('hashchange', () => void this.follow(location.hash));
  }

  /** Typing in a text that takes long to read is waited for. */
  #later(isPaste: boolean): void {
    clearTimeout(this.#timer);
    // the bytes are other bytes now: what was chosen for those before is not meant for these
    if (isPaste || kindOf(this.#editor.text) !== this.#understood.kind) this.#command = this.#reply = undefined;
    this.#timer = setTimeout(() => this.#update(), isPaste || this.#editor.text.length < LONG ? 0 : PAUSE_MS);
  }

  #update(): void {
    clearTimeout(this.#timer);
    const entry = this.#entry;
    const kind = kindOf(entry.text);
    byId('kind').textContent = KINDS[kind];
    byId('table-options').hidden = kind !== 'table';
    byId('payload-options').hidden = kind !== 'payload';
    byId('views').hidden = false;
    this.#say('');
    try {
      this.#understood = understand(this.#planner, entry);
    } catch (error) {
      this.#refuse(asProblem(error), entry.text);
      return;
    }
    this.#refuse(undefined, '');
    this.#show();
    void this.#address(entry);
  }

  #show(): void {
    const { steps, plan } = this.#understood;
    byId('views').hidden = steps.length === 0;
    if (steps.length === 0) return;
    this.#tables = steps.map((step) => tableOf(this.#planner, step));
    byId<HTMLSelectElement>('command').value = steps[0]!.command;
    byId<HTMLInputElement>('reply').checked = steps[0]!.reply;
    byId('digest').textContent = '';
    void plan?.digest().then((digest) => {
      if (this.#understood.plan === plan) byId('digest').textContent = digest;
    });
    this.#showDiff();
    this.#showStep(this.#steps.show(steps));
  }

  #showStep(index: number): void {
    const step = this.#understood.steps[index]!;
    this.#bytes.show(step.payload, this.#fieldsOf(step), this.#changedIn(index));
    const rows = this.#tables[index] ?? this.#tables.find((table) => table !== undefined);
    byId('map-section').hidden = !rows || rows.length === 0;
    const trees = (rows ?? []).flatMap((row, target) =>
      row.type === 'verity' ? (treeOf(this.#planner, target, row.fields) ?? []) : [],
    );
    byId('tree-section').hidden = trees.length === 0;
    this.#map.show(rows ?? []);
    this.#tree.show(trees);
  }

  #fieldsOf({ command, payload, reply }: ShownStep): Field[] {
    return this.#planner.inspect(command, payload, { reply });
  }

  #lookedAt(field: Field): void {
    const { offset, length, value, note } = field;
    const { color, text } = meaningOf(field.field);
    const last = offset + length - 1;
    byId('field').replaceChildren(
      el('span', { class: `swatch k-${color}` }),
      el('strong', {}, field.field),
      ' ',
      el('span', { class: 'faint' }, length === 1 ? `byte ${offset}` : `bytes ${whole(offset)} to ${whole(last)}`),
      ' ',
      el('code', {}, value === null ? '' : valueText(value).slice(0, 300) || '""'),
      note === '' ? '' : el('em', {}, ` ${note}`),
      el('span', { class: 'meaning' }, text),
    );
    const target = /^targets\[(\d+)\]/.exec(field.field)?.[1];
    if (target === undefined) return;
    this.#map.lookAt(Number(target));
    this.#tree.lookAt(Number(target));
  }

  /** Tells what is wrong and where, or nothing. */
  #refuse(problem: Problem | undefined, text: string): void {
    const box = byId('problem');
    const place = problem?.place;
    this.#isStale = problem !== undefined;
    box.hidden = !this.#isStale;
    byId('stale').hidden = problem === undefined || this.#understood.steps.length === 0;
    byId('views').classList.toggle('stale', problem !== undefined);
    if (problem && this.#understood.steps.length === 0) byId('views').hidden = true;
    this.#editor.mark(typeof place === 'object' ? place : undefined);
    for (const id of ['name', 'uuid', 'read-only']) byId(id).setAttribute('aria-invalid', String(place === id));
    if (!problem) {
      box.replaceChildren();
      return;
    }
    const at = typeof place === 'object' ? lineAndColumn(text, place.start) : undefined;
    const go = el('button', { type: 'button', id: 'go-to' }, at ? `Line ${at.line}, column ${at.column}` : 'Go there');
    go.addEventListener('click', () => (typeof place === 'object' ? this.#editor.goTo(place) : byId(place!).focus()));
    box.replaceChildren(
      el('strong', {}, problem.code),
      problem.path === '' ? '' : el('code', {}, ` ${problem.path}`),
      el('p', {}, problem.message),
      place === undefined ? '' : go,
    );
  }

  /** The address carries the request, as long as it is short and holds no key. */
  async #address(entry: Entry): Promise<void> {
    if (holdsKey(this.#understood.steps) || entry.text.length > LONGEST_ADDRESS)
      return history.replaceState(null, '', '#');
    const fragment = await fragmentOf({ entry, compared: this.#kept?.entry });
    if (this.#editor.text === entry.text && fragment.length < LONGEST_ADDRESS) history.replaceState(null, '', fragment);
  }

  #keeping(entry: Entry): { entry: Entry; understood: Understood } | undefined {
    try {
      return { entry, understood: understand(this.#planner, entry) };
    } catch {
      return undefined;
    }
  }

  #keep(): void {
    this.#kept = this.#keeping(this.#entry);
    this.#update();
    this.#say(this.#kept ? 'Kept. Change the text to see what differs.' : 'What cannot be read cannot be kept.');
  }

  #swap(): void {
    if (!this.#kept) return;
    const { entry } = this.#kept;
    this.#kept = this.#keeping(this.#entry) ?? this.#kept;
    this.put(entry);
  }

  #forget(): void {
    this.#kept = undefined;
    this.#update();
    byId('keep').focus();
  }

  #explained({ steps }: Understood): ExplainedStep[] {
    return steps.map((step) => ({ command: step.command, payload: step.payload, fields: this.#fieldsOf(step) }));
  }

  #showDiff(): void {
    const kept = this.#kept;
    byId('diff-section').hidden = !kept;
    byId('swap').hidden = byId('forget').hidden = !kept;
    if (kept)
      byId('diff').replaceChildren(
        diffView(diffOf(this.#explained(kept.understood), this.#explained(this.#understood))),
      );
  }

  /** Fields of a step whose bytes the kept plan has otherwise. */
  #changedIn(index: number): ((field: Field) => boolean) | undefined {
    const before = this.#kept?.understood.steps[index];
    const after = this.#understood.steps[index]!;
    if (!before || before.command !== after.command) return undefined;
    return ({ offset, length }) => {
      for (let at = offset; at < offset + length; at++) if (before.payload[at] !== after.payload[at]) return true;
      return false;
    };
  }

  async #copy(form: string): Promise<void> {
    this.#say('');
    const text = await this.#textOf(form);
    if (text === undefined)
      return this.#say(
        form === 'table' || form === 'request' ? 'There is no table to copy.' : 'There is no plan to copy.',
      );
    const warning = holdsKey(this.#understood.steps) ? ' It holds a key.' : '';
    try {
      await navigator.clipboard.writeText(text);
      this.#say(`Copied ${whole(text.length)} characters.${warning}`);
    } catch {
      const area = byId<HTMLTextAreaElement>('copy-text');
      area.value = text;
      byId<HTMLDialogElement>('copy-dialog').showModal();
      area.select();
    }
  }

  async #textOf(form: string): Promise<string | undefined> {
    const understood = this.#understood;
    if (form === 'link')
      return location.href.replace(/#.*/, '') + (await fragmentOf({ entry: this.#entry, compared: this.#kept?.entry }));
    if (this.#isStale || understood.steps.length === 0) return undefined;
    if (form === 'hex') return asHex(understood);
    if (form === 'json') return asJson(understood, await understood.plan?.digest());
    if (form === 'c') return asC(this.#explained(understood));
    const tables = this.#tables.flatMap((rows, index) => (rows ? [{ step: understood.steps[index]!, rows }] : []));
    return form === 'request' ? asRequest(tables, understood.steps) : asTable(tables);
  }

  #say(text: string): void {
    byId('done').textContent = text;
  }
}

/** The planner marks payloads that carry a key. */
function holdsKey(steps: readonly ShownStep[]): boolean {
  return steps.some(({ payload }) => {
    if (payload.length < FLAGS_OFFSET + 4) return false;
    return (new DataView(payload.buffer, payload.byteOffset).getUint32(FLAGS_OFFSET, true) & FLAG_SECURE_DATA) !== 0;
  });
}

/** Whatever was thrown: a page shows no stack trace. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(
    'failed',
    `this could not be read: ${error instanceof Error ? error.message : String(error)}`,
    undefined,
  );
}

async function start(): Promise<void> {
  const inspector = new Inspector(await loadPlanner());
  const fragment = location.hash;
  if ((await readFragment(fragment)) === undefined) inspector.put(Object.values(EXAMPLES)[0]!);
  await inspector.follow(fragment);
  document.documentElement.dataset.ready = 'true';
}

void start();

import { blame, type Blame, type Writer } from '../../trace/blame.ts';
import type { SuperstepSpan, TaskSpan } from '../../trace/spans.ts';
import type { Trace } from '../../trace/trace.ts';
import { element, valueElements } from '../valueView.ts';
import { VirtualList } from '../virtualList.ts';
import { rowKey, stateRows, type StateRow } from './stateRows.ts';
import { tellBlame, writerName } from './tellBlame.ts';
import { formatCount } from '../words.ts';

/** The elements of the page that the view consists of. */
export interface StateParts {
  readonly pane: HTMLElement;
  readonly empty: HTMLElement;
  readonly supersteps: HTMLElement;
  readonly search: HTMLInputElement;
  readonly onlyChanges: HTMLInputElement;
  readonly tree: HTMLElement;
  readonly noRows: HTMLElement;
  readonly detail: HTMLElement;
}

/** What the user does in the view. */
export interface StateEvents {
  readonly onSelect: (span: TaskSpan) => void;
  readonly onReveal: (nodeId: string) => void;
}

/** The supersteps of a run, and of each the state after it, with who wrote what. */
export class StateView {
  readonly #parts: StateParts;
  readonly #events: StateEvents;
  readonly #steps: VirtualList;
  readonly #tree: VirtualList;
  readonly #open = new Set<string>();
  #trace: Trace;
  #shownRevision = -1;
  /** Absent: the last one, whichever that is. */
  #chosen: SuperstepSpan | undefined;
  #rows: readonly StateRow[] = [];
  #row: string | undefined;
  /** The superstep was chosen elsewhere, and is not in sight yet. */
  #isAwaited = false;
  /** What the detail shows. */
  #told: readonly unknown[] = [];
  #blamed: { readonly of: SuperstepSpan; readonly blames: Map<string, Blame> } | undefined;

  constructor(parts: StateParts, events: StateEvents, trace: Trace) {
    this.#parts = parts;
    this.#events = events;
    this.#trace = trace;
    this.#steps = new VirtualList({
      ...{ box: parts.supersteps, rowHeight: 40, rowRole: 'option' },
      fill: (row, at) => fillSuperstep(row, this.#trace.supersteps[at]!),
      onChoose: (at) => this.#choose(this.#trace.supersteps[at]!),
    });
    this.#tree = new VirtualList({
      ...{ box: parts.tree, rowHeight: 22, rowRole: 'treeitem' },
      fill: (row, at) => fillRow(row, this.#rows[at]!),
      onChoose: (at) => this.#chooseRow(at),
      onOpen: (at) => this.#toggle(at),
      onKey: (key, at) => this.#onKey(key, at),
    });
    parts.search.addEventListener('input', () => this.#draw());
    parts.onlyChanges.addEventListener('change', () => this.#draw());
    parts.tree.addEventListener('click', ({ target }) => {
      if (target instanceof Element && target.closest('.twistie')) this.#toggle(this.#tree.chosen);
    });
  }

  reset(trace: Trace): void {
    this.#trace = trace;
    this.#chosen = this.#row = this.#blamed = undefined;
    this.#open.clear();
    this.#told = [];
    this.#rows = [];
    this.#steps.show(0, -1);
    this.#tree.show(0, -1);
    this.#shownRevision = -1;
  }

  /** Shows the same run at another time, with the state of then. */
  showAt(trace: Trace): void {
    this.#trace = trace;
    this.#chosen = this.#blamed = undefined;
    this.#shownRevision = -1;
    this.refresh();
  }

  /** Shows what has happened since the last time, if the view is in sight. */
  refresh(): void {
    if (this.#parts.pane.clientWidth === 0 || this.#shownRevision === this.#trace.revision) return;
    this.#shownRevision = this.#trace.revision;
    const { supersteps } = this.#trace;
    this.#parts.empty.hidden = supersteps.length > 0;
    for (const part of this.#parts.pane.querySelectorAll<HTMLElement>('.part')) {
      part.hidden = supersteps.length === 0;
    }
    this.#blamed = undefined;
    this.#steps.show(supersteps.length, this.#shown?.index ?? -1, { isFollowing: true });
    if (this.#isAwaited) this.#steps.scrollTo(this.#steps.chosen);
    this.#isAwaited = false;
    this.#draw();
  }

  /** Chooses the superstep of a task, and what it wrote first. */
  select({ superstep, updates }: TaskSpan): void {
    if (!superstep) return;
    const [key] = Object.keys(updates[0] ?? {});
    if (key !== undefined) this.#row = rowKey([key]);
    this.#chosen = superstep;
    this.#shownRevision = -1;
    this.#isAwaited = true;
    this.refresh();
  }

  /** A run that is over inside a subgraph has come to the state of the whole graph all the same. */
  get #shown(): SuperstepSpan | undefined {
    if (this.#chosen) return this.#chosen;
    const { supersteps, status } = this.#trace;
    const hasState = ({ state }: SuperstepSpan) => state !== undefined;
    const isWhole = (span: SuperstepSpan) => hasState(span) && span.path.length === 0;
    const last = supersteps.findLast(status === 'running' ? hasState : isWhole);
    return last ?? supersteps.findLast(hasState);
  }

  #choose(superstep: SuperstepSpan): void {
    this.#chosen = superstep;
    this.#draw();
    const [first] = superstep.tasks;
    if (first) this.#events.onSelect(first);
  }

  #draw(): void {
    const { onlyChanges, search, noRows } = this.#parts;
    const shown = this.#shown;
    this.#rows = stateRows(shown?.state, {
      before: shown && this.#before(shown)?.state,
      open: this.#open,
      query: search.value,
      onlyChanges: onlyChanges.checked,
    });
    const at = this.#rows.findIndex(({ path }) => rowKey(path) === this.#row);
    this.#tree.show(this.#rows.length, at);
    noRows.hidden = this.#rows.length > 0 || shown === undefined;
    noRows.textContent = search.value.trim() === '' ? 'Nothing has changed.' : 'Nothing is found.';
    if (!shown?.state) noRows.textContent = 'There is no state yet.';
    this.#tell(this.#rows[at]);
  }

  /** The superstep of the same graph before this one. */
  #before({ index, path }: SuperstepSpan): SuperstepSpan | undefined {
    const key = rowKey(path);
    for (let at = index - 1; at >= 0; at--) {
      const span = this.#trace.supersteps[at]!;
      if (rowKey(span.path) === key) return span;
    }
    return undefined;
  }

  #chooseRow(at: number): void {
    const row = this.#rows[at];
    this.#row = row && rowKey(row.path);
    this.#tell(row);
  }

  #toggle(at: number): void {
    const row = this.#rows[at];
    if (row?.isOpen === undefined) return;
    const key = rowKey(row.path);
    if (!this.#open.delete(key)) this.#open.add(key);
    this.#row = key;
    this.#draw();
  }

  #onKey(key: string, at: number): boolean {
    const row = this.#rows[at];
    if (!row) return false;
    if (key === ' ') this.#toggle(at);
    else if (key === 'ArrowRight' && row.isOpen === false) this.#toggle(at);
    else if (key === 'ArrowLeft' && row.isOpen === true) this.#toggle(at);
    else if (key === 'ArrowLeft') this.#chooseParent(row);
    else return false;
    return true;
  }

  #chooseParent({ path }: StateRow): void {
    const parent = rowKey(path.slice(0, -1));
    const at = this.#rows.findIndex((row) => rowKey(row.path) === parent);
    if (at < 0) return;
    this.#row = parent;
    this.#draw();
    this.#tree.scrollTo(at);
  }

  #blames(of: SuperstepSpan): Map<string, Blame> {
    if (this.#blamed?.of === of) return this.#blamed.blames;
    const key = rowKey(of.path);
    const same = this.#trace.supersteps.slice(0, of.index + 1);
    const blames = blame(same.filter(({ path }) => rowKey(path) === key));
    this.#blamed = { of, blames };
    return blames;
  }

  #tell(row: StateRow | undefined): void {
    const { detail } = this.#parts;
    const shown = this.#shown;
    detail.hidden = row === undefined;
    const told = [shown, row && rowKey(row.path), row?.value, shown?.endMs];
    if (!row || !shown || told.every((part, i) => Object.is(part, this.#told[i]))) return;
    this.#told = told;
    const heading = element('h2', '', row.path.join(' › '));
    const parts = [heading, ...this.#writers(shown, row), ...valueElements(row.value)];
    detail.replaceChildren(...parts);
    detail.scrollTop = 0;
  }

  #writers(shown: SuperstepSpan, row: StateRow): HTMLElement[] {
    if (row.change === 'removed') return [element('p', 'how', 'Removed in this superstep.')];
    const told = tellBlame(this.#blames(shown), row.path);
    if (!told) return [];
    const { how, writers, left } = told;
    const omitted = left > 0 ? `; ${formatCount(left)} before them` : '';
    const list = element('ul', 'writers');
    list.append(...writers.map((writer) => this.#writer(writer)));
    return [element('p', 'how', `${how}${omitted}:`), list];
  }

  #writer(writer: Writer): HTMLElement {
    const item = document.createElement('li');
    const { task } = writer;
    if (!task) {
      item.textContent = writerName(writer);
      return item;
    }
    const source = button('Source', () => this.#events.onReveal(task.task.nodeId));
    source.classList.add('toSource');
    source.setAttribute('aria-label', `Source of ${task.task.path.join(' › ')}`);
    item.append(
      button(writerName(writer), () => this.#events.onSelect(task)),
      ' ',
      source,
    );
    return item;
  }
}

function button(text: string, onClick: () => void): HTMLElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'secondary quiet';
  made.textContent = text;
  made.addEventListener('click', onClick);
  return made;
}

function fillSuperstep(row: HTMLElement, span: SuperstepSpan): void {
  const { path, superstep, written, endMs } = span;
  row.style.paddingInlineStart = `${10 + path.length * 14}px`;
  const what = superstep === 0 ? 'input' : ranIn(span) || '(goes on)';
  const where = path.length > 0 ? `${path.join(' › ')} ` : '';
  const wrote = (written ?? []).join(', ');
  const end = endMs === undefined ? 'running' : wrote === '' ? 'wrote nothing' : `wrote ${wrote}`;
  row.append(
    element('span', 'what', `${where}${superstep}: ${what}`),
    element('span', 'more', end),
  );
  row.title = `${where}${superstep}: ${what}\n${end}`;
}

/** `plan, search ×4`. */
function ranIn({ tasks }: SuperstepSpan): string {
  const counts = new Map<string, number>();
  for (const { task } of tasks) counts.set(task.node, (counts.get(task.node) ?? 0) + 1);
  return [...counts].map(([node, n]) => (n > 1 ? `${node} ×${n}` : node)).join(', ');
}

function fillRow(row: HTMLElement, { path, change, isOpen, preview }: StateRow): void {
  row.setAttribute('aria-level', String(path.length));
  if (isOpen !== undefined) row.setAttribute('aria-expanded', String(isOpen));
  row.style.paddingInlineStart = `${8 + (path.length - 1) * 14}px`;
  if (change) row.dataset.change = change;
  const twistie = element(
    'span',
    isOpen === undefined ? '' : 'twistie',
    isOpen === undefined ? '' : isOpen ? '▾' : '▸',
  );
  twistie.classList.add('fold');
  twistie.setAttribute('aria-hidden', 'true');
  const value = element('span', 'preview', preview);
  value.dir = 'auto';
  row.append(twistie, element('span', 'key', path.at(-1)), value);
  if (change) row.append(element('span', 'change', change));
}

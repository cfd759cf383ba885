import type { OutputEntry, TaskSpan } from '../../trace/spans.ts';
import type { Trace } from '../../trace/trace.ts';
import { element, previewFields, previewOf, valueElements } from '../valueView.ts';
import { VirtualList } from '../virtualList.ts';
import { formatCount, formatDuration } from '../words.ts';

/** Of more branches than this the first can be chosen. */
const MAX_BRANCHES = 1000;

/** The elements of the page that the view consists of. */
export interface OutputParts {
  readonly pane: HTMLElement;
  readonly empty: HTMLElement;
  readonly bar: HTMLElement;
  readonly branch: HTMLSelectElement;
  readonly search: HTMLInputElement;
  readonly count: HTMLElement;
  readonly lines: HTMLElement;
  readonly detail: HTMLElement;
}

/** What the user does in the view. */
export interface OutputEvents {
  readonly onSelect: (span: TaskSpan) => void;
  readonly onReveal: (nodeId: string) => void;
}

/** What nodes wrote, to the state, the console and `config.writer`, and what models answered, in order. */
export class OutputView {
  readonly #parts: OutputParts;
  readonly #events: OutputEvents;
  readonly #list: VirtualList;
  readonly #branches = new Set<string>();
  #trace: Trace;
  #shownRevision = -1;
  #branchesOf = 0;
  #entries: readonly OutputEntry[] = [];
  #chosen: OutputEntry | undefined;
  /** It was chosen elsewhere, and is not in sight yet. */
  #isAwaited = false;

  constructor(parts: OutputParts, events: OutputEvents, trace: Trace) {
    this.#parts = parts;
    this.#events = events;
    this.#trace = trace;
    this.#list = new VirtualList({
      ...{ box: parts.lines, rowHeight: 22, rowRole: 'option' },
      fill: (row, at) => fillLine(row, this.#entries[at]!),
      onChoose: (at) => this.#choose(this.#entries[at]!),
      onOpen: (at) => {
        const { task } = this.#entries[at]!;
        if (task) events.onReveal(task.task.nodeId);
      },
    });
    parts.branch.addEventListener('change', () => this.#draw());
    parts.search.addEventListener('input', () => this.#draw());
    this.#offerBranches();
  }

  reset(trace: Trace): void {
    this.#trace = trace;
    this.#chosen = undefined;
    this.#entries = [];
    this.#list.show(0, -1);
    this.#branches.clear();
    this.#branchesOf = 0;
    this.#offerBranches();
    this.#shownRevision = -1;
  }

  /** Shows the same run at another time. */
  showAt(trace: Trace): void {
    this.#trace = trace;
    this.#chosen = undefined;
    this.#shownRevision = -1;
    this.refresh();
  }

  /** Shows what has happened since the last time, if the view is in sight. */
  refresh(): void {
    if (this.#parts.pane.clientWidth === 0 || this.#shownRevision === this.#trace.revision) return;
    this.#shownRevision = this.#trace.revision;
    const { tasks } = this.#trace;
    const known = this.#branches.size;
    for (; this.#branchesOf < tasks.length; this.#branchesOf++) {
      if (this.#branches.size >= MAX_BRANCHES) break;
      this.#branches.add(branchOf(tasks[this.#branchesOf]!));
    }
    if (this.#branches.size !== known) this.#offerBranches();
    this.#draw();
    if (this.#isAwaited) this.#list.scrollTo(this.#list.chosen);
    this.#isAwaited = false;
  }

  /** Chooses the first that a task wrote. */
  select(span: TaskSpan): void {
    const entry = this.#trace.output.entries.find(({ task }) => task === span);
    if (!entry || this.#chosen?.task === span) return;
    this.#chosen = entry;
    this.#parts.branch.value = '';
    this.#parts.search.value = '';
    this.#shownRevision = -1;
    this.#isAwaited = true;
    this.refresh();
  }

  #offerBranches(): void {
    const { branch } = this.#parts;
    const chosen = branch.value;
    const options = ['', ...this.#branches].map((name) => {
      const option = document.createElement('option');
      option.value = name;
      option.textContent = name === '' ? 'All branches' : name;
      return option;
    });
    branch.replaceChildren(...options);
    branch.value = this.#branches.has(chosen) ? chosen : '';
  }

  #draw(): void {
    const { branch, search, count, empty, bar } = this.#parts;
    const { entries, dropped } = this.#trace.output;
    const query = search.value.trim().toLowerCase();
    this.#entries =
      branch.value === '' && query === ''
        ? entries
        : entries.filter(
            (entry) =>
              (branch.value === '' || isIn(entry, branch.value)) &&
              (query === '' || `${entry.text}${valueText(entry)}`.toLowerCase().includes(query)),
          );
    empty.hidden = entries.length > 0;
    bar.hidden = entries.length === 0;
    const lines = this.#entries.length;
    const left = dropped > 0 ? `, ${formatCount(dropped)} before them are gone` : '';
    count.textContent = `${formatCount(lines)} ${lines === 1 ? 'line' : 'lines'}${left}`;
    const at = this.#chosen ? this.#entries.indexOf(this.#chosen) : -1;
    this.#list.show(lines, at, { isFollowing: true });
    this.#tell(this.#entries[at]);
  }

  #choose(entry: OutputEntry): void {
    this.#chosen = entry;
    this.#tell(entry);
    if (entry.task) this.#events.onSelect(entry.task);
  }

  #tell(entry: OutputEntry | undefined): void {
    const { detail } = this.#parts;
    detail.hidden = !entry;
    if (!entry) return;
    const { task, timeMs } = entry;
    const heading = element('h2', '', task ? branchOf(task) : 'Outside of nodes');
    const how = element('p', 'how', `${kindOf(entry)}, after ${formatDuration(timeMs)}`);
    const { value, text } = entry;
    detail.replaceChildren(heading, how, ...valueElements(value === undefined ? text : value));
  }
}

function branchOf({ task }: TaskSpan): string {
  return task.path.join(' › ');
}

/** What is inside of a branch is its own too. */
function isIn({ task }: OutputEntry, branch: string): boolean {
  if (!task) return false;
  const name = branchOf(task);
  return name === branch || name.startsWith(`${branch} › `);
}

function valueText({ value }: OutputEntry): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function kindOf({ kind, level, model }: OutputEntry): string {
  if (kind === 'console') return `console.${level ?? 'log'}`;
  if (kind === 'text') return `answer of ${model ?? 'a model'}`;
  return { update: 'written to the state', custom: 'config.writer', warning: 'warning' }[kind];
}

function fillLine(row: HTMLElement, entry: OutputEntry): void {
  const { kind, level, task, text, timeMs } = entry;
  row.dataset.kind = kind === 'console' && (level === 'error' || level === 'warn') ? level : kind;
  const shown = kind === 'update' ? previewFields(entry.value) : entry.value;
  const said = element('span', 'said', previewOf(shown === undefined ? text : shown));
  said.dir = 'auto';
  row.append(
    element('span', 'time', formatDuration(timeMs)),
    element('span', 'branch', task ? branchOf(task) : ''),
    element('span', 'visuallyHidden', `${kindOf(entry)}:`),
    said,
  );
}

import { sendIndex, type TaskSpan } from '../../trace/spans.ts';
import type { Trace } from '../../trace/trace.ts';
import { formatCount } from '../words.ts';

/** One line of the timeline: tasks that do not overlap, or many of one node told as one. */
export interface Row {
  /** Names it for as long as the run is shown. */
  readonly key: string;
  readonly label: string;
  /** How deep it is nested, from 0. */
  readonly depth: number;
  /** In the order in which they started. */
  readonly spans: readonly TaskSpan[];
  /** Whether there is something inside, and whether that is shown. */
  readonly fold: 'none' | 'open' | 'closed';
}

/** More rows than this nobody reads. */
const MAX_ROWS = 20_000;

/**
 * The lines of a run: a line for each node, with the nodes inside of it below. Where a node has several
 * tasks at once they are one line, `search ×40`, which opens to one for each. Tasks are looked at once, as
 * they come: what it costs to make the lines anew is their number, however long the run has been.
 */
export class Rows {
  readonly #trace: Trace;
  readonly #roots: Groups = new Map();
  /** Of each task, by its index. */
  readonly #groups: Group[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** @param toggled Keys of the rows that the user has opened or closed. */
  build(toggled: ReadonlySet<string>): Row[] {
    const { tasks } = this.#trace;
    for (let at = this.#groups.length; at < tasks.length; at++) this.#take(tasks[at]!);
    const rows: Row[] = [];
    addNodes(this.#roots, { rows, toggled, depth: 0, around: '' });
    return rows;
  }

  #take(span: TaskSpan): void {
    const { parent } = span;
    const around = parent ? this.#groups[parent.index]!.inside : this.#roots;
    this.#groups.push(addTo(around, span));
  }
}

/** The tasks of one node inside of the same row. */
interface Group {
  readonly spans: TaskSpan[];
  /** They need a line each: they were sent, or overlap. */
  areMany: boolean;
  /** What is inside of any of them. */
  readonly inside: Groups;
}

/** By the names of the nodes. */
type Groups = Map<string, Group>;

function addTo(groups: Groups, span: TaskSpan): Group {
  const { node } = span.task;
  const known = groups.get(node);
  const group: Group = known ?? { spans: [], areMany: false, inside: new Map() };
  if (!known) groups.set(node, group);
  const before = group.spans.at(-1);
  if (before && !group.areMany) {
    const { endMs = Infinity } = before;
    group.areMany =
      span.startMs < endMs || sendIndex(span.task) >= 0 || sendIndex(before.task) >= 0;
  }
  group.spans.push(span);
  return group;
}

interface RowsAt {
  readonly rows: Row[];
  readonly toggled: ReadonlySet<string>;
  readonly depth: number;
  /** The key of the row that these are inside of. */
  readonly around: string;
}

function addNodes(groups: Groups, place: RowsAt): void {
  const { rows, toggled, depth, around } = place;
  for (const [node, { spans, areMany, inside }] of groups) {
    if (rows.length >= MAX_ROWS) return;
    const key = `${around}/${node}`;
    if (!areMany) {
      addRow({ key, label: node, depth, spans }, inside, place);
      continue;
    }
    const isOpen = toggled.has(key);
    const label = `${node} ×${formatCount(spans.length)}`;
    rows.push({ key, label, depth, spans, fold: isOpen ? 'open' : 'closed' });
    if (isOpen)
      for (const span of spans) addTask(span, { ...place, depth: depth + 1, around: key });
  }
}

function addTask(span: TaskSpan, place: RowsAt): void {
  if (place.rows.length >= MAX_ROWS) return;
  const key = `${place.around}/${span.index}`;
  const label = span.task.path.at(-1) ?? span.task.node;
  addRow({ key, label, depth: place.depth, spans: [span] }, groupsIn(span), place);
}

function groupsIn({ children }: TaskSpan): Groups {
  const groups: Groups = new Map();
  for (const child of children) addTo(groups, child);
  return groups;
}

function addRow(row: Omit<Row, 'fold'>, inside: Groups, { rows, toggled, depth }: RowsAt): void {
  const isOpen = inside.size > 0 && !toggled.has(row.key);
  rows.push({ ...row, fold: inside.size === 0 ? 'none' : isOpen ? 'open' : 'closed' });
  if (isOpen) addNodes(inside, { rows, toggled, depth: depth + 1, around: row.key });
}

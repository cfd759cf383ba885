import { sendIndex, type TaskSpan } from '../../trace/spans.ts';
import type { Trace } from '../../trace/trace.ts';

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
 * tasks at once they are one line, `search ×40`, which opens to one for each.
 * @param toggled Keys of the rows that the user has opened or closed.
 */
export function buildRows(trace: Trace, toggled: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const roots = trace.tasks.filter(({ parent }) => parent === undefined);
  addNodes(roots, { rows, toggled, depth: 0, around: '' });
  return rows;
}

interface RowsAt {
  readonly rows: Row[];
  readonly toggled: ReadonlySet<string>;
  readonly depth: number;
  /** The key of the row that these are inside of. */
  readonly around: string;
}

function addNodes(spans: readonly TaskSpan[], place: RowsAt): void {
  const { rows, toggled, depth, around } = place;
  for (const [node, own] of Map.groupBy(spans, ({ task }) => task.node)) {
    if (rows.length >= MAX_ROWS) return;
    const key = `${around}/${node}`;
    if (areMany(own)) {
      const isOpen = toggled.has(key);
      const label = `${node} ×${own.length.toLocaleString('en-US')}`;
      rows.push({ key, label, depth, spans: own, fold: isOpen ? 'open' : 'closed' });
      if (isOpen)
        for (const span of own) addTask(span, { ...place, depth: depth + 1, around: key });
      continue;
    }
    const inside = own.flatMap(({ children }) => children);
    addRow({ key, label: node, depth, spans: own }, inside, place);
  }
}

function addTask(span: TaskSpan, place: RowsAt): void {
  if (place.rows.length >= MAX_ROWS) return;
  const key = `${place.around}/${span.index}`;
  const label = span.task.path.at(-1) ?? span.task.node;
  addRow({ key, label, depth: place.depth, spans: [span] }, span.children, place);
}

function addRow(
  row: Omit<Row, 'fold'>,
  inside: readonly TaskSpan[],
  { rows, toggled, depth }: RowsAt,
): void {
  const isOpen = inside.length > 0 && !toggled.has(row.key);
  rows.push({ ...row, fold: inside.length === 0 ? 'none' : isOpen ? 'open' : 'closed' });
  if (isOpen) addNodes(inside, { rows, toggled, depth: depth + 1, around: row.key });
}

/** Whether tasks of one node need a line each: they were sent, or overlap. */
function areMany(spans: readonly TaskSpan[]): boolean {
  if (spans.length < 2) return false;
  let until = -Infinity;
  for (const { startMs, endMs = Infinity, task } of spans) {
    if (startMs < until || sendIndex(task) >= 0) return true;
    until = endMs;
  }
  return false;
}

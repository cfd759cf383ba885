import type { TaskSpan } from '../../trace/spans.ts';
import { findStragglers, type Straggler } from '../../trace/stragglers.ts';
import type { Trace } from '../../trace/trace.ts';
import { formatCount, formatDuration } from '../words.ts';
import { tellCost } from './tellCost.ts';

/** Of more tasks than this the table has the first. */
const MAX_ROWS = 500;
const titles = ['Task', 'Superstep', 'Began', 'Waited', 'Took', 'Held', 'How it ended'];

/** What the timeline shows, as a table for those who read it. */
export function fillTable(
  table: HTMLTableElement,
  trace: Trace,
  { nowMs, onChoose }: { readonly nowMs: number; readonly onChoose: (nodeId: string) => void },
): void {
  const head = document.createElement('thead');
  head.append(
    rowOf(
      titles.map((title) => {
        const cell = document.createElement('th');
        cell.scope = 'col';
        cell.textContent = title;
        return cell;
      }),
    ),
  );
  const body = document.createElement('tbody');
  const stragglers = new Map(findStragglers(trace.supersteps).map((found) => [found.span, found]));
  const rows = trace.tasks
    .slice(0, MAX_ROWS)
    .map((span) => taskRow(span, { nowMs, onChoose, straggler: stragglers.get(span) }));
  body.append(...rows);
  const left = trace.tasks.length - MAX_ROWS;
  const caption = document.createElement('caption');
  caption.textContent =
    left > 0
      ? `The first ${MAX_ROWS} tasks; ${formatCount(left)} more are not in the table`
      : 'All tasks, in the order in which they began';
  table.replaceChildren(caption, head, body);
}

function taskRow(
  span: TaskSpan,
  {
    nowMs,
    onChoose,
    straggler,
  }: {
    readonly nowMs: number;
    readonly onChoose: (nodeId: string) => void;
    /** What it has cost, if it was the last of its superstep. */
    readonly straggler: Straggler | undefined;
  },
): HTMLTableRowElement {
  const { task, startMs, readyMs, endMs = nowMs, error, status } = span;
  const name = document.createElement('th');
  name.scope = 'row';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = task.path.join(' › ');
  button.addEventListener('click', () => onChoose(task.nodeId));
  name.append(button);
  const [why = ''] = (error?.message ?? '').split('\n', 1);
  const cells = [
    span.superstep ? String(task.superstep) : '',
    formatDuration(startMs),
    startMs - readyMs >= 1 ? formatDuration(startMs - readyMs) : '',
    formatDuration(endMs - startMs),
    straggler && straggler.costMs >= 1 ? tellCost(straggler) : '',
    why === '' ? status : `${status}: ${why}`,
  ];
  return rowOf([
    name,
    ...cells.map((text) => {
      const cell = document.createElement('td');
      cell.textContent = text;
      return cell;
    }),
  ]);
}

function rowOf(cells: readonly HTMLElement[]): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.append(...cells);
  return row;
}

import type { RunEvent, TaskStarted } from '../../engine/model/events.ts';
import { alignColumns } from '../../runner/report/alignColumns.ts';
import { EdgeCounts } from '../../trace/edgeCounts.ts';
import { formatDuration } from '../../runner/report/formatTime.ts';
import { toJson } from '../../runner/toJson.ts';
import { stateAfter } from './replayRun.ts';

/** States of more supersteps are not compared one by one. */
const MAX_STATES = 100;

/** What a comparison needs of one run. */
export interface RunFacts {
  /** Wall time in milliseconds, as far as it got. */
  readonly durationMs: number;
  /** By node id: milliseconds that its tasks took, added up, and how many ended. */
  readonly nodes: ReadonlyMap<string, NodeTime>;
  /** How often routers, commands and starts have led from one node to another, by both: `a → b`. */
  readonly edges: ReadonlyMap<string, number>;
  /** States as JSON texts by their names, `superstep 1` and `final state`, in order. */
  readonly states: ReadonlyMap<string, string>;
}

interface NodeTime {
  readonly totalMs: number;
  readonly tasks: number;
}

/** Name of the last state. */
export const FINAL_STATE = 'final state';

/** Gathers the facts of a run from its events. */
export async function gatherFacts(events: AsyncIterable<readonly RunEvent[]>): Promise<RunFacts> {
  const nodes = new Map<string, NodeTime>();
  const states = new Map<string, string>();
  const edges = new EdgeCounts();
  let durationMs = 0;
  let state: unknown = {};
  for await (const batch of events) {
    for (const event of batch) {
      durationMs = event.time;
      state = stateAfter(event, state);
      if (event.type === 'taskFinished') edges.finished(event);
      if (event.type === 'taskStarted' && isFirst(event)) edges.began(event.task);
      if (event.type === 'taskFinished' || event.type === 'taskFailed') {
        const { totalMs, tasks } = nodes.get(event.task.nodeId) ?? { totalMs: 0, tasks: 0 };
        nodes.set(event.task.nodeId, { totalMs: totalMs + event.durationMs, tasks: tasks + 1 });
      }
      const isRoot = event.type === 'superstepFinished' && event.path.length === 0;
      if (isRoot && states.size < MAX_STATES) {
        states.set(`superstep ${event.superstep}`, stateText(event.state));
      }
    }
  }
  states.set(FINAL_STATE, stateText(state));
  const taken = edges.all().map(({ source, target, count }) => {
    return [`${oneLine(source)} → ${oneLine(target)}`, count] as const;
  });
  return { durationMs, nodes, edges: new Map(taken), states };
}

/** Of the first superstep of its graph: something led to it from START. */
function isFirst({ task, attempt }: TaskStarted): boolean {
  return task.superstep === 1 && task.kind === undefined && attempt === 1;
}

function stateText(state: unknown): string {
  return `${JSON.stringify(toJson(state), undefined, 2) ?? 'null'}\n`;
}

/**
 * The times of two runs by node, as a table of text: those that differ most come first.
 * @param names What the runs are called.
 */
export function timesTable(
  [left, right]: readonly [RunFacts, RunFacts],
  names: readonly [string, string],
): string {
  const ids = [...new Set([...left.nodes.keys(), ...right.nodes.keys()])];
  const rows = ids
    .map((id) => ({ id, a: left.nodes.get(id), b: right.nodes.get(id) }))
    .sort((x, y) => difference(y) - difference(x));
  const table = alignColumns(
    [
      ['', names[0], names[1], 'difference', ''],
      ['wall time', ...times(left.durationMs, right.durationMs)],
      ...rows.map(({ id, a, b }) => [
        oneLine(id),
        ...times(a?.totalMs, b?.totalMs),
        a?.tasks === b?.tasks ? '' : `×${a?.tasks ?? 0} → ×${b?.tasks ?? 0}`,
      ]),
    ],
    'right',
  );
  const parts = [table, ['Times of tasks that ran at the same time are added up.']];
  return [...parts, edgesTable([left, right], names)]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** The ways on that were chosen more often in one run than in the other; none, where they are alike. */
function edgesTable(
  [left, right]: readonly [RunFacts, RunFacts],
  names: readonly [string, string],
): string[] {
  const edges = [...new Set([...left.edges.keys(), ...right.edges.keys()])];
  const rows = edges.flatMap((edge) => {
    const [a = 0, b = 0] = [left.edges.get(edge), right.edges.get(edge)];
    return a === b ? [] : [{ edge, a, b }];
  });
  if (rows.length === 0) return [];
  rows.sort((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a));
  const times = (count: number) => (count === 0 ? '–' : `×${count}`);
  return alignColumns(
    [['ways on', ...names], ...rows.map(({ edge, a, b }) => [edge, times(a), times(b)])],
    'right',
  );
}

function difference({
  a,
  b,
}: {
  readonly a?: NodeTime | undefined;
  readonly b?: NodeTime | undefined;
}): number {
  return Math.abs((a?.totalMs ?? 0) - (b?.totalMs ?? 0));
}

function times(a: number | undefined, b: number | undefined): string[] {
  const shown = [a, b].map((ms) => (ms === undefined ? '–' : formatDuration(ms)));
  if (a === undefined || b === undefined || a === b) return [...shown, ''];
  const sign = b < a ? '−' : '+';
  const percent = a === 0 ? '' : ` (${sign}${Math.round((Math.abs(b - a) / a) * 100)} %)`;
  return [...shown, `${sign}${formatDuration(Math.abs(b - a))}${percent}`];
}

/** Nodes are called what their author likes; a table has lines. */
function oneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

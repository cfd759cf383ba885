import { alignColumns } from './alignColumns.ts';
import { formatDuration } from './formatTime.ts';
import { plainPaint, type Paint } from './paint.ts';
import type { NodeTotals, RunTotals } from './runSummary.ts';
import { fitWidth, oneLine } from './textWidth.ts';

/** Longest node name in the table, in columns. */
const maxNameColumns = 48;
/** Most rows of the table; beyond, the nodes that took longest are shown. */
const maxRows = 60;

/**
 * The summary of a run: a table with a row for each node, then wall time, sum of work, speed-up and
 * peak concurrency. Aligned by display width. Lines without line ends.
 */
export function formatSummary(totals: RunTotals, paint: Paint = plainPaint): string[] {
  const { nodes, shownNodes } = selectRows(totals.nodes);
  const header = ['node', 'runs', 'total', 'average', 'longest'];
  const rows = shownNodes.map((node) => [
    fitWidth(nameOf(node), maxNameColumns),
    countRuns(node),
    formatDuration(node.totalMs),
    formatDuration(node.runs > 0 ? node.totalMs / node.runs : 0),
    formatDuration(node.longestMs),
  ]);
  const [head = '', ...body] = alignColumns([header, ...rows], 'right');
  const lines = [paint('bold', head), ...body];
  if (nodes > rows.length) lines.push(`… ${nodes - rows.length} more nodes`);
  return [
    ...lines,
    '',
    `wall time         ${formatDuration(totals.wallMs)}`,
    `sum of work       ${formatDuration(totals.workMs)}`,
    `speed-up          ${totals.speedUp.toFixed(2)}×`,
    `peak concurrency  ${totals.peakConcurrency}`,
  ];
}

function selectRows(nodes: readonly NodeTotals[]) {
  if (nodes.length <= maxRows) return { nodes: nodes.length, shownNodes: nodes };
  const longest = [...nodes].sort((a, b) => b.totalMs - a.totalMs).slice(0, maxRows);
  return { nodes: nodes.length, shownNodes: longest };
}

function countRuns({ runs, failed, cancelled }: NodeTotals): string {
  const ends = [failed > 0 && `${failed} failed`, cancelled > 0 && `${cancelled} cancelled`];
  const notes = ends.filter(Boolean).join(', ');
  return notes ? `${runs} (${notes})` : String(runs);
}

function nameOf({ nodeId }: NodeTotals): string {
  return nodeId.split(':').map(oneLine).join(' › ');
}

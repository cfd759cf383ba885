import type { ModelUse } from '../../protocol/modelUse.ts';
import { alignColumns } from './alignColumns.ts';
import { formatDuration } from './formatTime.ts';
import { plainPaint, type Paint } from './paint.ts';
import type { NodeTotals } from '../../trace/nodeMetrics.ts';
import type { RunTotals } from '../../trace/runMetrics.ts';
import { fitWidth, oneLine } from './textWidth.ts';
import { wrapText } from './wrapText.ts';
import { idsAroundNode, namesInNodeId, nodeIdWithin } from '../../engine/model/nodeId.ts';

/** Longest node name in the table, in columns. */
const maxNameColumns = 48;
/** Most rows of the table; beyond, the nodes that took longest are shown. */
const maxRows = 60;

const offlineNote =
  'Answers marked offline were made up by the built-in model. For real ones set OPENAI_API_KEY or ' +
  'DASHSCOPE_API_KEY (environment or .env file), or run "Superstep: Set API Key…" in the editor.';
const editorNote =
  "Answers marked editor came from the editor's own language models, " +
  'which need not be the ones that the code asks for.';
const recordingNote = 'Answers marked recording were given before, and were replayed.';

/**
 * The summary of a run: a table with a row for each node, then wall time, sum of work, speed-up (of
 * runs whose work is at least the wall time) and peak concurrency. If models were asked, the table counts that too and has a row of totals, and
 * what was not said by these models is explained, in lines of `columns`. Aligned by display width.
 * Lines without line ends.
 */
export function formatSummary(
  totals: RunTotals,
  { paint = plainPaint, columns = 100 }: { readonly paint?: Paint; readonly columns?: number } = {},
): string[] {
  const shown = selectRows(totals.nodes);
  const { modelUse } = totals;
  const ends = (['failed', 'cancelled'] as const).filter((end) =>
    shown.some(({ node }) => node[end] > 0),
  );
  const header = ['node', 'runs', ...ends, 'total', 'average', 'longest'];
  const rows = shown.map(({ name, node }) => [
    fitWidth(name, maxNameColumns),
    count(node.runs),
    ...ends.map((end) => (node[end] > 0 ? count(node[end]) : '')),
    formatDuration(node.totalMs),
    formatDuration(node.runs > 0 ? node.totalMs / node.runs : 0),
    formatDuration(node.longestMs),
  ]);
  const hidden = totals.nodes.length - shown.length;
  if (modelUse) {
    const columns = useColumns(modelUse);
    header.push(...columns.map(({ title }) => title));
    shown.forEach(({ node: { modelUse: use } }, at) =>
      rows[at]!.push(...columns.map(({ cell }) => (use ? cell(use) : ''))),
    );
    const sums = columns.map(({ cell }) => cell(modelUse));
    const blanks = ends.map(() => '');
    rows.push(['total', '', ...blanks, formatDuration(totals.workMs), '', '', ...sums]);
  }
  const [head = '', ...body] = alignColumns([header, ...rows], 'right');
  const sum = modelUse ? body.splice(-1) : [];
  return [
    paint('bold', head),
    ...body,
    ...(hidden > 0 ? [`… ${hidden} more nodes`] : []),
    ...sum.map((line) => paint('bold', line)),
    '',
    `wall time         ${formatDuration(totals.wallMs)}`,
    `sum of work       ${formatDuration(totals.workMs)}`,
    // Where waiting for anything else took longer than the work, there was nothing to speed up.
    ...(totals.speedUp >= 1 ? [`speed-up          ${totals.speedUp.toFixed(2)}×`] : []),
    `peak concurrency  ${totals.peakConcurrency}`,
    ...(modelUse ? aboutModels(modelUse, { paint, columns }) : []),
  ];
}

/** Columns about models; those with nothing in them are left out. */
function useColumns({ retries, tokensIn, tokensOut }: ModelUse) {
  const some = (value: number) => (value > 0 ? count(value) : '');
  const columns: { title: string; cell: (use: ModelUse) => string }[] = [
    {
      title: 'model calls',
      cell: ({ calls, failed }) =>
        failed > 0 ? `${count(calls)} (${count(failed)} failed)` : count(calls),
    },
  ];
  if (retries > 0) columns.push({ title: 'retries', cell: (use) => some(use.retries) });
  if (tokensIn + tokensOut > 0) {
    columns.push(
      { title: 'tokens in', cell: (use) => some(use.tokensIn) },
      { title: 'tokens out', cell: (use) => some(use.tokensOut) },
    );
  }
  return columns;
}

/** Which models, and what must be known of their answers. */
function aboutModels(
  { models, cached, uncounted, sources }: ModelUse,
  { paint, columns }: { readonly paint: Paint; readonly columns: number },
): string[] {
  const names = models.map(oneLine).join(', ');
  const notes = [
    cached > 0 && `${count(cached)} ${cached === 1 ? 'answer' : 'answers'} came from a cache.`,
    uncounted > 0 &&
      `The tokens of ${count(uncounted)} ${uncounted === 1 ? 'answer' : 'answers'} were not counted.`,
    sources.includes('offline') && offlineNote,
    sources.includes('editor') && editorNote,
    sources.includes('recording') && recordingNote,
  ]
    .filter((note) => note !== false)
    .flatMap((note) => wrapText(note, columns));
  return [
    `models            ${[names, ...sources].join('  ')}`,
    ...(notes.length > 0 ? ['', ...notes.map((note) => paint('yellow', note))] : []),
  ];
}

interface Row {
  readonly name: string;
  readonly node: NodeTotals;
}

/** As a tree, each node below the one it ran in; of very many those that took longest. */
function selectRows(nodes: readonly NodeTotals[]): Row[] {
  if (nodes.length <= maxRows) return treeOf(nodes);
  const longest = [...nodes].sort((a, b) => b.totalMs - a.totalMs).slice(0, maxRows);
  return longest.map((node) => ({ name: nameOf(node.nodeId), node }));
}

function treeOf(nodes: readonly NodeTotals[]): Row[] {
  const ids = new Set(nodes.map(({ nodeId }) => nodeId));
  const inside = Map.groupBy(nodes, ({ nodeId }) => parentOf(nodeId, ids));
  const rowsIn = (parent: string | undefined, indent: string): Row[] =>
    (inside.get(parent) ?? []).flatMap((node) => {
      const ownId = parent === undefined ? node.nodeId : nodeIdWithin(parent, node.nodeId);
      return [{ name: indent + nameOf(ownId), node }, ...rowsIn(node.nodeId, `${indent}  `)];
    });
  return rowsIn(undefined, '');
}

/** The nearest of the nodes around a node that has a row. */
function parentOf(nodeId: string, ids: ReadonlySet<string>): string | undefined {
  return idsAroundNode(nodeId).findLast((id) => ids.has(id));
}

function nameOf(nodeId: string): string {
  return namesInNodeId(nodeId).map(oneLine).join(' › ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

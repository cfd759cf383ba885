import { MarkdownString, Position, Range, type DecorationOptions, type TextDocument } from 'vscode';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import { formatState } from '../../runner/report/formatState.ts';
import type { LastValue } from '../../runner/report/lastValues.ts';
import { findNodeItself } from '../graphs/findNode.ts';
import { findTask } from '../graphs/findTask.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import { nodeNote } from './nodeNote.ts';
import { toRange } from '../graphs/problems.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';

/** The command behind the links: shows what a node did last in a view of its panel. */
const SHOW_NODE = 'superstep.showNode';

/** The last run of a graph, and the nodes whose text has changed since. */
export interface NotedRun {
  /** Where the graph is now. */
  readonly target: GraphTarget;
  readonly run: RunViewModel;
  readonly edited: Set<string>;
}

/** What is said of one node, and where in the text that stands. */
export interface Note {
  readonly range: Range;
  readonly noted: NotedRun;
  readonly name: string;
  readonly progress: NodeProgress;
}

/** The notes of a run in a document; none for nodes that the text does not tell, or that were edited. */
export function notesOf(
  noted: NotedRun,
  {
    document,
    graphs,
  }: { readonly document: TextDocument; readonly graphs: readonly StaticGraph[] },
): Note[] {
  const { run, edited } = noted;
  return run.progress().flatMap((progress) => {
    if (edited.has(progress.id)) return [];
    const range = rangeOf(progress, { run, document, graphs });
    const name = progress.calledBy?.name ?? progress.id.slice(progress.id.lastIndexOf(':') + 1);
    return range ? [{ range, noted, name, progress }] : [];
  });
}

function rangeOf(
  { id, calledBy }: NodeProgress,
  {
    run,
    document,
    graphs,
  }: {
    readonly run: RunViewModel;
    readonly document: TextDocument;
    readonly graphs: readonly StaticGraph[];
  },
): Range | undefined {
  if (calledBy) {
    const offset = findTask(document.getText(), id);
    const at = offset === undefined ? undefined : document.positionAt(offset);
    return at && new Range(at, at);
  }
  const place = findNodeItself(graphs, run.exportName, id);
  return place && toRange(place);
}

/** One for each note, at the end of the line where the node begins. */
export function decorationsOf(notes: readonly Note[], document: TextDocument): DecorationOptions[] {
  const lines = Map.groupBy(notes, ({ range }) => range.start.line);
  return notes.map(({ range, noted, name, progress }) => {
    const { line } = range.start;
    const end = new Position(line, document.lineAt(line).text.length);
    const note = nodeNote(progress);
    // Only where several stand in one line must they say whose they are.
    const text = lines.get(line)!.length > 1 ? `${name}: ${note}` : note;
    return {
      range: new Range(end, end),
      renderOptions: { after: { contentText: text } },
      hoverMessage: hoverOf(noted.target, progress, noted.run.last(progress.id)),
    };
  });
}

/** What is shown on hover. Values are user data: they stand in code blocks, where nothing of them is markup. */
export function hoverOf(
  target: GraphTarget,
  progress: NodeProgress,
  last: LastValue | undefined,
): MarkdownString {
  const links = (['Timeline', 'State', 'Output'] as const).map((view) => {
    const args = [target.file, target.exportName, progress.id, view.toLowerCase()];
    const text = encodeURIComponent(JSON.stringify(args));
    // A bracket would end the link.
    const inLink = text.replaceAll('(', '%28').replaceAll(')', '%29');
    return `[${view}](command:${SHOW_NODE}?${inLink})`;
  });
  const hover = new MarkdownString(`**Last run** ${nodeNote(progress)} — ${links.join(' · ')}`);
  hover.isTrusted = { enabledCommands: [SHOW_NODE] };
  if (!last) return hover;
  const add = (title: string, value: unknown) => {
    const lines = formatState(value, { textLength: 300, items: 10, depth: 4, columns: 80 });
    const shown = lines.length > 12 ? [...lines.slice(0, 12), '…'] : lines;
    hover.appendMarkdown(`\n\n${title}`).appendCodeblock(shown.join('\n'), 'yaml');
  };
  add('Given', last.input);
  if ('update' in last) add('Wrote', last.update);
  if (last.error) add('Failed with', `${last.error.name}: ${last.error.message}`);
  return hover;
}

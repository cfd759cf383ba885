import { ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { StaticGraph, StaticNode } from '../../loader/source/staticGraph.ts';
import { breakpointText, type GraphBreakpoint } from '../../protocol/breakpoints.ts';

/** A node of a graph in the view of graphs. */
export interface NodeEntry {
  /** As `TaskInfo.nodeId`. */
  readonly id: string;
  readonly node: StaticNode;
  /** What is in it, for a subgraph of the same file. */
  readonly inner?: StaticGraph | undefined;
}

/**
 * The nodes of a graph, or those in one that is a subgraph.
 * @param graphs All of its file.
 */
export function nodeEntries(
  graph: StaticGraph,
  graphs: readonly StaticGraph[],
  around?: string,
): NodeEntry[] {
  return graph.nodes.map((node) => ({
    id: around === undefined ? node.name : `${around}:${node.name}`,
    node,
    inner: graphs.find(({ localName }) => localName === node.subgraph),
  }));
}

/** @param parent Id of the entry of its graph. */
export function nodeItem(
  { id, node, inner }: NodeEntry,
  {
    file,
    parent,
    breakpoints,
  }: {
    readonly file: string;
    readonly parent: string;
    readonly breakpoints: readonly GraphBreakpoint[];
  },
): TreeItem {
  const { Collapsed, None } = TreeItemCollapsibleState;
  const item = new TreeItem(node.name, inner && inner.nodes.length > 0 ? Collapsed : None);
  const own = breakpoints.filter((each) => each.node === id);
  item.id = `${parent}:${id}`;
  item.contextValue = 'node';
  item.iconPath = new ThemeIcon(own.length > 0 ? 'debug-breakpoint' : 'symbol-method');
  if (own.length > 0) item.description = `pauses ${own.map(breakpointText).join(', ')}`;
  const at = { line: node.range.line1 - 1, character: node.range.column1 - 1 };
  const place = [Uri.file(file), { selection: { start: at, end: at } }];
  item.command = { command: 'vscode.open', title: 'Show in Source', arguments: place };
  return item;
}

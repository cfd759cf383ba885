import {
  EventEmitter,
  RelativePattern,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  workspace,
  type Disposable,
  type Event,
  type TreeDataProvider,
} from 'vscode';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import type { GraphBreakpoints } from '../debug/breakpoints.ts';
import { DisposableStore } from '../disposableStore.ts';
import { LISTED_GLOB, isProject, type GraphTarget } from './graphFile.ts';
import type { GraphSources } from './graphSources.ts';
import type { NodeEntry } from './nodeEntries.ts';

/** Names the view in package.json. */
export const GRAPHS_VIEW = 'superstep.graphs';

/** More files are not listed. */
const MAX_FILES = 2000;
/** Of more files the graphs are read when one is opened, since each is to be parsed. */
const MAX_EXPANDED = 30;
/** Milliseconds in which changes of files are told once. */
const CHANGES_MS = 100;

/** A file of the view, one of its graphs, or a node of that. */
export interface GraphEntry {
  /** Absolute path. */
  readonly file: string;
  /** Absent for a file. */
  readonly graph?: StaticGraph;
  /** Present for one of its nodes. */
  readonly node?: NodeEntry;
  /** The `langgraph.json` that it is listed for. */
  readonly project?: string | undefined;
}

/**
 * The graph files of the workspace with the graphs that their text tells of, and each `langgraph.json` with
 * those that it names; nothing is run for it.
 */
export class GraphTree implements TreeDataProvider<GraphEntry>, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #sources: GraphSources;
  readonly #breakpoints: GraphBreakpoints;
  #telling: NodeJS.Timeout | undefined;
  #count = 0;

  readonly onDidChangeTreeData: Event<void> = this.#changed.event;

  constructor(sources: GraphSources, breakpoints: GraphBreakpoints) {
    this.#sources = sources;
    this.#breakpoints = breakpoints;
    const tell = () => {
      this.#telling ??= setTimeout(() => {
        this.#telling = undefined;
        this.#changed.fire();
      }, CHANGES_MS);
    };
    const watcher = this.#owned.add(workspace.createFileSystemWatcher(LISTED_GLOB));
    this.#owned.add(watcher.onDidCreate(tell));
    this.#owned.add(watcher.onDidChange(tell));
    this.#owned.add(watcher.onDidDelete(tell));
    this.#owned.add(workspace.onDidChangeWorkspaceFolders(tell));
    this.#owned.add(breakpoints.onDidChange(tell));
  }

  async getChildren(entry?: GraphEntry): Promise<GraphEntry[]> {
    if (!entry) return this.#files();
    const { file } = entry;
    if (entry.graph) return this.#nodesIn(entry, entry.graph);
    if (isProject(Uri.file(file))) return this.#namedIn(file);
    return (await this.#exportedBy(file)).map((graph) => ({ file, graph }));
  }

  async getTreeItem({ file, graph, node, project }: GraphEntry): Promise<TreeItem> {
    if (!graph) return this.#fileItem(file);
    if (!node) return graphItem({ file, graph, project });
    const breakpoints = this.#breakpoints.of({ file, exportName: graph.exportName ?? '' });
    const { nodeItem } = await import('./nodeEntries.ts');
    return nodeItem(node, { file, breakpoints, parent: graphId({ file, graph, project }) });
  }

  /** The nodes of a graph; of one of its nodes those inside. */
  async #nodesIn({ node, ...entry }: GraphEntry, graph: StaticGraph): Promise<GraphEntry[]> {
    const around = node ? node.inner : graph;
    if (!around) return [];
    const { nodeEntries } = await import('./nodeEntries.ts');
    const graphs = await this.#graphsOf(entry.file);
    return nodeEntries(around, graphs, node?.id).map((inner) => ({ ...entry, node: inner }));
  }

  /** The graphs of a project, under the names that it gives them. */
  async #namedIn(project: string): Promise<GraphEntry[]> {
    const { readProject } = await import('../../loader/langGraphJson.ts');
    const { graphs } = await readProject(project);
    return Promise.all(
      graphs.map(async ({ name, file, exportName }) => {
        const found = (await this.#exportedBy(file)).find(
          (graph) => graph.exportName === exportName,
        );
        return { file, project, graph: { ...(found ?? unseen(exportName)), name } };
      }),
    );
  }

  async #files(): Promise<GraphEntry[]> {
    const found = await Promise.all(
      (workspace.workspaceFolders ?? []).map((folder) =>
        workspace.findFiles(
          new RelativePattern(folder, LISTED_GLOB),
          '**/{node_modules,.git}/**',
          MAX_FILES,
        ),
      ),
    );
    const files = [...new Set(found.flat().map(({ fsPath }) => fsPath))];
    this.#count = files.length;
    return files
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, MAX_FILES)
      .map((file) => ({ file }));
  }

  async #exportedBy(file: string): Promise<readonly StaticGraph[]> {
    return (await this.#graphsOf(file)).filter(({ exportName }) => exportName !== undefined);
  }

  async #graphsOf(file: string): Promise<readonly StaticGraph[]> {
    const open = workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
    return open
      ? await this.#sources.read(open)
      : (await import('../../loader/source/findGraphs.ts')).findGraphs(await textOf(file), file)
          .graphs;
  }

  #fileItem(file: string): TreeItem {
    const uri = Uri.file(file);
    const { Collapsed, Expanded } = TreeItemCollapsibleState;
    const item = new TreeItem(uri, this.#count > MAX_EXPANDED ? Collapsed : Expanded);
    const folder = dirname(workspace.asRelativePath(uri));
    item.id = file;
    item.label = basename(file);
    item.tooltip = file;
    item.iconPath = ThemeIcon.File;
    if (folder !== '.') item.description = folder;
    item.contextValue = 'file';
    item.command = { command: 'vscode.open', title: 'Open File', arguments: [uri] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#telling);
    this.#owned.dispose();
  }
}

/** Which graph, and node, an entry stands for; `undefined` for other values, and for entries of files. */
export function targetOf(entry: unknown): (GraphTarget & { readonly node?: string }) | undefined {
  const { file, graph, node } = (entry ?? {}) as Partial<GraphEntry>;
  if (typeof file !== 'string' || graph?.exportName === undefined) return undefined;
  return { file, exportName: graph.exportName, ...(node && { node: node.id }) };
}

/** A graph of which the text of its file does not tell, as one that another file passes on. */
function unseen(exportName: string): StaticGraph {
  const range = { line1: 1, column1: 1, endLine1: 1, endColumn1: 1 };
  const nothing = { nodes: [], edges: [], range, compiled: true };
  return { exportName, localName: exportName, kind: 'graph', ...nothing };
}

function graphItem({
  file,
  graph,
  project,
}: {
  readonly file: string;
  readonly graph: StaticGraph;
  readonly project?: string | undefined;
}): TreeItem {
  const { exportName = '', name, localName, nodes, range } = graph;
  const { Collapsed, None } = TreeItemCollapsibleState;
  const item = new TreeItem(name ?? localName, nodes.length > 0 ? Collapsed : None);
  item.id = graphId({ file, graph, project });
  if (nodes.length > 0) item.description = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
  item.tooltip = `${exportName} in ${basename(file)}, line ${range.line1}`;
  item.iconPath = new ThemeIcon('type-hierarchy');
  item.contextValue = 'graph';
  const line = range.line1 - 1;
  const selection = { start: { line, character: 0 }, end: { line, character: 0 } };
  const place = [Uri.file(file), { selection }];
  item.command = { command: 'vscode.open', title: 'Show in Source', arguments: place };
  return item;
}

/** One file may be named by several projects, and by one of them several times. */
function graphId({ file, graph, project }: GraphEntry): string {
  return project === undefined ? `${file}#${graph?.exportName}` : `${project}#${graph?.name}`;
}

/** Nothing for a file that has gone. */
async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

import { TabInputText, commands, window, workspace, type Memento, type Uri } from 'vscode';
import { basename, dirname } from 'node:path';
import type { GraphDescription } from '../../runner/runner.ts';
import { runnableNodes } from '../runs/runViewModel.ts';
import { GRAPH_FILE_GLOB, isGraphFile } from './graphFile.ts';

/**
 * Which of a file's graphs is meant: the only one, or the user's choice with the last one first.
 * @returns `undefined` if the user gave up.
 */
export async function pickGraph(
  file: string,
  graphs: readonly GraphDescription[],
  memory: Memento,
): Promise<GraphDescription | undefined> {
  if (graphs.length <= 1) return graphs[0];
  const key = `lastGraph:${file}`;
  const last = memory.get<string>(key);
  const items = graphs.map((graph) => {
    const { length } = runnableNodes(graph);
    const size = `${length} ${length === 1 ? 'node' : 'nodes'}`;
    const description = graph.name === graph.exportName ? size : `${graph.name}, ${size}`;
    return { label: graph.exportName, description, graph };
  });
  items.sort((a, b) => Number(b.label === last) - Number(a.label === last));
  const chosen = await window.showQuickPick(items, {
    title: basename(file),
    placeHolder: 'Which graph?',
    matchOnDescription: true,
  });
  if (chosen) await memory.update(key, chosen.label);
  return chosen?.graph;
}

/**
 * Which graph file is meant where no editor says so: the only one there is, or the user's choice of
 * those that are open and those of the workspace.
 * @returns `undefined` if there is none, or if the user gave up.
 */
export async function pickGraphFile(): Promise<Uri | undefined> {
  const found = await workspace.findFiles(GRAPH_FILE_GLOB, '**/node_modules/**', 1000);
  // A file in a tab may lie outside of the workspace, as examples may.
  const files = new Map([...openGraphFiles(), ...found].map((uri) => [uri.toString(), uri]));
  if (files.size === 0) {
    void offerGraphFile();
    return undefined;
  }
  const items = [...files.values()]
    .map((uri) => ({
      label: basename(uri.fsPath),
      // The name stands there already.
      description: folderOf(uri),
      uri,
    }))
    .sort((a, b) => a.description.localeCompare(b.description) || a.label.localeCompare(b.label));
  if (items.length === 1) return items[0]?.uri;
  const chosen = await window.showQuickPick(items, {
    placeHolder: 'Which graph file?',
    matchOnDescription: true,
  });
  return chosen?.uri;
}

/** Tells, without waiting for an answer, that there is nothing to run yet. */
async function offerGraphFile(): Promise<void> {
  const [newFile, example] = ['New Graph File', 'Open Example'];
  const message = 'There is no graph file (*.graph.ts) here yet.';
  const chosen = await window.showInformationMessage(message, newFile, example);
  if (chosen === newFile) await commands.executeCommand('superstep.newGraphFile');
  if (chosen === example) await commands.executeCommand('superstep.openExample');
}

function folderOf(uri: Uri): string {
  const folder = dirname(workspace.asRelativePath(uri));
  return folder === '.' ? '' : folder;
}

function openGraphFiles(): Uri[] {
  return window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof TabInputText ? [input.uri] : []))
    .filter(isGraphFile);
}

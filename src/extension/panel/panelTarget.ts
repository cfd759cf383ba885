import { basename } from 'node:path';
import { window, type ViewColumn } from 'vscode';

/** What a panel shows: a graph file and, once it is known, which of its graphs. */
export interface PanelTarget {
  /** Absolute path. */
  readonly file: string;
  readonly exportName?: string;
}

/** A panel as it comes back after a window reload. */
export interface RestoredPanel {
  readonly target: PanelTarget;
  /** It stays with its graph, whichever editor is active. */
  readonly isLocked: boolean;
}

/** What `restored` reads. */
export function restoreText(target: PanelTarget, isLocked: boolean): string {
  return JSON.stringify({ ...target, isLocked });
}

/** Reads back what a panel has kept over a window reload; `undefined` if it is nothing of ours. */
export function restored(state: unknown): RestoredPanel | undefined {
  try {
    const { restore } = state as { restore: string };
    const { file, exportName, isLocked } = JSON.parse(restore) as Record<string, unknown>;
    if (typeof file !== 'string') return undefined;
    const target = typeof exportName === 'string' ? { file, exportName } : { file };
    return { target, isLocked: isLocked === true };
  } catch {
    return undefined;
  }
}

/** Whether an editor of this file (absolute path) is at the front of that column. */
export function showsSource(column: ViewColumn | undefined, file: string): boolean {
  return window.visibleTextEditors.some(
    ({ viewColumn, document }) => viewColumn === column && document.uri.fsPath === file,
  );
}

/** What a panel is called by. */
export function nameOf(target: PanelTarget, title?: string): string {
  return title ?? target.exportName ?? basename(target.file);
}

/** What stands on its tab; brackets around the first word tell that it is locked, as in Markdown's. */
export function titleOf(name: string, qualifier = '', isLocked = false): string {
  return `${isLocked ? '[Preview]' : 'Preview'} ${name}${qualifier && ` (${qualifier})`}`;
}

/** The id of the node whose menu was opened in the page of a panel; `undefined` for other values. */
export function nodeInPage(given: unknown): string | undefined {
  const { webviewSection, nodeId } = (given ?? {}) as Record<string, unknown>;
  return webviewSection === 'node' && typeof nodeId === 'string' ? nodeId : undefined;
}

import { basename } from 'node:path';
import { window, type ViewColumn } from 'vscode';

/** What a panel shows: a graph file and, once it is known, which of its graphs. */
export interface PanelTarget {
  /** Absolute path. */
  readonly file: string;
  readonly exportName?: string;
}

/** Reads back what a panel has kept over a window reload. */
export function restoredTarget(state: unknown): PanelTarget | undefined {
  try {
    const { restore } = state as { restore: string };
    const { file, exportName } = JSON.parse(restore) as Record<string, unknown>;
    if (typeof file !== 'string') return undefined;
    return typeof exportName === 'string' ? { file, exportName } : { file };
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

/** What stands on its tab. */
export function titleOf(name: string, qualifier = ''): string {
  return `Preview ${name}${qualifier && ` (${qualifier})`}`;
}

import { RelativePattern, languages, workspace, type TextDocument } from 'vscode';
import { mentionsGraphs } from '../../loader/source/mentionsGraphs.ts';
import { isGraphFile } from './graphFile.ts';
import { readSettings } from '../settings.ts';

/**
 * Whether it is worth looking for graphs in a document: it says so by its name, or it is one of the
 * files that the settings name, and imports what graphs are made with.
 */
export function mayHoldGraphs(document: TextDocument): boolean {
  const { uri } = document;
  if (isGraphFile(uri)) return true;
  if (uri.scheme !== 'file' || /[\\/]node_modules[\\/]/.test(uri.path)) return false;
  return mentionsGraphs(document.getText()) && isNamed(document);
}

function isNamed(document: TextDocument): boolean {
  const folder = workspace.getWorkspaceFolder(document.uri);
  return readSettings(document.uri).files.some((glob) => {
    const pattern = folder ? new RelativePattern(folder, glob) : glob;
    return languages.match({ pattern }, document) > 0;
  });
}

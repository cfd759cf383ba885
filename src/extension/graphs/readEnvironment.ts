import { Uri, workspace } from 'vscode';
import { dirname } from 'node:path';
import type { EnvFiles } from '../../runner/envFiles.ts';

/**
 * What the project of a graph file, and the `.env` files beside it and at the root of its workspace, say. Like all that decides
 * what code does they count in a trusted workspace only. Changes nothing in this process.
 */
export async function readEnvironment(file: string): Promise<EnvFiles> {
  if (!workspace.isTrusted) return { env: {}, files: [], warnings: [] };
  const { readEnvFiles } = await import('../../runner/envFiles.ts');
  const root = workspace.getWorkspaceFolder(Uri.file(file))?.uri.fsPath;
  const { projectOf } = await import('../../loader/langGraphJson.ts');
  const folders = [dirname(file), ...(root === undefined ? [] : [root])];
  return readEnvFiles(folders, process.env, await projectOf(file));
}

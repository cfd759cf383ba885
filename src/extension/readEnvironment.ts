import { Uri, workspace } from 'vscode';
import { dirname } from 'node:path';
import type { EnvFiles } from '../runner/envFiles.ts';

/**
 * What the `.env` files beside a graph file and at the root of its workspace say. Like all that decides
 * what code does they count in a trusted workspace only. Changes nothing in this process.
 */
export async function readEnvironment(file: string): Promise<EnvFiles> {
  if (!workspace.isTrusted) return { env: {}, files: [], warnings: [] };
  const { readEnvFiles } = await import('../runner/envFiles.ts');
  const root = workspace.getWorkspaceFolder(Uri.file(file))?.uri.fsPath;
  return readEnvFiles([dirname(file), ...(root === undefined ? [] : [root])]);
}

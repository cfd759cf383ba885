import { commands, window, workspace } from 'vscode';

/** Why a restricted window shows less; ends without a full stop. */
export const RESTRICTED =
  'Restricted mode: the diagram shows what the source text tells. To load and run the graph, trust this workspace';

/** Why a question cannot be answered here. */
export const RESTRICTED_RUN =
  'Restricted mode: to answer, which runs the graph, trust this workspace.';

/** Whether code of this workspace may run; if not, says why and offers the way out. */
export function mayRun(): boolean {
  if (workspace.isTrusted) return true;
  void offerTrust();
  return false;
}

async function offerTrust(): Promise<void> {
  const manage = 'Manage Workspace Trust';
  const chosen = await window.showWarningMessage(
    'A graph file is a program. It cannot run while this workspace is in restricted mode.',
    manage,
  );
  if (chosen === manage) await commands.executeCommand('workbench.trust.manage');
}

import type { HostedCode } from '../host/hostedCode.ts';

/** Closes every editor. Unsaved ones would ask, and nobody would answer: their edits are dropped. */
export async function closeEditors(host: HostedCode): Promise<void> {
  await host.evaluate(async (code) => {
    for (const document of code.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
      await code.window.showTextDocument(document);
      await code.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await code.commands.executeCommand('workbench.action.closeAllEditors');
  });
}

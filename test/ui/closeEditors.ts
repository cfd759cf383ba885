import type { HostedCode } from '../host/hostedCode.ts';

/** Closes every editor. Unsaved ones would ask, and nobody would answer: their edits are dropped. */
export async function closeEditors(host: HostedCode): Promise<void> {
  await host.evaluate(async (code) => {
    const tabs = code.window.tabGroups.all.flatMap((group) => group.tabs);
    for (const { input, isDirty } of tabs) {
      if (!isDirty || !(input instanceof code.TabInputText)) continue;
      await code.window.showTextDocument(input.uri);
      await code.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await code.commands.executeCommand('workbench.action.closeAllEditors');
  });
}

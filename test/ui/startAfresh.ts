import assert from 'node:assert/strict';
import type { HostedCode } from '../host/hostedCode.ts';

/** Leaves nothing of the test before: no question, no run, no editor, no panel, no toast. */
export async function startAfresh(host: HostedCode): Promise<void> {
  await host.page.keyboard.press('Escape');
  await stopRuns(host);
  await closeEditors(host);
  await host.until(async () => {
    await host.command('notifications.clearAll');
    assert.equal(
      await host.page.locator('.notifications-toasts .notification-list-item').count(),
      0,
    );
  }, 'end of the notifications');
}

/** Waits until no graph runs and nothing is loaded, which tests that go on must not meet. */
export async function runsEnded(host: HostedCode): Promise<void> {
  const running = host.page.locator('.part.statusbar .statusbar-item', { hasText: 'superstep:' });
  await host.until(
    async () => assert.deepEqual(await running.allInnerTexts(), []),
    'end of the runs',
  );
}

async function stopRuns(host: HostedCode): Promise<void> {
  await host.evaluate(async (code) => {
    // One by one: what stops all of them would ask.
    const files = await code.workspace.findFiles('**/*.graph.ts');
    for (const file of files) await code.commands.executeCommand('superstep.stopRun', file);
  });
  await runsEnded(host);
}

/** Unsaved editors would ask, and nobody would answer: their edits are dropped. */
async function closeEditors(host: HostedCode): Promise<void> {
  await host.until(async () => {
    await host.evaluate(async (code) => {
      const tabs = code.window.tabGroups.all.flatMap((group) => group.tabs);
      for (const { input, isDirty } of tabs) {
        if (!isDirty || !(input instanceof code.TabInputText)) continue;
        await code.window.showTextDocument(input.uri);
        await code.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      }
      await code.commands.executeCommand('workbench.action.closeAllEditors');
    });
    assert.deepEqual((await host.tabs()).flat(), []);
    assert.equal(await host.page.locator('iframe.webview').count(), 0);
  }, 'end of the editors');
}

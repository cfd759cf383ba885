import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { newContext } from './panelSite.ts';
import { agentLoop, done, modelUse, progress, running } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('texts are drawn with the fonts that the tests bring, whatever the machine has', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(agentLoop);
    const use = modelUse({ retries: 1 });
    await panel.send(
      { type: 'runStarted', revision: 1 },
      progress(
        { ...done('plan', 5), modelUse: use },
        running('search', { running: 4, done: 3, modelUse: use, answer: 'Once upon a time' }),
      ),
    );
    await page.locator('.note.answer').waitFor({ state: 'attached' });
    await assertOurFonts(
      page,
      'h1, #runState, #totals, .nodeLabel, .edgeLabel, .chip text, #nodes button',
    );
  }));

test('a frame that is written by the page around it, as webviews are, has the fonts', async () => {
  const context = await newContext(browser);
  try {
    const page = await context.newPage();
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto('https://outer.test');
    await page.evaluate(async () => {
      const { document } = globalThis as any;
      const frame = document.createElement('iframe');
      frame.src = '/inner';
      document.body.append(frame);
      await new Promise((resolve) =>
        frame.contentWindow.addEventListener('DOMContentLoaded', resolve),
      );
      frame.contentDocument.open();
      frame.contentDocument.write(
        '<p style="font-family: var(--vscode-font-family)">text</p>' +
          '<p style="font-family: var(--vscode-editor-font-family)">code</p>',
      );
      frame.contentDocument.close();
    });
    await page.frameLocator('iframe').getByText('code').waitFor();
    await assertOurFonts(page, 'p', 'iframe');
  } finally {
    await context.close();
  }
});

/** Of a page, or of the document in its frame with the selector `frame`. */
async function assertOurFonts(page: Page, selector: string, frame?: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  let { nodeId } = (await session.send('DOM.getDocument')).root;
  if (frame !== undefined) {
    const found = await session.send('DOM.querySelector', { nodeId, selector: frame });
    const { node } = await session.send('DOM.describeNode', { nodeId: found.nodeId, depth: 1 });
    const { backendNodeId } = node.contentDocument!;
    const pushed = await session.send('DOM.pushNodesByBackendIdsToFrontend', {
      backendNodeIds: [backendNodeId],
    });
    nodeId = pushed.nodeIds[0]!;
  }
  const texts = await session.send('DOM.querySelectorAll', { nodeId, selector });
  const used = new Map<string, boolean>();
  for (const text of texts.nodeIds) {
    const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId: text });
    for (const { familyName, isCustomFont } of fonts) used.set(familyName, isCustomFont);
  }
  await session.detach();
  assert.ok(used.size > 0);
  for (const [family, isOurs] of used) assert.ok(isOurs, `${family} is of this machine`);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { panelHtml } from '../../src/protocol/panelHtml.ts';
import { launchBrowser } from '../host/browser.ts';
import { root } from '../host/install.ts';

test('nothing of the page is seen before its style sheet is there', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const sheet = Promise.withResolvers<void>();
    const origin = 'https://panel.test';
    await page.route('**/panel.css', async (route) => {
      await sheet.promise;
      await route.fulfill({ contentType: 'text/css', path: join(root, 'media/panel.css') });
    });
    await page.route('**/webview.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: '' }),
    );
    const html = panelHtml({
      title: 'my.graph.ts',
      nonce: 'n0nce',
      cspSource: origin,
      scriptUri: `${origin}/webview.js`,
      styleUri: `${origin}/panel.css`,
    });
    // As the editor does it: written into a document that is there already.
    await page.evaluate((text) => {
      const { document } = globalThis as any;
      document.open();
      document.write(text);
    }, html);
    const title = page.locator('#title');
    await title.waitFor({ state: 'attached' });
    assert.equal(await title.isVisible(), false);
    sheet.resolve();
    await title.waitFor({ state: 'visible' });
  } finally {
    await browser.close();
  }
});

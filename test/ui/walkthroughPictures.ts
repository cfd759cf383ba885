// Makes the pictures of the walkthrough, from the product:  node test/ui/walkthroughPictures.ts
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { startAfresh } from './startAfresh.ts';
import { makeTestFolder } from './testFolder.ts';

const pictures = join(root, 'media/walkthrough');
const maxBytes = 80 * 1024;
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' };

const template = (name: string) => readFileSync(join(root, `templates/${name}.graph.ts`), 'utf8');

// The template with longer pauses, so that there is time to take a picture in the middle.
const slow = template('subgraphs').replaceAll(
  /pause\((\d+),/g,
  (_, ms) => `pause(${Number(ms) * 8},`,
);

mkdirSync(pictures, { recursive: true });
for (const name of ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY']) delete process.env[name];
const folder = makeTestFolder(
  { 'trip.graph.ts': slow, 'poem.graph.ts': template('tasks') },
  { name: 'my-graphs' },
);
const host = await openHost({
  folder: folder.path,
  extensionDevelopmentPath: root,
  viewport: { width: 1000, height: 640 },
  settings: {
    'editor.minimap.enabled': false,
    'superstep.showOutputOnRun': false,
    'window.commandCenter': false,
    'workbench.layoutControl.enabled': false,
  },
});

/** Takes a picture of a part of the window. */
async function take(name: string, part: Locator): Promise<void> {
  const path = join(pictures, `${name}.png`);
  const box = await part.boundingBox();
  if (!box) throw new Error(`There is nothing to take as ${name}`);
  // Of the lowest lines a rounded frame lets something of the editor through.
  await host.page.screenshot({ path, clip: { ...box, height: box.height - 5 } });
  const { size } = statSync(path);
  console.log(`${path}: ${Math.round(size / 1024)} KB`);
  if (size > maxBytes) throw new Error(`A picture must not be larger than ${maxBytes / 1024} KB`);
}

const list = host.page.locator('.quick-input-widget');

try {
  await host.command('workbench.action.toggleSidebarVisibility');
  for (const [suffix, theme] of Object.entries(themes)) {
    await host.theme(theme);
    await startAfresh(host);

    await host.open(folder.file('poem.graph.ts'));
    await host.codeLens('Run');
    await host.page.mouse.move(0, 600);
    void host.command('superstep.openExample');
    await host.until(async () => (await host.quickInput.labels()).length > 1);
    await take(`example-${suffix}`, list);
    await host.page.keyboard.press('Escape');

    await (await host.codeLens('Run')).click();
    await host.page.mouse.move(0, 600);
    await host.quickInput.asked('There Is No Key');
    await take(`model-${suffix}`, list);
    await host.page.keyboard.press('Escape');
    await startAfresh(host);

    await host.open(folder.file('trip.graph.ts'), { line1: 50 });
    await (await host.codeLens('Preview')).click();
    await host.webview('g.node:has-text("choose")');
    await (await host.codeLens('Run')).click();
    await host.webview('g[data-status="running"]:has-text("choose")');
    await take(`panel-${suffix}`, host.page.locator('iframe.webview.ready').last());
    await host.command('superstep.stopRun');
  }
} finally {
  await host.close();
  folder.remove();
}

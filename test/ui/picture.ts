// Makes the picture of the README: node test/ui/picture.ts
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../host/hostedCode.ts';
import { root } from '../host/install.ts';
import { makeTestFolder } from './testFolder.ts';

const picture = join(root, 'media/screenshot.png');
const maxBytes = 300 * 1024;
const name = 'subgraphs-basic.graph.ts';

// The example with longer pauses, so that there is time to take a picture in the middle.
const example = readFileSync(join(root, 'examples', name), 'utf8');
const slow = example.replaceAll(/pause\((\d+),/g, (_, ms) => `pause(${Number(ms) * 5},`);
const folder = makeTestFolder({ [name]: slow }, { name: 'examples' });
const host = await openHost({
  folder: folder.path,
  extensionDevelopmentPath: root,
  viewport: { width: 1280, height: 800 },
  settings: {
    'workbench.colorTheme': 'Default Dark Modern',
    'window.title': 'Superstep',
    // Types for the copy are not at hand.
    'typescript.validate.enable': false,
    'editor.minimap.enabled': false,
    'editor.stickyScroll.enabled': false,
    'editor.guides.indentation': false,
    'editor.occurrencesHighlight': 'off',
    'window.commandCenter': false,
    'workbench.layoutControl.enabled': false,
  },
});
try {
  await host.command('workbench.action.toggleSidebarVisibility');
  await host.open(folder.file(name), { line1: 81 });
  await (await host.codeLens('Run')).click();
  await host.webview('g[data-status="done"]:has-text("write")');
  // Once more, now that everything has its place.
  await host.command('workbench.action.output.action.clearOutput').catch(() => undefined);
  await (await host.codeLens('Run')).click();
  await host.webview('g.node[data-status="running"]:has-text("select")');
  await host.webview('g.node[data-status="running"]:has-text("headline")');
  copyFileSync(await host.screenshot('readme'), picture);
} finally {
  await host.close();
  folder.remove();
}
const { size } = statSync(picture);
console.log(`${picture}: ${Math.round(size / 1024)} KB`);
if (size > maxBytes) throw new Error(`The picture must not be larger than ${maxBytes / 1024} KB`);

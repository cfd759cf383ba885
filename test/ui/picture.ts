// Makes the picture of the README: node test/ui/picture.ts
import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../host/hostedCode.ts';
import { root } from '../host/install.ts';

const picture = join(root, 'media/screenshot.png');
const maxBytes = 300 * 1024;

const host = await openHost({
  folder: join(root, 'examples'),
  extensionDevelopmentPath: root,
  viewport: { width: 1280, height: 800 },
});
try {
  await host.command('workbench.action.toggleSidebarVisibility');
  await host.open(join(root, 'examples/subgraphs-basic.graph.ts'), { line1: 66 });
  await (await host.codeLens('Run')).click();
  await host.webview('g[data-status="done"]:has-text("write")');
  // Once more, now that panel and output have their places.
  await host.command('workbench.action.output.toggleOutput');
  await host.command('superstep.showOutput');
  await (await host.codeLens('Run')).click();
  await host.webview('g[data-status="running"]:has-text("select")');
  copyFileSync(await host.screenshot('readme'), picture);
} finally {
  await host.close();
}
const { size } = statSync(picture);
console.log(`${picture}: ${Math.round(size / 1024)} KB`);
if (size > maxBytes) throw new Error(`The picture must not be larger than ${maxBytes / 1024} KB`);

// Makes the pictures of the README and of the guide to the editor: node test/ui/picture.ts
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../host/openHost.ts';
import { root } from '../host/install.ts';
import { runsEnded } from './startAfresh.ts';
import { makeTestFolder } from './testFolder.ts';

const picture = join(root, 'media/screenshot.png');
const timeline = join(root, 'docs/timeline.png');
const maxBytes = 300 * 1024;
const names = ['subgraphs', 'map-reduce', 'divergent-thinking'].map((name) => `${name}.graph.ts`);
const [name = ''] = names;

const files = names.map((each) => [each, readFileSync(join(root, 'examples', each), 'utf8')]);
const folder = makeTestFolder(Object.fromEntries(files), { name: 'examples' });
const host = await openHost({
  folder: folder.path,
  extensionDevelopmentPath: root,
  viewport: { width: 1280, height: 800 },
  settings: {
    'workbench.colorTheme': 'Default Dark Modern',
    'window.title': 'Superstep',
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
  await host.open(folder.file(name), { line1: lineOf('.compile(') });
  await (await host.codeLens('Run')).click();
  await host.pick('Built-in Offline Model');
  await host.webview('g[data-status="done"]:has-text("overall_best")');
  await runsEnded(host);
  // Once more, now that everything has its place.
  await host.command('workbench.action.output.action.clearOutput').catch(() => undefined);
  await (await host.codeLens('Run')).click();
  await host.webview('g.node[data-status="done"]:has-text("generate_roles")');
  await host.webview('g.node[data-status="running"]:has-text("speak")');
  copyFileSync(await host.screenshot('readme'), picture);
  await runsEnded(host);
  await (await host.webview('#timelineTab')).click();
  const stage = await host.webview('#timelineStage');
  await stage.focus();
  await host.webview('#timelineFacts:has-text("of work")');
  await (await host.webview('#timeline')).screenshot({ path: timeline });
} finally {
  await host.close();
  folder.remove();
}
for (const path of [picture, timeline]) {
  const { size } = statSync(path);
  console.log(`${path}: ${Math.round(size / 1024)} KB`);
  if (size > maxBytes) throw new Error(`A picture must not be larger than ${maxBytes / 1024} KB`);
}

/** The last line with this text, counted from 1. */
function lineOf(text: string): number {
  const lines = readFileSync(folder.file(name), 'utf8').split('\n');
  return lines.findLastIndex((line) => line.includes(text)) + 1;
}

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Annotation, START, StateGraph } from '../../src/engine/index.ts';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { agentLoop, graphMessage, parallelNodes, twoSubgraphs } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('ready is the first message, and a panel without a graph says that one is coming', () =>
  withPanel(browser, {}, async (panel) => {
    assert.deepEqual(await panel.posted(), [{ type: 'ready' }]);
    assert.equal(await panel.page.locator('#placeholder').innerText(), 'Loading…');
    assert.equal(await panel.page.locator('#runButton').isVisible(), false);
  }));

test('a graph is drawn with its names, pills for START and END, and dashed routes', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(agentLoop);
    const { page } = panel;
    const labels = await page.locator('#diagram g.node .nodeLabel').allInnerTexts();
    assert.deepEqual(labels.map((label) => label.split('\n')[0]).sort(), [
      'END',
      'START',
      'judge',
      'plan',
      'read_page',
      'search',
      'write_report',
    ]);
    assert.equal(await page.locator('g.terminal').count(), 2);
    assert.equal(await page.locator('path.edge-pattern-dotted').count(), 3);
    const dash = await page
      .locator('path.edge-pattern-dotted')
      .first()
      .evaluate((path) => (globalThis as any).getComputedStyle(path).strokeDasharray as string);
    assert.notEqual(dash, 'none');
    assert.equal(await page.locator('#title').innerText(), 'research-agent');
    assert.equal(await page.locator('#file').innerText(), 'research-agent.graph.ts');
    assert.equal(await page.locator('#placeholder').innerText(), '');
  }));

test('a graph that comes again unchanged keeps its drawing, under its new title', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(agentLoop);
    const svg = panel.page.locator('#diagram svg');
    await svg.evaluate((element) => element.setAttribute('data-kept', ''));
    await panel.draw({ ...agentLoop, revision: 2, title: 'other' });
    assert.equal((await panel.waitFor('drawn', { revision: 2 })).renderMs, 0);
    assert.equal(await svg.getAttribute('data-kept'), '');
    assert.equal(await svg.getAttribute('aria-label'), 'Diagram of other');
    await panel.draw({ ...twoSubgraphs, revision: 3 });
    assert.equal(await svg.getAttribute('data-kept'), null);
  }));

test('a graph that is expected is drawn ahead, shown when it comes, and not drawn again', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const shownId = () => page.locator('#diagram svg').getAttribute('id');
    /** Mermaid's drawings are counted in their ids. */
    const follows = (id: string | null, before: string | null) =>
      Number(id?.replace(/\D/g, '')) - Number(before?.replace(/\D/g, ''));
    await panel.draw(agentLoop);
    const first = await shownId();
    const { mermaid, nodes } = twoSubgraphs;
    const benches = watchBenches(page);
    await panel.send({ type: 'expected', revision: 1, mermaid, nodes });
    await benches;
    assert.equal(await shownId(), first, 'nothing of it is shown');
    await panel.draw({ ...twoSubgraphs, revision: 2 });
    const second = await shownId();
    assert.equal(follows(second, first), 1);
    assert.equal(await page.locator('g.cluster').count(), 2);
    await panel.draw({ ...parallelNodes, revision: 3 });
    assert.equal(follows(await shownId(), second), 1, 'it was drawn once');
    assert.equal(await page.locator('g.cluster').count(), 0);
  }));

test('a graph that is expected and does not come does not stand in the way of another', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(agentLoop);
    const { nodes } = twoSubgraphs;
    await panel.send({ type: 'expected', revision: 1, mermaid: 'no graph at all', nodes });
    await panel.draw({ ...parallelNodes, revision: 2 });
    assert.equal(await panel.page.locator('#problem').innerText(), '');
    assert.equal(await panel.page.locator('#title').innerText(), parallelNodes.title);
  }));

/** Resolves when the next drawing that is made out of sight has been made. */
function watchBenches(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const scope = globalThis as any;
        const observer = new scope.MutationObserver((records: any[]) => {
          if (!records.some(({ removedNodes }) => isBench(removedNodes[0]))) return;
          observer.disconnect();
          resolve();
        });
        const isBench = (node: any) => node?.classList?.contains('measuring');
        observer.observe(scope.document.body, { childList: true });
      }),
  );
}

test('expanded subgraphs are drawn as boxes with their titles', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(twoSubgraphs);
    const titles = await panel.page.locator('g.cluster .cluster-label').allTextContents();
    assert.deepEqual(titles.sort(), ['doge_graph', 'react_graph']);
  }));

test('hostile names show as text and do nothing', () =>
  withPanel(browser, {}, async (panel) => {
    const names = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '<style>*{display/**/none}</style>',
      'say "hi" & \'bye\'',
      'a[b](c){d}',
      'end',
      '🎉 party 💅',
      'x'.repeat(200),
      'مرحبا بالعالم',
      '__proto__',
      'constructor',
      'a--b',
      '1. first',
      '**bold** _it_ `code`',
      '$$x^2$$',
      '#quot; &lt;',
      'two\nlines',
    ];
    const builder = new StateGraph(Annotation.Root({ x: Annotation<number>() }));
    for (const name of names) builder.addNode(name, () => ({}));
    for (const name of names) builder.addEdge(START, name as never);
    const drawable = builder.compile().getGraph({ xray: true });
    const ids = new Map(Object.entries(drawable.mermaidIds()));
    await panel.draw({
      ...graphMessage('<b>hostile</b>', [], ''),
      mermaid: drawable.drawMermaid(),
      nodes: Object.values(drawable.nodes).map(({ id, name }) => ({
        id,
        name,
        mermaidId: ids.get(id) ?? '',
      })),
    });
    const { page } = panel;
    const shown = (await page.locator('g.node .nodeLabel').allTextContents()).sort();
    const expected = names
      .map((name) => (name.length > 100 ? `${'x'.repeat(47)}…` : name.replace('\n', ' ')))
      .concat('START', 'END');
    assert.deepEqual(shown, expected.sort());
    assert.equal(await page.locator('#title').innerText(), '<b>hostile</b>');
    const listed = await page.locator('#nodes .name').allTextContents();
    assert.deepEqual(listed, names);
    assert.equal(await page.locator('#diagram :is(script, img, style, a)').count(), 0);
    assert.equal(await page.locator('#nodes :is(script, img, style, a)').count(), 0);
    assert.equal(await page.evaluate(() => Object.keys(Object.prototype).length), 0);
  }));

test('what Mermaid cannot read is shown as text with the reason, and the next graph is drawn', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.send({ ...parallelNodes, mermaid: 'graph TD;\n a ->>> b [[ <i>' });
    const { message } = await panel.waitFor('drawFailed', { revision: 1 });
    assert.match(message, /Parse error/);
    assert.match(await panel.page.locator('#placeholder').innerText(), /cannot be drawn/);
    assert.match(await panel.page.locator('#placeholder pre').innerText(), /a ->>> b \[\[ <i>/);
    await panel.draw({ ...parallelNodes, revision: 2 });
    assert.equal(await panel.page.locator('#placeholder pre').count(), 0);
    assert.equal(await panel.page.locator('g.node').count(), 4);
  }));

test('of graphs that arrive while one is drawn only the last is drawn', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.send(
      { ...parallelNodes, revision: 1 },
      { ...agentLoop, revision: 2 },
      { ...twoSubgraphs, revision: 3 },
    );
    await panel.waitFor('drawn', { revision: 3 });
    const drawn = (await panel.posted()).filter(({ type }) => type === 'drawn');
    assert.equal(drawn.length, 1);
    assert.equal(await panel.page.locator('g.cluster').count(), 2);
  }));

test('another font of the editor leads to a new drawing', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(parallelNodes);
    const width = () => panel.page.locator('#diagram svg').getAttribute('width');
    const before = Number(await width());
    await panel.page.evaluate(() =>
      (globalThis as any).document.documentElement.style.setProperty('--vscode-font-size', '26px'),
    );
    await panel.page.waitForFunction(
      () => (globalThis as any).posted.filter((m: any) => m.type === 'drawn').length === 2,
    );
    assert.ok(Number(await width()) > before * 1.2);
  }));

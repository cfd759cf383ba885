import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { row, started } from './panelParts.ts';
import { done, graphMessage, manyNodes, progress } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('a graph of 1,000 nodes is drawn, listed, and shows a run', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const graph = manyNodes(1000);
    await panel.draw(graph);
    assert.equal(await page.locator('g.node').count(), 1000);
    await page.waitForFunction(
      () => (globalThis as any).document.querySelectorAll('#nodes button').length === 1000,
    );
    await panel.send(started, progress(...graph.nodes.map(({ id }) => done(id, 7))));
    await page.waitForFunction(
      () =>
        (globalThis as any).document.querySelectorAll('g.node[data-status=done]').length === 1000,
    );
    assert.equal(await row(page, 'node_999').textContent(), 'node_999: done, 7 ms');
  }));

test('of a large drawing only what is in view is rendered, and more as it comes into view', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(manyNodes(1000));
    const rendered = () =>
      page
        .locator('g.node')
        .evaluateAll((all) => all.filter((each: any) => each.getClientRects().length > 0).length);
    await page.locator('#fit').click();
    await page.waitForFunction(() =>
      [...(globalThis as any).document.querySelectorAll('g.node')].every(
        (each) => each.getClientRects().length > 0,
      ),
    );
    await page.locator('#zoomReset').click();
    const few = await rendered();
    assert.ok(few > 0 && few < 500, `${few} of 1000`);
  }));

test('seen from far, nodes show signs in place of words, and stand still where very many run', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const graph = manyNodes(200);
    await panel.draw(graph);
    await page.locator('#zoomReset').click();
    const running = (id: string) =>
      ({ ...done(id, 7), status: 'running', running: 1, done: 0 }) as const;
    const ids = graph.nodes.map(({ id }) => id);
    const sign = page.locator('g.node[data-status=running] .sign').first();
    const motion = () =>
      sign.evaluate((each) => (globalThis as any).getComputedStyle(each).animationName);
    await panel.send(started, progress(...ids.slice(0, 20).map(running)));
    const words = page.locator('g.node .chip text', { hasText: 'running' });
    await words.nth(19).waitFor({ state: 'attached' });
    assert.equal(await motion(), 'turn');
    await panel.send(progress(...ids.slice(20).map(running)));
    await words.nth(199).waitFor({ state: 'attached' });
    assert.equal(await motion(), 'none');
    while ((await page.locator('#zoomReset').textContent()) !== '33%') {
      await page.locator('#zoomOut').click();
    }
    await page.waitForFunction(
      () => (globalThis as any).document.querySelector('g.node .chip text:not(:empty)') === null,
    );
    assert.equal(await page.locator('g.node .chip .sign').count(), 200);
    await panel.send({ type: 'drawImage', revision: 1, format: 'svg' });
    const image = await panel.waitFor('image', { format: 'svg' });
    assert.equal(image.data?.match(/>running</g)?.length, 200);
  }));

test('names and labels of a large drawing are texts, whatever is in them', () =>
  withPanel(browser, {}, async (panel) => {
    const hostile = '<img src=x onerror=alert(1)><style>*{display:none}</style>';
    const ids = Array.from({ length: 200 }, (_, i) => `n${i}`);
    const nodes = ids.map((id) => ({ id, name: `${id} ${hostile}`, mermaidId: id }));
    const label = hostile.replaceAll(/[<>=(){}:*#/ ]/g, (char) => `#${char.codePointAt(0)};`);
    const lines = ids.map((id) => `\t${id}("x")`);
    for (let i = 1; i < ids.length; i++) {
      lines.push(`\tn${(i - 1) >> 1} -. &nbsp;${label}&nbsp; .-> n${i};`);
    }
    await panel.draw(graphMessage('hostile', ids, lines.join('\n'), nodes));
    const { page } = panel;
    const names = await page.locator('g.node .nodeLabel').allTextContents();
    assert.equal(names.length, 200);
    assert.ok(names.every((name) => name.includes('<img src=x')));
    assert.match((await page.locator('g.edgeLabel').first().textContent())!, /^<img src=x/);
    assert.equal(await page.locator('#diagram :is(script, img, style, a)').count(), 0);
  }));

test('a graph that comes while a large one is drawn takes its place', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.send(manyNodes(1000), { ...manyNodes(3), revision: 2 });
    await panel.waitFor('drawn', { revision: 2 });
    assert.equal(await panel.page.locator('#diagram svg').count(), 1);
    assert.equal(await panel.page.locator('g.node').count(), 3);
  }));

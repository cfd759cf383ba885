import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { findBarriers } from './findBarriers.ts';
import { withPanel } from './openPanel.ts';
import { row, started } from './panelParts.ts';
import { themes, type ThemeName } from './page/themes.ts';
import { agentLoop, done, graphMessage, progress, running, twoSubgraphs } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const focused = (page: Page) =>
  page.evaluate(() => (globalThis as any).document.activeElement.id as string);

/** A subgraph with more nodes than are drawn unfolded. */
function largeSubgraph(): ReturnType<typeof graphMessage> {
  const inner = Array.from({ length: 600 }, (_, i) => `deep:node_${i}`);
  const lines = ['first', ...inner].map(
    (id) => `\t${id.replace(':', '_')}(${id.split(':').at(-1)})`,
  );
  lines.push('\tfirst --> deep_node_0;', '\tsubgraph deep');
  for (let i = 1; i < inner.length; i++)
    lines.push(`\tdeep_node_${(i - 1) >> 1} --> deep_node_${i};`);
  return graphMessage('large', ['first', ...inner], [...lines, '\tend'].join('\n'));
}

test('nodes are found by their names with Ctrl+F and the keyboard alone, and Escape goes back', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(agentLoop);
    await page.locator('#stage').focus();
    await page.keyboard.press('Control+f');
    assert.equal(await focused(page), 'findInput');
    await page.keyboard.type('A');
    const count = page.locator('#findCount');
    assert.equal(await count.textContent(), '1 of 3: plan');
    assert.equal(await page.locator('g.node.match').count(), 3);
    await page.keyboard.press('Enter');
    assert.equal(await count.textContent(), '2 of 3: search');
    assert.match((await page.locator('g.node.focused').textContent())!, /search/);
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    assert.equal(await count.textContent(), '3 of 3: read_page');
    await page.keyboard.type('zzz');
    assert.equal(await count.textContent(), 'No nodes');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#find').isVisible(), false);
    assert.equal(await focused(page), 'stage');
    assert.equal(await page.locator('g.node.match').count(), 0);
  }));

test('in State and Output Ctrl+F goes to the field that searches them', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(agentLoop);
    await page.locator('#outputTab').click();
    await page.keyboard.press('Control+f');
    assert.equal(await page.locator('#find').isVisible(), false);
  }));

test('a node that is found far away is brought into sight', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(largeSubgraph());
    assert.equal(await page.locator('g.node').count(), 2, 'it begins folded');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('node_599');
    const node = page.locator('g.node.focused');
    await node.waitFor();
    assert.match((await node.textContent())!, /node_599/);
    const [box, stage] = [
      (await node.boundingBox())!,
      (await page.locator('#stage').boundingBox())!,
    ];
    assert.ok(box.x >= stage.x && box.x + box.width <= stage.x + stage.width);
    assert.ok(box.y >= stage.y && box.y + box.height <= stage.y + stage.height);
  }));

test('a subgraph is folded by a click, keeps its state, and is unfolded again', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(twoSubgraphs);
    await panel.send(started, progress(running('doge_graph'), done('react_graph', 60)));
    assert.equal(await page.locator('.foldSign').count(), 2);
    await page.locator('g.cluster .foldSign').first().click();
    await page.locator('g.node.folded').waitFor();
    assert.equal(await page.locator('g.cluster').count(), 1);
    const folded = page.locator('g.node.folded');
    const name = (await folded.locator('.nodeLabel p').textContent())!;
    assert.match(name, /^(doge|react)_graph2 nodes inside$/);
    // A window that is reloaded has it folded still.
    await withPanel(browser, { state: await panel.state() }, async (again) => {
      await again.draw(twoSubgraphs);
      assert.equal(await again.page.locator('g.node.folded .nodeLabel p').textContent(), name);
      await again.draw({ ...twoSubgraphs, title: 'another', revision: 2 });
      assert.equal(await again.page.locator('g.node.folded').count(), 0);
    });
    const status = name.startsWith('doge') ? 'running' : 'done';
    await page.waitForFunction(
      (expected) =>
        (globalThis as any).document.querySelector('g.folded')?.dataset.status === expected,
      status,
    );
    assert.equal(
      (await panel.posted()).some(({ type }) => type === 'reveal'),
      false,
    );
    await folded.locator('.foldSign').click();
    await page.waitForFunction(
      () => (globalThis as any).document.querySelectorAll('g.cluster').length === 2,
    );
    assert.equal(await row(page, 'doge_graph:pick_best').count(), 1);
  }));

test('in the list the left key folds a subgraph and the right one unfolds it, and the focus stays', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(twoSubgraphs);
    const subgraph = row(page, 'doge_graph');
    assert.equal(await subgraph.getAttribute('aria-expanded'), 'true');
    await subgraph.focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(
      () =>
        (globalThis as any).document
          .querySelector('#nodes [data-id="doge_graph"]')
          .getAttribute('aria-expanded') === 'false',
    );
    assert.equal(await row(page, 'doge_graph:pick_best').count(), 0);
    assert.equal(
      await page.evaluate(() => (globalThis as any).document.activeElement.dataset.id as string),
      'doge_graph',
    );
    await page.keyboard.press('ArrowRight');
    await row(page, 'doge_graph:pick_best').waitFor({ state: 'attached' });
    assert.equal(await subgraph.getAttribute('aria-expanded'), 'true');
  }));

test('one button folds all subgraphs and unfolds them, and is there where there are any', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(agentLoop);
    const button = page.locator('#foldAll');
    assert.equal(await button.isVisible(), false);
    await panel.draw({ ...twoSubgraphs, revision: 2 });
    await page.getByRole('button', { name: 'Fold all subgraphs', exact: true }).click();
    await page.waitForFunction(
      () => (globalThis as any).document.querySelectorAll('g.folded').length === 2,
    );
    await page.getByRole('button', { name: 'Unfold all subgraphs' }).click();
    await page.waitForFunction(
      () => (globalThis as any).document.querySelectorAll('g.cluster').length === 2,
    );
  }));

for (const theme of Object.keys(themes) as ThemeName[]) {
  test(`the panel is free of known barriers while nodes are looked for, some of them folded (${theme})`, () =>
    withPanel(browser, { theme, reducedMotion: true }, async (panel) => {
      const { page } = panel;
      await panel.draw(twoSubgraphs);
      await page.locator('#list').click();
      await page.locator('.foldSign').first().click();
      await page.locator('g.node.folded').waitFor();
      await page.keyboard.press('Control+f');
      await page.keyboard.type('graph');
      assert.deepEqual(await findBarriers(page), []);
    }));
}

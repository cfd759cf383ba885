import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { reachWords } from '../../src/webview/diagram/reachWords.ts';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { agentLoop } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const edge = (source: string, target: string, count: number) => ({
  ...{ source, target, count },
  conditional: false,
});
const reach = {
  nodes: { plan: 2, search: 2, read_page: 2, judge: 2, write_report: 0 },
  edges: [
    edge('__start__', 'plan', 2),
    edge('plan', 'search', 2),
    edge('search', 'read_page', 2),
    edge('read_page', 'judge', 2),
    edge('judge', 'search', 1),
    edge('judge', 'write_report', 0),
    edge('write_report', '__end__', 0),
  ],
  tests: 2,
  stale: 0,
};

test('what tests have reached is marked on the diagram while the button for it is pressed', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const { revision } = agentLoop;
    await panel.draw(agentLoop);
    const button = page.getByRole('button', { name: 'What tests reach' });
    assert.equal(await button.isVisible(), false);
    await panel.send({ type: 'reach', revision, reach });
    await button.click();
    const text = page.locator('#reachText');
    assert.equal(
      await text.innerText(),
      '2 tests reach 4 of 5 nodes and 5 of 7 edges. Not reached: write_report, judge → write_report.',
    );
    const marked = (part: string, is: string) =>
      page.locator(`#diagram ${part}[data-reached="${is}"]`);
    assert.deepEqual(await marked('g.node', 'no').locator('.nodeLabel p').allTextContents(), [
      'write_reportdefer = true',
    ]);
    assert.equal(await marked('g.node', 'yes').count(), 4);
    assert.equal(await marked('path', 'no').count(), 2);
    assert.equal(await marked('path', 'yes').count(), 5);
    if (process.env['PICTURE']) await page.screenshot({ path: process.env['PICTURE'] });
    await panel.send({ type: 'reach', revision, reach: { ...reach, stale: 2 } });
    await page.getByText('The code has changed since they ran.').waitFor();
    await button.click();
    assert.equal(await page.locator('#diagram [data-reached]').count(), 0);
    assert.equal(await text.isVisible(), false);
  }));

test('another drawing of the graph has the marks, too, and another graph has none', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const { revision } = agentLoop;
    await panel.draw(agentLoop);
    await panel.send({ type: 'reach', revision, reach });
    await page.getByRole('button', { name: 'What tests reach' }).click();
    await page.getByRole('button', { name: 'Draw from left to right' }).click();
    await page.locator('#direction[data-direction="LR"]').waitFor();
    await page.locator('#diagram g.node[data-reached="no"]').waitFor();
    await panel.draw({ ...agentLoop, revision: revision + 1 });
    assert.equal(await page.locator('#diagram [data-reached]').count(), 0);
    assert.equal(await page.locator('#reach').isVisible(), false);
  }));

test('the words name what was not reached, up to five, and how many tests are older than the code', () => {
  const nodes = Object.fromEntries('abcdefg'.split('').map((id) => [id, 0]));
  const words = (tests: number, stale: number) =>
    reachWords({ nodes: { ...nodes, z: 1 }, edges: [edge('z', '__end__', 1)], tests, stale });
  assert.equal(
    words(1, 1),
    '1 test reaches 1 of 8 nodes and 1 of 1 edges. Not reached: a, b, c, d, e and 2 more. The code has changed since it ran.',
  );
  assert.match(words(3, 1), /since 1 of them ran\.$/);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { findBarriers } from './findBarriers.ts';
import { withPanel } from './openPanel.ts';
import { started } from './panelParts.ts';
import { agentLoop, graphMessage } from './sampleGraphs.ts';
import { routed } from './sampleRuns.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Two branches that `c` waits for, beside an edge of its own. */
const joined = graphMessage(
  'joined',
  [],
  `	__start__([<p>__start__</p>]):::first
	a(a)
	b(b)
	c(c)
	__start__ --> a;
	__start__ --> b;
	a --> c;
	b --> c;`,
  ['a', 'b', 'c'].map((id) => ({
    id,
    name: id,
    mermaidId: id,
    ...(id === 'c' && { joins: [['a', 'b']] }),
  })),
);

async function takenEdges(page: Page): Promise<string[]> {
  return page
    .locator('path.flowchart-link')
    .evaluateAll((paths) =>
      paths.flatMap((path: any) => (path.dataset.taken ? [path.dataset.taken as string] : [])),
    );
}

test('an edge that a run takes and nothing declares is added to the drawing, and marked', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(agentLoop);
    const before = await page.locator('path.flowchart-link').count();
    const run = routed([
      ['judge', { plan: 0 }],
      ['judge', { search: 0, nowhere: 0 }],
    ]);
    await panel.send(started, { type: 'runEvents', revision: 1, events: run });
    const found = page.locator('path.flowchart-link.found');
    await found.waitFor({ state: 'attached' });
    assert.equal(await page.locator('path.flowchart-link').count(), before + 1);
    await page.waitForFunction(
      () => (globalThis as any).document.querySelector('path.found')?.dataset.taken === 'yes',
    );
    const { marked, other } = await page.evaluate(() => {
      const { document, getComputedStyle } = globalThis as any;
      const colour = (selector: string) =>
        getComputedStyle(document.querySelector(selector)).stroke as string;
      return {
        marked: colour('path.found'),
        other: colour('path.flowchart-link[data-taken=yes]:not(.found)'),
      };
    });
    assert.notEqual(marked, other);
    await page.locator('#list').click();
    // The same for those who cannot see the mark.
    const judge = page.locator('#nodes [data-id="judge"]');
    assert.equal(
      await judge.getAttribute('aria-description'),
      'Led to plan in this run, which nothing declares',
    );
    assert.deepEqual(await findBarriers(page), []);
    await panel.draw({ ...agentLoop, revision: 2, title: 'again' });
    assert.equal(await found.count(), 0);
  }));

test('edges that are joined meet in a bar, and lead on once all of them were taken', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(joined);
    assert.equal(await page.locator('g.node.join').count(), 1);
    await page.locator('#list').click();
    const descriptions = await page
      .locator('#nodes [data-id]')
      .evaluateAll((rows) => rows.map((row: any) => row.ariaDescription as string | null));
    assert.deepEqual(descriptions, [null, null, 'Waits for all of a and b']);
    assert.deepEqual(await findBarriers(page), []);
    assert.equal(await page.locator('path.flowchart-link').count(), 5);
    const tell = async (...nodes: string[]) => {
      const events = routed(nodes.map((node) => [node, {}]));
      await panel.send(started, { type: 'runEvents', revision: 1, events });
      await page.evaluate(
        () => new Promise((resolve) => (globalThis as any).requestAnimationFrame(resolve)),
      );
    };
    await tell('a');
    // To `a`, from there to the bar; not beyond.
    assert.deepEqual(await takenEdges(page), ['yes', 'yes']);
    await tell('a', 'b');
    assert.deepEqual(await takenEdges(page), ['yes', 'yes', 'yes', 'yes', 'yes']);
  }));

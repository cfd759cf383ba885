import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel, type Panel } from './openPanel.ts';
import { row, started } from './panelParts.ts';
import { done, graphMessage, progress } from './sampleGraphs.ts';
import { writingRun } from './sampleRuns.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const graph = graphMessage(
  'writer',
  ['left', 'right', 'write'],
  '\tleft(left)\n\tright(right)\n\twrite(write)\n\tleft --> write;\n\tright --> write;',
);

/** Shows a run of 22 ms, with supersteps from 1 ms and 12 ms on, that is over. */
async function showRun(panel: Panel, hostile = ''): Promise<Page> {
  await panel.draw(graph);
  await panel.send(
    started,
    { type: 'runEvents', revision: 1, events: writingRun(hostile) },
    progress(done('left', 9), done('right', 10), done('write', 8)),
    { type: 'runEnded', revision: 1, status: 'done', durationMs: 22 },
  );
  await panel.page.locator('#scrubber').waitFor();
  await panel.page.locator('#list').click();
  return panel.page;
}

const slider = (page: Page) => page.getByRole('slider', { name: 'Moment of the run' });
const statusOf = (page: Page, id: string) => row(page, id).getAttribute('data-status');
const statuses = async (page: Page) =>
  Promise.all(['left', 'right', 'write'].map((id) => statusOf(page, id)));

/** Presses a key on the slider, and waits until the page is as it is to be. */
async function press(page: Page, key: string, text: RegExp): Promise<void> {
  await slider(page).press(key);
  await page.waitForFunction(
    (source) =>
      new RegExp(source).test(
        (globalThis as any).document.getElementById('moment').getAttribute('aria-valuetext'),
      ),
    text.source,
  );
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const { requestAnimationFrame: next } = globalThis as any;
        next(() => next(resolve));
      }),
  );
}

test('keys lead through the time of a run that is over, and the diagram is as it was then', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showRun(panel);
    assert.deepEqual(await statuses(page), ['done', 'done', 'done']);
    await press(page, 'Home', /^0 ms of 22 ms, superstep 0 of 2$/);
    assert.deepEqual(await statuses(page), ['idle', 'idle', 'idle']);
    await press(page, 'PageUp', /^1 ms of 22 ms, superstep 1 of 2$/);
    assert.deepEqual(await statuses(page), ['running', 'running', 'idle']);
    await press(page, 'PageUp', /^12 ms of 22 ms, superstep 2 of 2$/);
    assert.deepEqual(await statuses(page), ['done', 'done', 'running']);
    assert.equal(await page.locator('path[data-taken="yes"]').count(), 2);
    await press(page, 'ArrowLeft', /^12 ms .* superstep 1 of 2$/);
    assert.deepEqual(await statuses(page), ['done', 'done', 'idle']);
    await press(page, 'End', /^22 ms of 22 ms/);
    assert.deepEqual(await statuses(page), ['done', 'done', 'done']);
    assert.match(await row(page, 'write').innerText(), /8 ms/, 'as the run itself told');
  }));

test('state, output and timeline are as they were at the time that the slider says', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showRun(panel);
    await page.getByRole('tab', { name: 'State' }).click();
    await press(page, 'Home', /^0 ms/);
    assert.equal(await page.locator('#supersteps .row').count(), 1);
    assert.equal(await page.locator('#stateTree .row').count(), 1);
    await press(page, 'PageUp', /superstep 1/);
    await press(page, 'PageUp', /superstep 2/);
    const keys = await page.locator('#stateTree .row').allInnerTexts();
    assert.deepEqual(
      keys.map((text) => /\w+/.exec(text)?.[0]),
      ['messages', 'notes'],
    );
    await page.getByRole('tab', { name: 'Output' }).click();
    assert.equal(await page.locator('#outputLines .row').count(), 4);
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page
      .locator('#timelineFacts')
      .filter({ hasText: /^12 ms for/ })
      .waitFor();
  }));

test('a run is played again, nothing of it runs, and it ends as it is', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showRun(panel);
    await page.evaluate(() => {
      const scope = globalThis as any;
      scope.seen = new Set();
      const moment = scope.document.getElementById('moment');
      new scope.MutationObserver(() =>
        scope.seen.add(moment.getAttribute('aria-valuetext')),
      ).observe(moment, { attributeFilter: ['aria-valuetext'] });
    });
    await page.getByRole('button', { name: 'Play' }).press('Enter');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await page.waitForFunction(() => [...(globalThis as any).seen].at(-1)?.startsWith('22 ms'));
    const seen = await page.evaluate(() => [...(globalThis as any).seen] as string[]);
    assert.match(seen[0]!, /^0 ms of 22 ms, superstep 0/);
    assert.deepEqual(await statuses(page), ['done', 'done', 'done']);
    assert.deepEqual(
      (await panel.posted()).filter(({ type }) => type === 'run'),
      [],
    );
  }));

test('what is chosen stays so as time goes by', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showRun(panel);
    await page.getByRole('tab', { name: 'State' }).click();
    await page.locator('#stateTree .row').nth(1).click();
    await press(page, 'Home', /^0 ms/);
    await press(page, 'End', /^22 ms/);
    const chosen = page.locator('#stateTree .row[aria-selected="true"]');
    assert.match(await chosen.innerText(), /notes/);
  }));

test('time can be gone back in only while nothing runs', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showRun(panel);
    await press(page, 'Home', /^0 ms/);
    await panel.send(started, { type: 'runEvents', revision: 1, events: writingRun().slice(0, 4) });
    await page.locator('#scrubber').waitFor({ state: 'hidden' });
    await panel.send(progress(done('left', 3)));
    await page.locator('[data-id="left"][data-status="done"]').waitFor();
  }));

test('names of a past run are texts at every time, whatever they contain', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showRun(panel, '<img src=x onerror=alert(1)></script>');
    for (const name of ['State', 'Output', 'Timeline']) {
      await page.getByRole('tab', { name }).click();
      await press(page, 'Home', /^0 ms/);
      await press(page, 'PageUp', /superstep 1/);
      assert.equal(await page.locator('main img, main script').count(), 0);
    }
  }));

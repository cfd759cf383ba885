import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ToWebview } from '../../src/protocol/webviewMessages.ts';
import { launchBrowser } from '../host/browser.ts';
import { findBarriers } from './findBarriers.ts';
import { withPanel, type Panel } from './openPanel.ts';
import { themes, type ThemeName } from './page/themes.ts';
import { done, failed, modelUse, parallelNodes, progress, running, waits } from './sampleGraphs.ts';
import { everyQuestion } from './sampleQuestions.ts';
import { researchRun, writingRun } from './sampleRuns.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const started: ToWebview = { type: 'runStarted', revision: 1 };
const ended = (status: 'done' | 'failed' | 'cancelled'): ToWebview => ({
  type: 'runEnded',
  revision: 1,
  status,
  durationMs: 12,
  ...(status === 'failed' && {
    message: 'In node "node_b": boom (my.graph.ts:12)',
    places: ['my.graph.ts:12'],
  }),
});

/** What the panel is sent after its graph, by what one sees then. */
const states: Readonly<Record<string, readonly ToWebview[]>> = {
  idle: [],
  running: [started, progress(done('node_a', 2010), running('node_b', { answer: 'It is a' }))],
  stopping: [started, progress(running('node_a')), { type: 'runStopping', revision: 1 }],
  failed: [started, progress(done('node_a', 5), failed('node_b', 5, 'boom')), ended('failed')],
  waiting: [
    started,
    progress(done('node_a', 5), waits('node_b')),
    {
      type: 'runEnded',
      revision: 1,
      status: 'waiting',
      durationMs: 12,
      waits: {
        questions: everyQuestion,
        pause: { places: ['before x', 'before y'], since: '12:00:00', state: '{"a": 1}' },
      },
    },
  ],
  'changed since': [started, progress(running('node_a')), { type: 'sourceChanged', revision: 1 }],
  'a broken file': [
    {
      type: 'problem',
      revision: 1,
      message: 'my.graph.ts:3 Unexpected token',
      places: ['my.graph.ts:3'],
    },
  ],
  'a run that is over': [
    started,
    { type: 'runEvents', revision: 1, events: researchRun() },
    ended('done'),
  ],
  offline: [
    started,
    progress({ ...done('node_a', 5), modelUse: modelUse({ sources: ['offline'] }) }),
    ended('done'),
  ],
};

const findings = ({ page }: Panel): Promise<string[]> => findBarriers(page);

for (const theme of Object.keys(themes) as ThemeName[]) {
  test(`the panel is free of known barriers in every state (${theme})`, () =>
    withPanel(browser, { theme, reducedMotion: true }, async (panel) => {
      await panel.draw(parallelNodes);
      await panel.page.locator('#list').click();
      for (const [name, messages] of Object.entries(states)) {
        await panel.send(parallelNodes, ...messages);
        await panel.page.evaluate(
          () => new Promise((resolve) => (globalThis as any).requestAnimationFrame(resolve)),
        );
        assert.deepEqual(await findings(panel), [], name);
        if (name !== 'a run that is over') continue;
        await panel.page.locator('#timelineTab').click();
        assert.deepEqual(await findings(panel), [], 'the timeline');
        await panel.page.getByRole('slider').press('ArrowLeft');
        assert.deepEqual(await findings(panel), [], 'the timeline as it was');
        await panel.page.locator('#timelineTable').click();
        assert.deepEqual(await findings(panel), [], 'the table');
        for (const view of ['state', 'output']) {
          await panel.page.locator(`#${view}Tab`).click();
          assert.deepEqual(await findings(panel), [], `${view} without values`);
        }
        await panel.send(started, { type: 'runEvents', revision: 1, events: writingRun() });
        await panel.page.locator('#outputLines .row').first().click();
        assert.deepEqual(await findings(panel), [], 'the output');
        await panel.page.locator('#stateTab').click();
        await panel.page.locator('#stateTree .row').first().dblclick();
        assert.deepEqual(await findings(panel), [], 'the state');
        await panel.page.locator('#diagramTab').click();
      }
    }));
}

test('the check finds what it looks for', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(parallelNodes);
    await panel.page.evaluate(() => {
      const { document } = globalThis as any;
      document.querySelector('#zoomReset').setAttribute('aria-label', 'Something else');
      document.querySelector('#title').style.color = '#333';
      document.body.append(document.querySelector('#tools'));
    });
    const found = (await findings(panel)).join('\n');
    for (const rule of ['label-content-name-mismatch', 'color-contrast', 'region']) {
      assert.ok(found.includes(rule), `${rule} in ${found}`);
    }
  }));

test('the place of a failure is a link and a Tab stop, and opens what it names', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(...states['failed']!);
    const link = page.getByRole('link', { name: 'my.graph.ts:12' });
    await page.locator('#runButton').focus();
    await page.keyboard.press('Tab');
    assert.ok(
      await link.evaluate((element: any) => element.ownerDocument.activeElement === element),
    );
    await page.keyboard.press('Enter');
    await panel.waitFor('openPlace', { place: 0 });
    assert.equal(
      await page.locator('#problem').innerText(),
      'In node "node_b": boom (my.graph.ts:12)',
    );
  }));

test('each place of several problems is a link of its own', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(parallelNodes);
    await panel.send({
      type: 'problem',
      revision: 1,
      message: 'a.ts:1 one\nwithout a place\nb.ts:2 two',
      places: ['a.ts:1', 'b.ts:2'],
    });
    await panel.page.getByRole('link', { name: 'b.ts:2' }).click();
    await panel.waitFor('openPlace', { place: 1 });
    await panel.page.getByRole('link', { name: 'a.ts:1' }).click();
    await panel.waitFor('openPlace', { place: 0 });
  }));

test('a run that stops says so at once, and its button waits for the end', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(...states['stopping']!);
    assert.equal(await page.locator('#runState').innerText(), 'Stopping…');
    assert.equal(await page.locator('#announcer').innerText(), 'Stopping');
    assert.ok(await page.locator('#runButton').isDisabled());
    await panel.send(ended('cancelled'));
    assert.equal(await page.locator('#runButton').innerText(), 'Run');
    assert.ok(await page.locator('#runButton').isEnabled());
  }));

test('the second click of a double click does not reach what the first has made of the button', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    // The host answers between the two clicks.
    await page
      .locator('#runButton')
      .evaluate((button: any) =>
        button.addEventListener('click', () =>
          (globalThis as any).postMessage({ type: 'runStarted', revision: 1 }, '*'),
        ),
      );
    await page.locator('#runButton').dblclick({ delay: 20 });
    await page.locator('#runButton', { hasText: 'Stop' }).waitFor();
    const clicks = (await panel.posted()).filter(({ type }) => type === 'run' || type === 'stop');
    assert.deepEqual(clicks, [{ type: 'run' }]);
  }));

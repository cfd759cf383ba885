import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { launchBrowser } from '../host/browser.ts';
import { withPanel, type Panel } from './openPanel.ts';
import { started } from './panelParts.ts';
import { parallelNodes } from './sampleGraphs.ts';
import { writingRun } from './sampleRuns.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Shows one view of a run that writes. */
async function showView(panel: Panel, name: 'State' | 'Output', hostile = ''): Promise<Page> {
  const { page } = panel;
  await panel.draw(parallelNodes);
  await panel.send(started, { type: 'runEvents', revision: 1, events: writingRun(hostile) });
  await page.getByRole('tab', { name }).click();
  await page
    .locator(name === 'State' ? '#stateTree .row' : '#outputLines .row')
    .first()
    .waitFor();
  return page;
}

/** Read at once: a row that is replaced meanwhile has no lines. */
const rowsOf = (page: Page, list: string) =>
  page
    .locator(list)
    .evaluate((element) =>
      [...element.querySelectorAll('.row')].map(
        (row) => (row as unknown as { innerText: string }).innerText,
      ),
    );
const chosenIn = (page: Page, list: string) =>
  page.locator(`${list} .row[aria-selected="true"]`).innerText();

test('the state tells of each superstep what ran and what it wrote, and what is new since the last', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'State');
    assert.deepEqual(
      (await rowsOf(page, '#supersteps')).map((text) => text.replaceAll(/\s*\n\s*/g, ' | ')),
      [
        '0: input | wrote messages',
        '1: left, right | wrote messages, notes',
        '2: write | wrote messages, notes, draft',
      ],
    );
    const keys = await rowsOf(page, '#stateTree');
    assert.match(keys[0]!, /messages\s*\[2\]\s*changed/);
    assert.match(keys[1]!, /notes\s*\[2\]$/);
    assert.match(keys[2]!, /draft\s*A very [^]*new$/);
    await page.getByLabel('Only changes').check();
    assert.equal((await rowsOf(page, '#stateTree')).length, 2);
  }));

test('of a run that has failed inside a subgraph the state of the whole graph is shown', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const before = writingRun().filter(({ type }) => type !== 'runFinished');
    const inner = { path: ['write'], superstep: 1, written: ['inner'], state: { inner: 1 } };
    const error = { name: 'Error', message: 'no' };
    await panel.draw(parallelNodes);
    const events: RunEvent[] = [
      ...before,
      { type: 'superstepFinished', time: 22, ...inner },
      { type: 'runFailed', time: 23, error, state: {}, cancelled: false },
    ];
    await panel.send(started, { type: 'runEvents', revision: 1, events });
    await page.getByRole('tab', { name: 'State' }).click();
    await page.locator('#stateTree .row').first().waitFor();
    assert.match(await chosenIn(page, '#supersteps'), /^2: write/);
  }));

test('keys alone lead to an element, which tells its writer, and to the source', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'State');
    await page.locator('#supersteps').focus();
    await page.locator('#supersteps').press('Home');
    assert.match(await chosenIn(page, '#supersteps'), /^0: input/);
    await page.keyboard.press('ArrowDown');
    await page.getByRole('tree').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    assert.match(await chosenIn(page, '#stateTree'), /^1\s+note 1/);
    const detail = page.getByRole('region', { name: 'The chosen part of the state' });
    assert.match(
      await detail.innerText(),
      /^notes › 1\s+Each write was added at the end:\s+right · superstep 1 Source\s+note 1$/,
    );
    await detail.getByRole('button', { name: 'Source of right' }).focus();
    await page.keyboard.press('Enter');
    await panel.waitFor('reveal', { nodeId: 'right' });
    await page.getByRole('tree').focus();
    await page.keyboard.press('ArrowLeft');
    assert.match(await chosenIn(page, '#stateTree'), /notes/);
    await page.keyboard.press('ArrowLeft');
    assert.equal((await rowsOf(page, '#stateTree')).length, 2);
  }));

test('a search opens what has the text, messages are shown as such, and long texts are folded', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'State');
    await page.getByLabel('Search the state').fill('scattering');
    assert.equal((await rowsOf(page, '#stateTree')).length, 3);
    await page.getByRole('treeitem', { name: /ai: Because/ }).click();
    assert.match(
      await page.locator('#stateDetail').innerText(),
      /added at the end:\s+write · superstep 2[^]*ai\s+Because of scattering\.$/,
    );
    await page.getByLabel('Search the state').fill('');
    await page.getByRole('treeitem', { name: /draft/ }).click();
    const more = page.getByRole('button', { name: /Show [\d,]+ more characters/ });
    await more.click();
    assert.match(await page.locator('#stateDetail pre').innerText(), /long draft$/);
    assert.equal(await more.count(), 0);
  }));

test('the output has what nodes wrote, in order, of all branches or of one', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'Output');
    const lines = async () =>
      (await rowsOf(page, '#outputLines')).map((text) => text.replaceAll(/\s+/g, ' ').slice(0, 60));
    assert.deepEqual((await lines()).slice(0, 5), [
      '2 ms left console.log: at 0',
      '3 ms right console.error: at 1',
      '10 ms left written to the state: notes: note 0',
      '11 ms right written to the state: notes: note 1',
      '14 ms write answer of gpt-4o: Because of scattering.',
    ]);
    await page.getByLabel('Branch').selectOption('right');
    assert.equal((await lines()).length, 2);
    await page.getByLabel('Search the output').fill('note');
    await page.getByRole('listbox', { name: 'Output' }).focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator('#outputDetail').innerText(), /^right\s+written to the state/);
    await page.keyboard.press('Enter');
    await panel.waitFor('reveal', { nodeId: 'right' });
  }));

test('what is chosen in one view is chosen in the others', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'Output');
    await page.locator('#outputLines .row', { hasText: 'note 1' }).click();
    await page.getByRole('tab', { name: 'State' }).click();
    assert.match(await chosenIn(page, '#supersteps'), /^1: left, right/);
    assert.match(await chosenIn(page, '#stateTree'), /notes/);
    await page.locator('#supersteps .row').last().click();
    await page.getByRole('tab', { name: 'Output' }).click();
    assert.match(await chosenIn(page, '#outputLines'), /write/);
  }));

test('100,000 lines are there, and those in view are in the page', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'Output');
    await page.evaluate(() => {
      const events = Array.from({ length: 100_000 }, (_, i) => ({
        ...{ type: 'console', time: 30 + i / 1000, level: 'log', text: `line ${i}` },
      }));
      (globalThis as any).postMessage({ type: 'runEvents', revision: 1, events }, '*');
    });
    await page.locator('#outputCount', { hasText: '100,006 lines' }).waitFor();
    await page.locator('#outputLines .row', { hasText: 'line 99999' }).waitFor();
    assert.ok((await page.locator('#outputLines .row').count()) < 100);
    await page.getByRole('listbox', { name: 'Output' }).press('Home');
    assert.match(await chosenIn(page, '#outputLines'), /at 0/);
  }));

test('values and names are shown as they are, whatever they contain', () =>
  withPanel(browser, {}, async (panel) => {
    const hostile = '<img src=x onerror=alert(1)>"\'</script>\u202e';
    const page = await showView(panel, 'State', hostile);
    await page.getByLabel('Search the state').fill('note');
    await page.locator('#stateTree .row').last().click();
    assert.match((await page.locator('#stateDetail').textContent())!, /<img src=x/);
    await page.getByRole('tab', { name: 'Output' }).click();
    await page.locator('#outputLines .row').last().click();
    assert.equal(await page.locator('main img, main script').count(), 0);
  }));

test('another run begins with empty views', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'State');
    await panel.send(started);
    await page.locator('#stateEmpty').waitFor();
    await page.getByRole('tab', { name: 'Output' }).click();
    await page.locator('#outputEmpty').waitFor();
  }));

test('a link from the source shows what a node did last, in the view that it names', () =>
  withPanel(browser, {}, async (panel) => {
    const page = await showView(panel, 'Output');
    await panel.send({ type: 'select', revision: 1, nodeId: 'left', view: 'state' });
    await page.getByRole('tab', { name: 'State', selected: true }).waitFor();
    assert.match(await chosenIn(page, '#supersteps'), /^1: left, right/);
    await panel.send({ type: 'select', revision: 1, nodeId: 'nobody', view: 'timeline' });
    await page.getByRole('tab', { name: 'Timeline', selected: true }).waitFor();
  }));

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel, type Panel } from './openPanel.ts';
import { started } from './panelParts.ts';
import { agentLoop, parallelNodes } from './sampleGraphs.ts';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { researchRun } from './sampleRuns.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const ended = { type: 'runEnded', revision: 1, status: 'done', durationMs: 4200 };
const eventsOf = (events: readonly unknown[]) => ({ type: 'runEvents', revision: 1, events });

/** Shows the timeline of a run. */
async function showRun(panel: Panel, events: readonly unknown[]): Promise<void> {
  await panel.draw(parallelNodes);
  await panel.send(started, eventsOf(events), ended);
  await panel.page.getByRole('tab', { name: 'Timeline' }).click();
  await panel.page.locator('#timelineCanvas').waitFor();
}

const factsOf = (page: Page) => page.locator('#timelineFacts').textContent();
const stageOf = (page: Page) => page.locator('#timelineStage');

/** What is said of the line that is chosen. */
async function chosen(page: Page): Promise<string> {
  return (await stageOf(page).getAttribute('aria-description')) ?? '';
}

/** Waits until what was asked for is painted. */
async function frame(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const { requestAnimationFrame } = globalThis as any;
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(0)));
      }),
  );
}

/** How many different colours the canvas has in a part of it. */
async function coloursIn(page: Page, part: { y: number; height: number }): Promise<number> {
  return page.locator('#timelineCanvas').evaluate((canvas: any, { y, height }) => {
    const { data } = canvas.getContext('2d').getImageData(0, y, canvas.width, height);
    const found = new Set<string>();
    for (let i = 0; i < data.length; i += 4) {
      found.add(`${data[i]},${data[i + 1]},${data[i + 2]},${data[i + 3]}`);
    }
    return found.size;
  }, part);
}

/** Sends the events of one superstep with very many tasks; in the page, since so many take long to hand over. */
function tellManyTasks(count: number): void {
  const events: unknown[] = [
    { type: 'runStarted', time: 0, graph: 'many', startedAt: 0 },
    { type: 'superstepStarted', time: 0, path: [], superstep: 1, tasks: count },
  ];
  for (let i = 0; i < count; i++) {
    const task = { id: i + 1, node: 'work', nodeId: 'work', path: [`work[${i}]`], superstep: 1 };
    events.push({ type: 'taskStarted', time: i, task, attempt: 1 });
    events.push({ type: 'taskFinished', time: i + 0.5, task, durationMs: 0.5 });
  }
  events.push({ type: 'runFinished', time: count });
  (globalThis as any).postMessage({ type: 'runEvents', revision: 1, events }, '*');
}

test('the views of a run are tabs, chosen by click and by the arrow keys, and kept over a reload', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const [diagram, timeline] = ['Diagram', 'Timeline'].map((name) =>
      page.getByRole('tab', { name }),
    );
    assert.equal(await diagram!.getAttribute('aria-selected'), 'true');
    await diagram!.focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await timeline!.getAttribute('aria-selected'), 'true');
    assert.equal(
      await timeline!.evaluate((tab: any) => tab.ownerDocument.activeElement === tab),
      true,
    );
    assert.equal(await page.locator('#content').isVisible(), false);
    assert.match((await page.getByRole('tabpanel').textContent())!, /Run the graph to see/);
    assert.equal(((await panel.state()) as { tab: string }).tab, 'timeline');
    await page.keyboard.press('Home');
    assert.equal(await page.locator('#content').isVisible(), true);
    assert.deepEqual(panel.faults, []);
  }));

test('a panel that comes back shows the view that was chosen', () =>
  withPanel(browser, { state: { tab: 'timeline' } }, async ({ page }) => {
    assert.equal(await page.getByRole('tab', { name: 'Timeline' }).getAttribute('tabindex'), '0');
    assert.equal(await page.locator('#timeline').isVisible(), true);
  }));

test('a run is told in a sentence: time, work, speed-up, and who held others back', () =>
  withPanel(browser, {}, async (panel) => {
    await showRun(panel, researchRun());
    assert.equal(
      await factsOf(panel.page),
      '4.20 s for 7.35 s of work · 1.8× as fast as one after another · at most 4 at once · ' +
        'search[1] held 5 tasks back for 1.25 s',
    );
    const options = await panel.page.locator('#whatIf option').allTextContents();
    assert.deepEqual([options[0], options.length], ['1: 7.35 s', 12]);
  }));

test('lines are chosen by the arrow keys, opened by space, and Enter goes to the source', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await showRun(panel, researchRun());
    await stageOf(page).focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await chosen(page), /^plan, done, 800 ms.*1 call of gpt-4o, 290 tokens$/);
    await page.keyboard.press('ArrowDown');
    assert.equal(await chosen(page), 'search ×4, closed, space toggles');
    await page.keyboard.press(' ');
    for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowDown');
    assert.match(await chosen(page), /^search\[1\], .*, held 5 tasks back for 1\.25 s$/);
    await page.keyboard.press('ArrowDown');
    assert.match(
      await chosen(page),
      /^search\[2\], done, 500 ms, from 1\.20 s on, waited 400 ms for a place, then 1\.70 s for the others/,
    );
    await page.keyboard.press('Enter');
    await panel.waitFor('reveal', { nodeId: 'search' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.match(await chosen(page), /^fetch, done, 1\.10 s, .*2 tries/);
  }));

test('of a task it is told what it got and what it wrote, on one line each', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const input = { topic: 'cats', tags: ['a', 'b'] };
    const events = researchRun().flatMap((event): RunEvent[] => {
      if (!('task' in event) || event.task?.path[0] !== 'search[0]') return [event];
      const { task } = event;
      if (event.type === 'taskStarted') return [{ ...event, input }];
      const update = { found: ['a cat'], text: `<b>${'long '.repeat(100)}` };
      return [{ type: 'taskWrote', time: event.time, task, update }, event];
    });
    await showRun(panel, events);
    await stageOf(page).focus();
    for (const key of ['ArrowDown', 'ArrowDown', ' ', 'ArrowDown']) await page.keyboard.press(key);
    assert.match(
      await chosen(page),
      /^search\[0\], done, 400 ms, from 800 ms on, got topic: cats · tags: \[2\], wrote found: a cat · text: <b>long [^,]{100,220}…, then/,
    );
  }));

test('a click chooses a task, a double click goes to its source, and a tooltip tells of it', () =>
  withPanel(browser, { size: { width: 900, height: 500 } }, async (panel) => {
    const { page } = panel;
    await showRun(panel, researchRun());
    const box = (await page.locator('#timelineCanvas').boundingBox())!;
    const at = { x: box.x + box.width - 40, y: box.y + 22 + 24 * 6 + 12 };
    await page.mouse.move(at.x, at.y);
    await page.locator('#timelineTip').waitFor();
    assert.match(
      await page.locator('#timelineTip').innerText(),
      /^write\n.*\n?failed[^]*the printer is on fire/,
    );
    await page.mouse.dblclick(at.x, at.y);
    await panel.waitFor('reveal', { nodeId: 'write' });
    await page.mouse.move(1, 1);
    await page.locator('#timelineTip').waitFor({ state: 'hidden' });
  }));

test('work, waiting, tries and calls of models are told apart, in every theme', () =>
  withPanel(browser, { size: { width: 900, height: 500 } }, async (panel) => {
    await showRun(panel, researchRun());
    for (const theme of ['dark', 'light', 'highContrast', 'highContrastLight'] as const) {
      await panel.setTheme(theme);
      await frame(panel.page);
      // The line of "plan" has a task, a call with its first token, and the critical path.
      assert.ok((await coloursIn(panel.page, { y: 22, height: 24 })) >= 5, theme);
    }
  }));

test('the table has the same facts, and its names go to the source', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await showRun(panel, researchRun());
    await page.getByRole('button', { name: 'Table of tasks' }).click();
    const rows = await page.getByRole('row').allInnerTexts();
    assert.equal(rows.length, 11);
    const held = rows.filter((row) => row.includes(' back for '));
    assert.deepEqual(
      held.map((row) => row.split(/\s/, 1)[0]),
      ['search[1]'],
      'the last of each superstep, with what it has cost',
    );
    assert.match(held[0]!, /\t5 tasks back for 1\.25 s\tdone$/);
    assert.match(rows.at(-1)!, /^write\s+3\s+3\.40 s\s+800 ms\s+failed: the printer is on fire$/);
    await page.getByRole('button', { name: 'read › parse' }).click();
    await panel.waitFor('reveal', { nodeId: 'read:parse' });
  }));

test('a button hands over the run as Trace Event JSON', () =>
  withPanel(browser, {}, async (panel) => {
    await showRun(panel, researchRun());
    await panel.page.getByRole('button', { name: 'Save as Trace Event JSON' }).click();
    const { text } = await panel.waitFor('saveTrace');
    const { traceEvents } = JSON.parse(text) as { traceEvents: { ph: string; name: string }[] };
    assert.ok(traceEvents.some(({ ph, name }) => ph === 'X' && name === 'write'));
  }));

test('names and errors are shown as they are, whatever they contain', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const hostile = '<img src=x onerror=alert(1)>"\'</script>\u202e';
    await showRun(panel, researchRun(hostile));
    await stageOf(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Table of tasks' }).click();
    assert.equal(await page.locator('#timeline img, #timeline script').count(), 0);
    assert.match((await page.locator('#tasks').textContent())!, /plan<img src=x onerror/);
    assert.deepEqual([panel.faults, panel.requests], [[], []]);
  }));

test('100,000 tasks of one node are one line, and open to lines of which those in view are drawn', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(started);
    await page.evaluate(tellManyTasks, 100_000);
    await panel.send(ended);
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.locator('#timelineCanvas').waitFor();
    await stageOf(page).focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await chosen(page), 'work ×100,000, closed, space toggles');
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowDown');
    assert.match(await chosen(page), /^work\[0\], done/);
    const { scrollHeight, width } = await stageOf(page).evaluate((stage: any) => ({
      scrollHeight: stage.scrollHeight as number,
      width: stage.querySelector('canvas').width as number,
    }));
    assert.ok(scrollHeight > 400_000 && width < 4000);
    assert.deepEqual(panel.faults, []);
  }));

test('another run begins with an empty timeline, and an event of no kind is not believed', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await showRun(panel, researchRun());
    await panel.send(started, eventsOf([{ type: 5 }]));
    await page.locator('#timelineEmpty').waitFor();
    assert.equal(await factsOf(page), '');
  }));

test('edges that a run has taken are strong and tell how often; when it is over the others are dim', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const ends = ['__start__', '__end__'].map((id) => ({ id, name: id, mermaidId: id }));
    await panel.draw({ ...agentLoop, nodes: [...agentLoop.nodes, ...ends] });
    const task = (id: number, node: string, superstep: number) => {
      return { id, node, nodeId: node, path: [node], superstep };
    };
    const runs = ['plan', 'search', 'read_page', 'judge', 'search', 'read_page'];
    const chosen: Record<string, object> = { search: { read_page: 3 }, judge: { search: 0 } };
    const events = runs.flatMap((node, i) => [
      { type: 'superstepStarted', time: i, path: [], superstep: i + 1, tasks: 1 },
      { type: 'taskStarted', time: i, task: task(i, node, i + 1), attempt: 1 },
      {
        type: 'taskFinished',
        time: i + 1,
        task: task(i, node, i + 1),
        durationMs: 1,
        chosen: chosen[node],
      },
      {
        type: 'superstepFinished',
        time: i + 1,
        path: [],
        superstep: i + 1,
        written: [],
        state: {},
      },
    ]);
    const begin = { type: 'runStarted', time: 0, graph: 'research-agent', startedAt: 0 };
    const taken = async (as: string) => {
      await frame(page);
      return page.locator(`path[data-taken="${as}"]`).count();
    };
    await panel.send(started, eventsOf([begin, ...events]));
    assert.deepEqual([await taken('yes'), await taken('no')], [5, 0]);
    assert.deepEqual(await page.locator('.edgeCount').allTextContents(), ['×2', '×6']);
    await panel.send(eventsOf([{ type: 'runFinished', time: 9 }]));
    assert.equal(await taken('no'), 2);
    await panel.send(started);
    assert.deepEqual([await taken('yes'), await taken('no')], [0, 0]);
    assert.equal(await page.locator('.edgeCount').count(), 0);
  }));

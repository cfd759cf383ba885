import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { retry } from '../host/retry.ts';
import { withPanel } from './openPanel.ts';
import {
  agentLoop,
  done,
  failed,
  graphMessage,
  manyNodes,
  modelUse,
  parallelNodes,
  progress,
  running,
  twoSubgraphs,
} from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function boxOf(page: Page, selector: string): Promise<Box> {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box, `${selector} is on the screen`);
  return box;
}

const drawing = (page: Page) => boxOf(page, '#diagram svg');

async function assertFitted(page: Page): Promise<void> {
  const [inner, outer, tools] = [
    await drawing(page),
    await boxOf(page, '#stage'),
    await boxOf(page, '#tools'),
  ];
  const left = inner.x - outer.x;
  const right = outer.x + outer.width - inner.x - inner.width;
  assert.ok(left >= 0 && Math.abs(left - right) < 2, 'the drawing is in the middle');
  assert.ok(inner.y >= outer.y && inner.y + inner.height <= tools.y, 'all of it is to be seen');
}

test('a drawing is fitted at first, and again when the panel changes its size', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(manyNodes(60));
    await assertFitted(page);
    const before = await drawing(page);
    await page.setViewportSize({ width: 400, height: 500 });
    await page.waitForFunction(
      (width) =>
        (globalThis as any).document.querySelector('#diagram svg').getBoundingClientRect().width <
        width,
      before.width,
    );
    await assertFitted(page);
  }));

test('dragging moves it, and is no click', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const [before, node] = [await drawing(page), await boxOf(page, 'g.node:not(.terminal)')];
    await page.mouse.move(node.x + 20, node.y + 20);
    await page.mouse.down();
    await page.mouse.move(node.x + 80, node.y + 50, { steps: 4 });
    await page.mouse.up();
    const moved = await drawing(page);
    assert.ok(Math.abs(moved.x - before.x - 60) < 1.5 && Math.abs(moved.y - before.y - 30) < 1.5);
    assert.equal(
      (await panel.posted()).some(({ type }) => type === 'reveal'),
      false,
    );
  }));

test('the wheel zooms around the pointer', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const node = await boxOf(page, 'g.node:not(.terminal)');
    await page.mouse.move(node.x, node.y);
    await page.mouse.wheel(0, -300);
    await page.waitForFunction(
      (width) =>
        (globalThis as any).document.querySelector('g.node:not(.terminal)').getBoundingClientRect()
          .width >
        width * 1.3,
      node.width,
    );
    const grown = await boxOf(page, 'g.node:not(.terminal)');
    assert.ok(Math.hypot(grown.x - node.x, grown.y - node.y) < 2, 'the point under it stays');
  }));

test('two fingers zoom', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const before = await drawing(page);
    await page.locator('#stage').evaluate((stage: any) => {
      const touch = (type: string, pointerId: number, clientX: number) =>
        stage.dispatchEvent(
          new (globalThis as any).PointerEvent(type, {
            pointerId,
            clientX,
            clientY: 300,
            pointerType: 'touch',
            bubbles: true,
          }),
        );
      stage.setPointerCapture = () => undefined;
      touch('pointerdown', 1, 300);
      touch('pointerdown', 2, 400);
      touch('pointermove', 2, 450);
      touch('pointermove', 2, 500);
      touch('pointerup', 1, 300);
      touch('pointerup', 2, 500);
    });
    assert.ok(Math.abs((await drawing(page)).width / before.width - 2) < 0.1);
  }));

test('a drawing that is far too large is shown from its start, and as a whole when that is asked', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const ids = Array.from({ length: 60 }, (_, index) => `leaf_${index}`);
    const lines = ids.map((id) => `\t${id}(${id})\n\t__start__ --> ${id};`).join('\n');
    const wide = `\t__start__([<p>__start__</p>]):::first\n${lines}`;
    await panel.draw(graphMessage('wide', ids, wide));
    const assertStart = async () => {
      const [start, stage] = [await boxOf(page, 'g.terminal'), await boxOf(page, '#stage')];
      const middle = start.x + start.width / 2 - stage.x;
      assert.ok(Math.abs(middle - stage.width / 2) < 2, 'START is in the middle');
      assert.ok(start.y - stage.y < 30 && start.y > stage.y, 'START is at the top');
      assert.ok(start.height > 15, 'it is large enough to be read');
    };
    await assertStart();
    await page.setViewportSize({ width: 400, height: 500 });
    await retry(assertStart);
    await page.locator('#fit').click();
    await assertFitted(page);
    const fitted = await drawing(page);
    await page.locator('#zoomOut').click();
    assert.equal((await drawing(page)).width, fitted.width, 'no smaller than that');
  }));

test('in a very narrow panel the name of the graph is read, and the state of its run', () =>
  withPanel(browser, { size: { width: 280, height: 500 } }, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(
      { type: 'runStarted', revision: 1 },
      { type: 'runEnded', revision: 1, status: 'cancelled', durationMs: 3760 },
    );
    for (const part of ['#title', '#runState']) {
      const isCut = await page
        .locator(part)
        .evaluate((element: any) => element.scrollWidth > element.clientWidth);
      assert.equal(isCut, false, part);
    }
    const [bar, button] = [await boxOf(page, '#bar'), await boxOf(page, '#runButton')];
    assert.ok(button.x + button.width <= bar.x + bar.width, 'the button is in the panel');
  }));

test('the name of a graph and the state of its run are never cut off, however narrow the panel', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw({ ...parallelNodes, title: 'a-name-that-tells-what-this-graph-is-for' });
    await panel.send(
      { type: 'runStarted', revision: 1 },
      progress({ ...done('node_a', 5), modelUse: modelUse({ sources: ['offline'] }) }),
      { type: 'runEnded', revision: 1, status: 'cancelled', durationMs: 3760 },
    );
    for (const width of [320, 500, 600, 700, 900, 1200]) {
      await page.setViewportSize({ width, height: 400 });
      for (const part of ['#title', '#runState', '#totals', '#views', '#runButton']) {
        const isCut = await page.locator(part).evaluate((element: any) => {
          const { left, right } = element.getBoundingClientRect();
          const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
          const isInside = left >= 0 && right <= element.ownerDocument.body.clientWidth;
          return !isInside || scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
        });
        assert.equal(isCut, false, `${part} at ${width} px`);
      }
    }
  }));

test('buttons zoom, reset and fit', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(manyNodes(60));
    const label = page.locator('#zoomReset');
    const fitted = await label.innerText();
    await label.click();
    assert.equal(await label.innerText(), '100%');
    await page.locator('#zoomIn').click();
    assert.equal(await label.innerText(), '125%');
    await page.locator('#zoomOut').click();
    await page.locator('#zoomOut').click();
    assert.equal(await label.innerText(), '80%');
    await page.locator('#fit').click();
    assert.equal(await label.innerText(), fitted);
    await assertFitted(page);
  }));

test('the keyboard pans, zooms and fits', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const before = await drawing(page);
    await page.locator('#stage').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    const moved = await drawing(page);
    assert.deepEqual([Math.round(moved.x - before.x), Math.round(moved.y - before.y)], [-40, 40]);
    await page.keyboard.press('1');
    assert.equal(await page.locator('#zoomReset').innerText(), '100%');
    await page.keyboard.press('+');
    assert.equal(await page.locator('#zoomReset').innerText(), '125%');
    await page.keyboard.press('0');
    await assertFitted(page);
  }));

test('the direction changes and is kept, with the states of the nodes', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(agentLoop);
    await panel.send({ type: 'runStarted', revision: 1 }, progress(done('plan', 5)));
    const tall = await drawing(page);
    assert.ok(tall.height > tall.width);
    await page.locator('#direction').click();
    await page.waitForFunction(
      () => (globalThis as any).posted.filter((m: any) => m.type === 'drawn').length === 2,
    );
    const wide = await drawing(page);
    assert.ok(wide.width > wide.height);
    assert.equal(await page.locator('g.node[data-status=done]').count(), 1);
    assert.equal(
      await page.locator('#direction').getAttribute('aria-label'),
      'Draw from top to bottom',
    );
    assert.equal(((await panel.state()) as any).direction, 'LR');
  }));

test('a reload brings back view, direction, list and what the extension keeps there', async () => {
  let state: any;
  await withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.send({ type: 'restore', revision: 0, restore: 'file and graph' });
    await panel.draw(parallelNodes);
    await page.locator('#list').click();
    await page.locator('#direction').click();
    await page.waitForFunction(
      () => (globalThis as any).posted.filter((m: any) => m.type === 'drawn').length === 2,
    );
    await page.locator('#stage').focus();
    await page.keyboard.press('1');
    await page.keyboard.press('ArrowLeft');
    state = await panel.state();
  });
  assert.equal(state.restore, 'file and graph');
  await withPanel(browser, { state }, async (panel) => {
    await panel.draw(parallelNodes);
    assert.deepEqual(await panel.state(), state);
    assert.equal(await panel.page.locator('#zoomReset').innerText(), '100%');
    assert.equal(await panel.page.locator('#list').getAttribute('aria-pressed'), 'true');
    await panel.draw({ ...agentLoop, revision: 2 });
    await assertFitted(panel.page);
  });
});

test('a broken saved state is as good as none', async () => {
  for (const state of [null, 'x', { view: { x: 'a' }, direction: 7, listOpen: 'yes' }]) {
    await withPanel(browser, { state }, async (panel) => {
      await panel.draw(parallelNodes);
      await assertFitted(panel.page);
    });
  }
});

test('a moved drawing stays where it is when the file is saved', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(parallelNodes);
    await panel.page.locator('#stage').focus();
    await panel.page.keyboard.press('ArrowLeft');
    const before = await drawing(panel.page);
    await panel.draw({ ...parallelNodes, revision: 2 });
    assert.deepEqual(await drawing(panel.page), before);
  }));

test('a click on a node or on the box of a subgraph reveals it, one on START does not', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(twoSubgraphs);
    await page.locator('g.node', { hasText: 'generate_roles' }).click();
    await panel.waitFor('reveal', { nodeId: 'react_graph:generate_roles' });
    await page.locator('g.cluster .cluster-label', { hasText: 'doge_graph' }).click();
    await panel.waitFor('reveal', { nodeId: 'doge_graph' });
    await page.locator('g.terminal').first().click();
    assert.equal((await panel.posted()).filter(({ type }) => type === 'reveal').length, 2);
  }));

test('the tab key goes through views, run, drawing, list and tools; the list opens for the focus', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const stops: string[] = [];
    for (let at = 0; at < 11; at++) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(() => {
          const { activeElement } = (globalThis as any).document;
          return (activeElement.id || activeElement.dataset.id) as string;
        }),
      );
    }
    assert.deepEqual(stops, [
      'diagramTab',
      'runButton',
      'stage',
      'node_a',
      'zoomOut',
      'zoomReset',
      'zoomIn',
      'fit',
      'findOpen',
      'direction',
      'list',
    ]);
    const width = async () => (await page.locator('#listPane').boundingBox())?.width ?? 0;
    assert.ok((await width()) <= 1);
    await page.locator('#stage').focus();
    await page.keyboard.press('Tab');
    assert.ok((await width()) > 100);
  }));

test('in the list arrows walk, Enter reveals, and the drawing rings the node in focus', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(twoSubgraphs);
    const focused = () =>
      page.evaluate(() => (globalThis as any).document.activeElement.dataset.id);
    await page.locator('#stage').focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'doge_graph');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'doge_graph:generate_response');
    assert.equal(await page.locator('g.node.focused').count(), 1);
    await page.keyboard.press('Enter');
    await panel.waitFor('reveal', { nodeId: 'doge_graph:generate_response' });
    await page.keyboard.press('End');
    assert.equal(await focused(), 'best_response');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'best_response');
    await page.keyboard.press('Home');
    assert.equal(await focused(), 'doge_graph');
    await panel.draw({ ...twoSubgraphs, revision: 2 });
    assert.equal(await focused(), 'doge_graph');
    await page.keyboard.press('Tab');
    assert.equal(await page.locator('.focused').count(), 0);
  }));

test('a screen reader reads nodes and states in the list, whether it is open or not', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(
      { type: 'runStarted', revision: 1 },
      progress(done('node_a', 2010), failed('node_b', 3, 'boom')),
    );
    await page.locator('#nodes [data-status=done]').waitFor({ state: 'attached' });
    const list = page.getByRole('list');
    assert.equal(await list.getByRole('listitem').count(), 2);
    await list
      .getByRole('button', { name: 'node_a : done, 2.01 s' })
      .waitFor({ state: 'attached' });
    await list
      .getByRole('button', { name: 'node_b : failed, 3 ms: boom' })
      .waitFor({ state: 'attached' });
    assert.equal(
      await page.locator('#diagram svg').getAttribute('aria-label'),
      'Diagram of my-graph',
    );
  }));

test('changes are announced politely and in summary', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const says = (text: string) =>
      page
        .locator('#announcer[aria-live=polite]', { hasText: text })
        .waitFor({ state: 'attached' });
    await panel.draw(manyNodes(20));
    await panel.send({ type: 'runStarted', revision: 1 });
    await says('Run started');
    await panel.send(progress(done('node_0', 2010), running('node_1')));
    await says('node_0: done, 2.01 s. node_1: running');
    const all = Array.from({ length: 18 }, (_, index) => done(`node_${index + 1}`, 5));
    await panel.send(progress(...all, failed('node_19', 1, 'boom')));
    await says('19 done, 1 failed');
    await panel.send({ type: 'runEnded', revision: 1, status: 'failed', durationMs: 2345 });
    await says('Failed after 2.35 s');
    await panel.send({ type: 'runStarted', revision: 1 });
    await panel.send(
      progress({ ...done('node_0', 5), modelUse: modelUse({ sources: ['offline'] }) }),
    );
    await panel.send({ type: 'runEnded', revision: 1, status: 'done', durationMs: 10 });
    await says('Done in 10 ms, 4 model calls, 1.2k→45 tokens, offline');
  }));

test('nodes show their breakpoints, and the menu of a node knows which one it is', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(twoSubgraphs);
    const [node] = twoSubgraphs.nodes.filter(({ id }) => id.includes(':'));
    const { id } = node!;
    const breakpoints = [
      { node: id, when: 'before', condition: "role === 'Pirate'" },
      { node: id, when: 'after' },
    ];
    await panel.send({ type: 'breakpoints', revision: twoSubgraphs.revision, breakpoints });
    await page.locator('#diagram .breakpoint').nth(1).waitFor();
    assert.deepEqual(await page.locator('#diagram .breakpoint title').allTextContents(), [
      "Pauses if role === 'Pirate'",
      'Pauses after',
    ]);
    const row = page.locator(`#nodes [data-id="${id}"]`);
    const described = await row.getAttribute('aria-description');
    assert.equal(described, "Pauses if role === 'Pirate', after");
    const contextOf = (selector: string) =>
      page.locator(selector).getAttribute('data-vscode-context');
    await page.locator('#diagram .breakpoint').first().click({ button: 'right' });
    assert.deepEqual(JSON.parse((await contextOf('#diagram'))!), {
      webviewSection: 'node',
      nodeId: id,
      preventDefaultContextMenuItems: true,
    });
    await page.locator('#diagram svg').click({ button: 'right', position: { x: 1, y: 1 } });
    assert.equal(await contextOf('#diagram'), null);
    await row.dispatchEvent('contextmenu');
    assert.match((await contextOf('#nodes'))!, /"webviewSection":"node"/);
    await panel.send({ type: 'breakpoints', revision: twoSubgraphs.revision, breakpoints: [] });
    await page.locator('#diagram .breakpoint').first().waitFor({ state: 'detached' });
    assert.equal(await row.getAttribute('aria-description'), null);
  }));

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { drawn, row, started } from './panelParts.ts';
import {
  called,
  cancelled,
  done,
  failed,
  manyNodes,
  modelUse,
  parallelNodes,
  progress,
  question,
  roomyNodes,
  running,
  twoSubgraphs,
  waits,
  workflow,
} from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Waits for the next frame, in which progress is shown. */
async function frame(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => (globalThis as any).requestAnimationFrame(() => resolve(0))),
  );
}

test('each status has a sign of its own, a colour and words', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(manyNodes(4));
    await panel.send(
      started,
      progress(
        running('node_0'),
        done('node_1', 2010),
        failed('node_2', 5, 'boom'),
        cancelled('node_3', 40),
      ),
    );
    await frame(page);
    const looks = await page.locator('g.node').evaluateAll((nodes) =>
      nodes.map((node: any) => ({
        status: node.dataset.status as string,
        sign: node.querySelector('.chip .sign').getAttribute('d') as string,
        text: node.querySelector('.chip text').textContent as string,
        stroke: (globalThis as any).getComputedStyle(node.querySelector('rect')).stroke as string,
        title: node.querySelector('title').textContent as string,
      })),
    );
    assert.deepEqual(
      looks.map(({ status, text, title }) => [status, text, title]),
      [
        ['running', 'running', 'node_0: running'],
        ['done', '2.01 s', 'node_1: done, 2.01 s'],
        ['failed', '5 ms', 'node_2: failed, 5 ms: boom'],
        ['cancelled', '40 ms', 'node_3: cancelled, 40 ms'],
      ],
    );
    assert.equal(new Set(looks.map(({ sign }) => sign)).size, 4);
    assert.equal(new Set(looks.map(({ stroke }) => stroke)).size, 4);
    assert.equal(await row(page, 'node_2').textContent(), 'node_2: failed, 5 ms: boom');
  }));

test('nothing is drawn anew when states change', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await page.evaluate(() => {
      const scope = globalThis as any;
      scope.firstNode = scope.document.querySelector('g.node');
    });
    await panel.send(started, progress(running('node_a')), progress(done('node_a', 12)));
    await frame(page);
    assert.equal(await drawn(page, 'node_a').getAttribute('data-status'), 'done');
    assert.ok(await page.evaluate(() => (globalThis as any).firstNode.isConnected as boolean));
    assert.equal((await panel.posted()).filter(({ type }) => type === 'drawn').length, 1);
  }));

test('a node with several tasks shows how many are done and stands as a stack', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(roomyNodes);
    await panel.send(started, progress(running('compare_answers', { running: 7, done: 3 })));
    await frame(page);
    assert.equal(
      await drawn(page, 'compare_answers').locator('.chip text').textContent(),
      '3/10 · 7 running',
    );
    assert.equal(await drawn(page, 'compare_answers').locator('.stack').count(), 1);
    await panel.send(progress(done('compare_answers', 20_100, 10)));
    await frame(page);
    assert.equal(
      await drawn(page, 'compare_answers').locator('.chip text').textContent(),
      '10/10 · 20.1 s',
    );
    assert.equal(await drawn(page, 'compare_answers').locator('.stack').count(), 1);
  }));

test('a bar in a mapped node shows how many of its tasks are done, failed, cancelled, paused and running', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(
      started,
      progress(
        running('node_a', { running: 2, done: 3, failed: 1, cancelled: 1, waiting: 2, paused: 1 }),
      ),
    );
    await frame(page);
    const node = drawn(page, 'node_a');
    const shares = await node.locator('.shares rect').evaluateAll((rects) =>
      rects.map((rect: any) => ({
        name: rect.getAttribute('class') as string,
        width: Number(rect.getAttribute('width')),
      })),
    );
    const whole = shares[0]!.width;
    const tenths = shares.map(({ name, width }) => [name, Math.round((width + 1) / (whole / 10))]);
    assert.deepEqual(tenths.slice(1), [
      ['done', 3],
      ['failed', 1],
      ['cancelled', 1],
      ['paused', 1],
      ['running', 2],
    ]);
    assert.equal(
      await row(page, 'node_a').locator('.state').textContent(),
      '3 of 10 done, 2 running, 2 waiting, 1 paused, 1 failed, 1 cancelled',
    );
    await panel.send(started);
    assert.equal(await node.locator('.shares').count(), 0);
  }));

test('what models did stands on the node, in the list, and for the run below its state', () =>
  withPanel(browser, { size: { width: 900, height: 640 } }, async (panel) => {
    const { page } = panel;
    await panel.draw(roomyNodes);
    await panel.send(started);
    assert.equal(await page.locator('#totals').isVisible(), false);
    await panel.send(
      progress(
        { ...done('compare_answers', 20), modelUse: modelUse({ sources: ['offline'] }) },
        {
          ...done('collect_sources', 20),
          modelUse: modelUse({ calls: 1, models: ['qwen3-max'] }),
        },
      ),
    );
    await frame(page);
    assert.match(
      (await drawn(page, 'compare_answers').locator('.note').textContent())!,
      /offline$/,
    );
    assert.equal(
      await drawn(page, 'collect_sources').locator('.note').textContent(),
      'qwen3-max · 1.2k→45',
    );
    assert.equal(
      await row(page, 'compare_answers').locator('.models').textContent(),
      'gpt-4o, 4 calls, 1,234→45 tokens, offline',
    );
    assert.equal(
      await drawn(page, 'compare_answers').locator('title').textContent(),
      'compare_answers: done, 20 ms\ngpt-4o, 4 calls, 1,234→45 tokens, offline',
    );
    assert.deepEqual(await page.locator('#totals span').allTextContents(), [
      '5 model calls',
      '2.5k→90 tokens',
      'offline',
    ]);
    await panel.send(started);
    assert.equal(await page.locator('#totals').isVisible(), false);
    assert.equal(await row(page, 'compare_answers').locator('.models').textContent(), '');
  }));

test('the end of an answer that comes in is to be read on the node and in the list', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const answer = `${'word '.repeat(30)}never\nreplied <b>to</b> me`;
    const coming = running('node_a', { modelUse: modelUse(), answer });
    await panel.send(started, progress(coming));
    await frame(page);
    const note = drawn(page, 'node_a').locator('.note.answer');
    assert.match((await note.textContent())!, /^… .*<b>to<\/b> me$/);
    const card = () => drawn(page, 'node_a').locator('rect.basic').getAttribute('width');
    const before = await card();
    await panel.send(progress({ ...coming, answer: 'i' }));
    await frame(page);
    assert.equal(await card(), before, 'the card keeps its size');
    assert.equal(await row(page, 'node_a').locator('.answer').textContent(), '… i');
    await panel.send(progress({ ...done('node_a', 5), modelUse: modelUse() }));
    await frame(page);
    assert.equal(await drawn(page, 'node_a').locator('.note').textContent(), 'gpt-4o · 1.2k→45');
    assert.equal(await row(page, 'node_a').locator('.answer').textContent(), '');
  }));

test('chips of neighbours do not touch', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(parallelNodes);
    const use = modelUse({ models: ['a/model-with-a-very-long-name-2026-01-01'], retries: 3 });
    const many = { running: 40, done: 300, failed: 20, modelUse: use };
    await panel.send(started, progress(running('node_a', many), running('node_b', many)));
    await frame(panel.page);
    const boxes = await panel.page
      .locator('.chip')
      .evaluateAll((chips) =>
        chips.map((chip: any) => chip.getBoundingClientRect().toJSON() as DOMRectLike),
      );
    const [left, right] = boxes.sort((a, b) => a.x - b.x);
    assert.ok(left!.x + left!.width <= right!.x);
  }));

interface DOMRectLike {
  readonly x: number;
  readonly width: number;
}

test('tasks that code calls appear below their caller, with one drawing for each new name', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(workflow);
    const drawings = async () =>
      (await panel.posted()).filter(({ type }) => type === 'drawn').length;
    await panel.send(started, progress(running('workflow'), called('paragraph', { running: 3 })));
    await drawn(page, 'paragraph').waitFor();
    assert.equal(await drawn(page, 'paragraph').getAttribute('data-status'), 'running');
    assert.equal(await drawn(page, 'workflow').getAttribute('data-status'), 'running');
    assert.equal(await page.locator('path.edge-pattern-dotted').count(), 1);
    assert.equal(await drawings(), 2);
    await panel.send(progress(called('paragraph', { running: 2, done: 1 })));
    await panel.send(progress(called('paragraph', { running: 0, done: 3 })));
    await frame(page);
    assert.equal(await drawings(), 2, 'a task of a known name needs no drawing');
    await panel.send(progress(called('title')));
    await drawn(page, 'title').waitFor();
    assert.equal(await drawings(), 3);
    assert.deepEqual(await page.locator('#nodes .name').allTextContents(), [
      'workflow',
      'paragraph',
      'title',
    ]);
    await drawn(page, 'paragraph').click();
    await panel.waitFor('reveal', { nodeId: 'workflow:paragraph' });
    await panel.send(started, progress(called('paragraph')));
    await frame(page);
    assert.equal(await drawings(), 3, 'the next run finds them there');
    assert.match(await row(page, 'workflow:title').innerText(), /not run/);
    await panel.draw({ ...workflow, revision: 2 });
    assert.equal(await drawn(page, 'paragraph').count(), 0);
  }));

test('nodes inside subgraphs light up, and the box shows the subgraph node', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(twoSubgraphs);
    await panel.send(
      started,
      progress(
        running('doge_graph'),
        done('doge_graph:generate_response', 5),
        done('react_graph', 60),
        running('elsewhere:unknown'),
      ),
    );
    await frame(page);
    const boxes = await page
      .locator('g.cluster')
      .evaluateAll((all) => all.map((one: any) => one.dataset.status as string).sort());
    assert.deepEqual(boxes, ['done', 'running']);
    assert.equal(await drawn(page, 'generate_response').getAttribute('data-status'), 'done');
    assert.deepEqual(await page.locator('#nodes .name').allTextContents(), [
      'doge_graph',
      'generate_response',
      'pick_best',
      'react_graph',
      'generate_roles',
      'divergent_thinking',
      'best_response',
    ]);
  }));

test('the bar runs and stops, counts the time, and tells the end', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    const button = page.locator('#runButton');
    await button.click();
    await panel.waitFor('run');
    await panel.send({ ...started, elapsedMs: 61_000 });
    assert.equal(await page.locator('#runState').innerText(), '1 min 01 s');
    assert.equal(await button.innerText(), 'Stop');
    await button.click();
    await panel.waitFor('stop');
    await panel.send({ type: 'runEnded', revision: 1, status: 'cancelled', durationMs: 1234 });
    assert.equal(await page.locator('#runState').innerText(), 'Cancelled after 1.23 s');
    assert.equal(await button.innerText(), 'Run');
    await panel.send(started, {
      type: 'runEnded',
      revision: 1,
      status: 'failed',
      durationMs: 10,
      message: 'node_a: boom',
    });
    assert.equal(await page.locator('#problem').innerText(), 'node_a: boom');
    await panel.send(started);
    assert.equal(await page.locator('#problem').isVisible(), false);
  }));

test('a new run and a new graph begin with idle nodes', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(started, progress(done('node_a', 5, 3)));
    await frame(page);
    await panel.send(started);
    assert.equal(await page.locator('[data-status=done]').count(), 0);
    assert.equal(await page.locator(':is(.chip, .stack)').count(), 0);
    assert.match(await row(page, 'node_a').innerText(), /not run/);
    await panel.send(progress(running('node_a')));
    await panel.draw({ ...parallelNodes, revision: 2 });
    assert.equal(await page.locator('g.node[data-status]').count(), 0);
    assert.equal(await page.locator('#runButton').innerText(), 'Run');
  }));

test('messages of an older revision are dropped', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw({ ...parallelNodes, revision: 5 });
    await panel.send(
      { ...twoSubgraphs, revision: 4 },
      { type: 'problem', revision: 4, message: 'old' },
      { type: 'runStarted', revision: 4 },
      { ...progress(done('node_a', 1)), revision: 4 },
      { type: 'runEnded', revision: 4, status: 'failed', durationMs: 1, message: 'old' },
    );
    await frame(page);
    assert.equal(await page.locator('#title').innerText(), 'my-graph');
    assert.equal(await page.locator('#problem').isVisible(), false);
    assert.equal(await page.locator('#runState').innerText(), '');
    assert.equal(await page.locator('g.node[data-status]').count(), 0);
  }));

test('progress that comes before the drawing is ready is shown on it', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.send(parallelNodes, started, progress(done('node_a', 5), running('node_b')));
    await panel.waitFor('drawn');
    assert.equal(await drawn(panel.page, 'node_a').getAttribute('data-status'), 'done');
    assert.equal(await drawn(panel.page, 'node_b').getAttribute('data-status'), 'running');
  }));

test('strangers and broken messages do no harm', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(parallelNodes);
    await panel.send(
      null,
      'graph',
      { type: 'graph', revision: 9 },
      { type: '__proto__', revision: 9 },
    );
    await panel.send(started);
    assert.equal(await panel.page.locator('#runButton').innerText(), 'Stop');
  }));

test('a problem dims the last good drawing and goes with the next graph', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send({ type: 'problem', revision: 1, message: 'a.graph.ts:3:4: Unexpected ";"' });
    assert.equal(await page.locator('#problem').innerText(), 'a.graph.ts:3:4: Unexpected ";"');
    assert.equal(await page.locator('g.node').count(), 4);
    const opacity = () =>
      page
        .locator('#diagram')
        .evaluate((diagram) => Number((globalThis as any).getComputedStyle(diagram).opacity));
    assert.ok((await opacity()) < 0.7);
    await panel.draw({ ...parallelNodes, revision: 2 });
    assert.equal(await page.locator('#problem').isVisible(), false);
    assert.equal(await opacity(), 1);
  }));

test('a notice stands above the drawing, and running is off where it cannot be', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw({ ...parallelNodes, notice: 'Restricted <b>mode</b>', canRun: false });
    assert.equal(await panel.page.locator('#notice').innerText(), 'Restricted <b>mode</b>');
    assert.equal(await panel.page.locator('#runButton').isDisabled(), true);
  }));

test('the sign of a running node turns, except for those who want no motion', async () => {
  for (const reducedMotion of [false, true]) {
    await withPanel(browser, { reducedMotion }, async (panel) => {
      await panel.draw(parallelNodes);
      await panel.send(started, progress(running('node_a')));
      await frame(panel.page);
      const animations = () =>
        panel.page.evaluate(() => (globalThis as any).document.getAnimations().length as number);
      assert.equal((await animations()) > 0, !reducedMotion);
      await panel.page
        .locator('body')
        .evaluate((body: any) => body.classList.add('vscode-reduce-motion'));
      assert.equal(await animations(), 0);
    });
  }
});

test('a run that waits says for what, and its nodes are neither done nor running', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(manyNodes(2));
    await panel.send(started, progress(done('node_0', 12), waits('node_1')), {
      type: 'runEnded',
      revision: 1,
      status: 'waiting',
      durationMs: 40,
      waits: {
        questions: [question('1', '<b>Really?</b>', { asker: 'node_1' })],
        pause: { places: ['before x'], since: '12:00:00' },
      },
    });
    await frame(page);
    assert.equal(await page.locator('#runState').textContent(), 'Waiting after 40 ms');
    assert.equal(await row(page, 'node_1').textContent(), 'node_1: waiting');
    assert.equal(await drawn(page, 'node_1').getAttribute('data-status'), 'waiting');
    assert.deepEqual(await page.locator('#waits h2 .name').allTextContents(), [
      'node_1',
      'Breakpoint before x',
    ]);
    assert.equal(await page.locator('#waits .asked').textContent(), '<b>Really?</b>');
    await panel.send(started);
    assert.equal(await page.locator('#waits').isVisible(), false);
  }));

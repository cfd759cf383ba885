import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { drawn, row, started } from './panelParts.ts';
import { called, manyNodes, parallelNodes, progress, workflow } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('300 nodes are drawn', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(manyNodes(300));
    assert.equal(await panel.page.locator('g.node').count(), 300);
  }));

test('300 nodes that change at each frame are all shown in the end, in one pass a frame at most', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(manyNodes(300));
    await panel.send(started);
    const { passes, frames } = await page.evaluate(async () => {
      const scope = globalThis as any;
      let [passes, frames] = [0, 0];
      const nextFrame = () =>
        new Promise<void>((resolve) => {
          scope.requestAnimationFrame(() => {
            frames++;
            resolve();
          });
        });
      const observer = new scope.MutationObserver(() => passes++);
      observer.observe(scope.document.getElementById('diagram'), {
        subtree: true,
        attributes: true,
        childList: true,
      });
      const statuses = ['running', 'done'];
      for (let step = 0; step < 20; step++) {
        for (let part = 0; part < 3; part++) {
          const nodes = Array.from({ length: 300 }, (_, index) => ({
            id: `node_${index}`,
            status: statuses[step % 2],
            running: 1 - (step % 2),
            done: step % 2,
            failed: 0,
            totalMs: step * 10 + part,
          }));
          scope.dispatchEvent(
            new scope.MessageEvent('message', { data: { type: 'progress', revision: 1, nodes } }),
          );
        }
        await nextFrame();
        await nextFrame();
      }
      while (scope.document.querySelectorAll('g.node[data-status=done]').length < 300) {
        await nextFrame();
      }
      return { passes, frames };
    });
    assert.ok(passes >= 20 && passes <= frames + 1, `${passes} passes in ${frames} frames`);
    await drawn(page, 'node_299').and(page.locator(':has-text("192 ms")')).waitFor();
  }));

test('very many tasks of different names do not make the drawing endless', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(workflow);
    const names = Array.from({ length: 300 }, (_, i) => called(`task_${i}`));
    await panel.send(started, progress(...names));
    await drawn(page, 'task_0').waitFor();
    assert.equal(await page.locator('g.node.called').count(), 100);
  }));

test('an answer of 100,000 tokens is shown at most once a frame, and the page goes on', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(parallelNodes);
    await panel.send(started);
    const { changes, frames } = await page.evaluate(async () => {
      const scope = globalThis as any;
      const nextFrame = () => new Promise((resolve) => scope.requestAnimationFrame(resolve));
      let [changes, frames] = [0, 0];
      const observer = new scope.MutationObserver(() => changes++);
      observer.observe(scope.document.getElementById('nodes'), {
        subtree: true,
        characterData: true,
        childList: true,
      });
      const counts = { status: 'running', running: 1, done: 0, failed: 0, totalMs: 0 };
      for (let token = 0; token < 100_000; token++) {
        const answer = `${'word '.repeat(30)}${token}`;
        const nodes = [{ id: 'node_a', ...counts, answer }];
        scope.dispatchEvent(
          new scope.MessageEvent('message', { data: { type: 'progress', revision: 1, nodes } }),
        );
        if (token % 2000 === 0) {
          await nextFrame();
          frames++;
        }
      }
      await nextFrame();
      await nextFrame();
      return { changes, frames: frames + 2 };
    });
    assert.ok(changes > 1 && changes <= frames, `${changes} changes in ${frames} frames`);
    assert.match((await row(page, 'node_a').locator('.answer').textContent())!, /word 99999$/);
  }));

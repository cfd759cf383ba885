// How the panel's page keeps its frames while a large graph is drawn, and under 10,000 events a second.
//   node test/bench/panelFrames.ts
import type { Browser, Page } from 'playwright-core';
import type { RunEvent, TaskInfo } from '../../src/engine/model/events.ts';
import { launchBrowser } from '../host/browser.ts';
import { openPanel } from '../webview/openPanel.ts';
import { manyNodes } from '../webview/sampleGraphs.ts';

const SECONDS = 10;
const EVENTS_PER_SECOND = 10_000;
/** As often as the extension sends. */
const BATCHES_PER_SECOND = 20;

const browser = await launchBrowser();
try {
  for (const count of [1000, 3000]) {
    const { drawnMs, frames } = await timeDrawing(browser, count);
    console.log(`${count} nodes: on the screen after ${drawnMs} ms; ${frames}`);
  }
  for (const tab of ['diagram', 'timeline', 'output']) {
    for (const count of [20, 1000]) {
      const { frames, heap } = await timeEvents(browser, { count, tab });
      console.log(
        `${EVENTS_PER_SECOND} events a second, ${count} nodes, ${tab}: ${frames}; ${heap}`,
      );
    }
  }
} finally {
  await browser.close();
}

async function timeDrawing(browser: Browser, count: number) {
  const panel = await openPanel(browser);
  await watchFrames(panel.page);
  await panel.draw(manyNodes(count));
  const { renderMs } = await panel.waitFor('drawn', { revision: 1 });
  await panel.page.waitForTimeout(500);
  const frames = await tellFrames(panel.page);
  await panel.close();
  return { drawnMs: Math.round(renderMs), frames };
}

/** Tasks that start and end as fast as that, in nodes one after another. */
async function timeEvents(
  browser: Browser,
  { count, tab }: { readonly count: number; readonly tab: string },
) {
  const panel = await openPanel(browser);
  const { page } = panel;
  await panel.draw(manyNodes(count));
  await page.locator(`#${tab}Tab`).click();
  await panel.send({ type: 'runStarted', revision: 1 });
  const session = await page.context().newCDPSession(page);
  const heapMb = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  const before = await heapMb();
  await watchFrames(page);
  await page.evaluate(feed, {
    ...{ seconds: SECONDS, perSecond: EVENTS_PER_SECOND, batches: BATCHES_PER_SECOND, count },
  });
  const frames = await tellFrames(page);
  const after = await heapMb();
  await panel.close();
  const events = (SECONDS * EVENTS_PER_SECOND) / 1000;
  const heap = `heap ${before.toFixed(0)} MB, after ${events}k events ${after.toFixed(0)} MB`;
  return { frames, heap };
}

/** Runs in the page: plays a run, as messages of the host. */
async function feed(plan: {
  readonly seconds: number;
  readonly perSecond: number;
  readonly batches: number;
  readonly count: number;
}): Promise<void> {
  const { seconds, perSecond, batches, count } = plan;
  const scope = globalThis as any;
  const send = (data: unknown) =>
    scope.dispatchEvent(new scope.MessageEvent('message', { data: structuredClone(data) }));
  const ended = new Map<string, number>();
  const graph = 'graph';
  send({
    type: 'runEvents',
    revision: 1,
    events: [{ type: 'runStarted', time: 0, graph, startedAt: 0, input: {} }],
  });
  send({
    type: 'runEvents',
    revision: 1,
    events: [{ type: 'superstepStarted', time: 0, path: [], superstep: 1, tasks: 1_000_000 }],
  });
  let id = 0;
  for (let batch = 0; batch < seconds * batches; batch++) {
    const time = (batch * 1000) / batches;
    const events: RunEvent[] = [];
    const touched = new Set<string>();
    for (let i = 0; i < perSecond / batches / 2; i++) {
      const node = `node_${id % count}`;
      const task: TaskInfo = {
        id: ++id,
        node,
        nodeId: node,
        path: [`${node}[${id}]`],
        superstep: 1,
      };
      events.push(
        { type: 'taskStarted', time, task, attempt: 1, input: { x: id } },
        { type: 'taskFinished', time: time + 1, task, durationMs: 1 },
      );
      ended.set(node, (ended.get(node) ?? 0) + 1);
      touched.add(node);
    }
    send({ type: 'runEvents', revision: 1, events });
    const nodes = [...touched].map((node) => ({
      ...{ id: node, status: 'running', running: 1, failed: 0 },
      ...{ done: ended.get(node) ?? 0, totalMs: ended.get(node) ?? 0 },
    }));
    send({ type: 'progress', revision: 1, nodes });
    await new Promise((resolve) => setTimeout(resolve, 1000 / batches));
  }
}

async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const scope = globalThis as any;
    scope.gaps = [];
    let last = performance.now();
    const next = (now: number) => {
      scope.gaps.push(now - last);
      last = now;
      scope.requestAnimationFrame(next);
    };
    scope.requestAnimationFrame(next);
  });
}

async function tellFrames(page: Page): Promise<string> {
  const gaps = await page.evaluate(() => (globalThis as any).gaps as number[]);
  const sorted = gaps.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  const long = sorted.filter((gap) => gap > 50).length;
  return `frames: median ${at(0.5)} ms, 99 of 100 within ${at(0.99)}, longest ${at(1)}, ${long} of ${sorted.length} over 50`;
}

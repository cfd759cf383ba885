// How the panel's page keeps its frames while a large graph is drawn, and under 10,000 events a second.
//   node test/bench/panelFrames.ts
// A frame is told by what lay between two of them, and by the time that the page's thread had a processor in
// it (script, style, layout, recording what is painted): the first is the machine's too, the second ours alone.
import type { Browser, CDPSession, Page } from 'playwright-core';
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
  for (const load of [
    { tab: 'diagram', count: 20, zoom: 'fit' },
    // As many as Mermaid draws.
    { tab: 'diagram', count: 150, zoom: 'fit' },
    { tab: 'diagram', count: 1000, zoom: 'fit' },
    { tab: 'diagram', count: 1000, zoom: 'zoomReset' },
    { tab: 'timeline', count: 1000, zoom: 'fit' },
    { tab: 'output', count: 1000, zoom: 'fit' },
  ]) {
    const { frames, cpu, heap } = await timeEvents(browser, load);
    const { tab, count, zoom } = load;
    console.log(`${EVENTS_PER_SECOND} events a second, ${count} nodes, ${tab}, ${zoom}:`);
    console.log(`  ${frames}; ${cpu}; ${heap}`);
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
  load: { readonly count: number; readonly tab: string; readonly zoom: string },
) {
  const { count, tab, zoom } = load;
  const panel = await openPanel(browser, { size: { width: 1400, height: 900 } });
  const { page } = panel;
  await panel.draw(manyNodes(count));
  await page.locator(`#${zoom}`).click();
  await page.locator(`#${tab}Tab`).click();
  await panel.send({ type: 'runStarted', revision: 1 });
  const session = await page.context().newCDPSession(page);
  const heapMb = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  const before = await heapMb();
  const tellCpu = await watchCpu(session);
  await watchFrames(page);
  await page.evaluate(feed, {
    ...{ seconds: SECONDS, perSecond: EVENTS_PER_SECOND, batches: BATCHES_PER_SECOND, count },
  });
  const cpu = await tellCpu();
  const frames = await tellFrames(page);
  const after = await heapMb();
  await panel.close();
  const events = (SECONDS * EVENTS_PER_SECOND) / 1000;
  const heap = `heap ${before.toFixed(0)} MB, after ${events}k events ${after.toFixed(0)} MB`;
  return { frames, cpu, heap };
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

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  /** Microseconds in which the thread had a processor. */
  readonly tdur?: number;
}

/** @returns What tells of the processor's time in each frame of the page's thread since then. */
async function watchCpu(session: CDPSession): Promise<() => Promise<string>> {
  const times: number[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const { name, ph, tdur } of value as unknown as TraceEvent[]) {
      if (name === 'ProxyMain::BeginMainFrame' && ph === 'X') times.push((tdur ?? 0) / 1000);
    }
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['cc'] },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    return `processor in each: ${tell(times)}`;
  };
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
  return `frames: ${tell(gaps)}`;
}

function tell(times: number[]): string {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  const long = sorted.filter((time) => time > 50).length;
  return `median ${at(0.5)} ms, 99 of 100 within ${at(0.99)}, longest ${at(1)}, ${long} of ${sorted.length} over 50`;
}

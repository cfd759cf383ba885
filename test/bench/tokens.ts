// How soon a piece of a model's answer is to be read in the panel, and what an answer of 100,000
// pieces costs the host.   node test/bench/tokens.ts
import { launchBrowser } from '../host/browser.ts';
import { createTestRunner, fixture } from '../runner/testRunner.ts';
import { openPanel } from '../webview/openPanel.ts';
import { workflow } from '../webview/sampleGraphs.ts';
import { RunMetrics } from '../../src/trace/runMetrics.ts';
import { RunReport } from '../../src/runner/report/runReport.ts';
import type { NodeProgress } from '../../src/protocol/webviewMessages.ts';

const file = fixture('tokens.graph.ts');
const cleanups: (() => unknown)[] = [];
const runner = createTestRunner({ after: (cleanup) => cleanups.push(cleanup) });
const browser = await launchBrowser();
try {
  console.log(`piece told to shown in the panel: ${show(await timePieces())}`);
  console.log(`answer of 100,000 pieces: ${await timeFlood()}`);
} finally {
  await browser.close();
  for (const cleanup of cleanups) await cleanup();
}

/** Milliseconds from the thread of the run to the page of the panel; the browser's protocol between them. */
async function timePieces(): Promise<number[]> {
  const panel = await openPanel(browser);
  await panel.draw(workflow);
  await panel.send({ type: 'runStarted', revision: 1 });
  await panel.page.evaluate(() => {
    const scope = globalThis as any;
    scope.times = [];
    const list = scope.document.getElementById('nodes');
    new scope.MutationObserver(() => {
      const text: string = list.querySelector('.answer')?.textContent ?? '';
      const toldAt = [...text.matchAll(/@([\d.]+)/g)].at(-1)?.[1];
      if (toldAt) scope.times.push(performance.timeOrigin + performance.now() - Number(toldAt));
    }).observe(list, { subtree: true, characterData: true, childList: true });
  });
  const metrics = new RunMetrics();
  await runner.run({
    file,
    exportName: 'slow',
    onEvents(events) {
      for (const event of events) metrics.add(event);
      const nodes = metrics
        .takeChanges()
        .map((node): NodeProgress => ({ ...node, id: 'workflow' }));
      void panel.page.evaluate((message) => (globalThis as any).postMessage(message, '*'), {
        type: 'progress',
        revision: 1,
        nodes,
      });
    },
  });
  await panel.page.waitForTimeout(200);
  const times = await panel.page.evaluate(() => (globalThis as any).times as number[]);
  await panel.close();
  return times;
}

async function timeFlood(): Promise<string> {
  const metrics = new RunMetrics();
  const report = new RunReport();
  const batches: number[] = [];
  const { durationMs } = await runner.run({
    file,
    exportName: 'flood',
    onEvents(events) {
      const began = performance.now();
      for (const event of events) metrics.add(event);
      metrics.takeChanges();
      report.lines(events);
      batches.push(performance.now() - began);
    },
  });
  const sum = batches.reduce((all, one) => all + one, 0);
  return (
    `run ${durationMs.toFixed(0)} ms, report and progress ${sum.toFixed(0)} ms in all, ` +
    `${Math.max(...batches).toFixed(1)} ms at most in one of ${batches.length} batches`
  );
}

function show(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(1);
  return `median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms (${times.length} times)`;
}

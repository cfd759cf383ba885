// Opening a past run of 100,000 events, from the disk to the panel, and going through its time.
//   node test/bench/pastRuns.ts
import '../fakes/vscode.ts';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent, TaskInfo } from '../../src/engine/model/events.ts';
import type { ToWebview } from '../../src/protocol/webviewMessages.ts';
import { History } from '../../src/runner/history/history.ts';
import type { KeptRun } from '../../src/runner/history/keptRun.ts';
import { launchBrowser } from '../host/browser.ts';
import { content, headAt } from '../runner/history/someRuns.ts';
import { openPanel } from '../webview/openPanel.ts';

const { replayRun } = await import('../../src/extension/history/replayRun.ts');
const { endMessages, runMessages } = await import('../../src/extension/panel/panelMessages.ts');

const ROUNDS = 5;
const EVENTS = 100_000;

/** Supersteps of 100 tasks each, which start, write and end. */
function manyEvents(): RunEvent[] {
  const events: RunEvent[] = [
    { type: 'runStarted', time: 0, graph: 'g', startedAt: 0, input: undefined },
  ];
  let id = 0;
  for (let superstep = 1; events.length < EVENTS - 302; superstep++) {
    const time = superstep * 10;
    events.push({ type: 'superstepStarted', time, path: [], superstep, tasks: 100 });
    for (let i = 0; i < 100; i++) {
      const node = `n${i % 20}`;
      const task: TaskInfo = { id: ++id, node, nodeId: node, superstep, path: [`${node}[${i}]`] };
      events.push({ type: 'taskStarted', time, task, attempt: 1, input: undefined });
      events.push({
        type: 'taskWrote',
        time: time + 5,
        task,
        update: { text: `written by ${id}` },
      });
      events.push({ type: 'taskFinished', time: time + 5, task, durationMs: 5 });
    }
    const state = { text: `after ${superstep}` };
    events.push({
      ...{ type: 'superstepFinished', time: time + 9, path: [], superstep },
      ...{ written: ['text'], state },
    });
  }
  events.push({ type: 'runFinished', time: events.at(-1)!.time + 1, output: {} });
  return events;
}

const path = await mkdtemp(join(tmpdir(), 'superstep-bench-'));
const browser = await launchBrowser();
try {
  const history = new History({
    workerUrl: new URL('../../src/runner/historyMain.ts', import.meta.url),
    path,
    limits: { maxRuns: 50, maxBytes: 1e9 },
    onChange: () => {},
    onSetAside: ({ why }) => console.log(why),
    onFailure: console.log,
  });
  const events = manyEvents();
  const head = headAt(0);
  const recorder = history.record(head, content)!;
  recorder.add(events, 1);
  await recorder.end({ status: 'done', durationMs: events.at(-1)!.time });
  const bytes = (await stat(join(path, `${head.id}.events`)).catch(() => undefined))?.size;
  console.log(`${events.length.toLocaleString('en-US')} events${bytes ? `, ${bytes} bytes` : ''}`);
  const [run] = (await history.list()) as [KeptRun];

  const reads: number[] = [];
  const cpu: number[] = [];
  let messages: ToWebview[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const used = process.cpuUsage();
    const past = await replayRun(run, await history.content(run.id), history.events(run.id));
    messages = [...runMessages(past, 1), ...endMessages(past, { revision: 1, canRun: true })];
    reads.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / 1000);
  }
  console.log(
    `read from the disk and folded for the panel: ${ms(reads)}; of processors: ${ms(cpu)}`,
  );
  await history.dispose();

  const panel = await openPanel(browser);
  const ids = Array.from({ length: 20 }, (_, i) => `n${i}`);
  await panel.draw({
    ...{ type: 'graph', revision: 1, title: 'g', file: 'g.graph.ts' },
    mermaid: `graph TD;\n${ids.map((id) => `\t${id}(${id})`).join('\n')}\n`,
    nodes: ids.map((id) => ({ id, name: id, mermaidId: id })),
  });
  const times = await panel.page.evaluate(
    async ({ messages, rounds }) => {
      const scope = globalThis as any;
      const frames = () =>
        new Promise((resolve) => scope.requestAnimationFrame(() => scope.setTimeout(resolve)));
      const shown: number[] = [];
      const back: number[] = [];
      const forth: number[] = [];
      const slider = scope.document.getElementById('moment');
      const seek = async (to: number, into: number[]) => {
        const began = performance.now();
        slider.value = String(to);
        slider.dispatchEvent(new scope.Event('input'));
        await frames();
        into.push(performance.now() - began);
      };
      scope.document.getElementById('timelineTab').click();
      for (let round = 0; round < rounds; round++) {
        const began = performance.now();
        for (const data of messages) {
          scope.dispatchEvent(new scope.MessageEvent('message', { data }));
        }
        await frames();
        shown.push(performance.now() - began);
        await seek(0.5, []);
        await seek(0.9, []);
        await seek(0.91, forth);
        await seek(0.5, back);
      }
      return { shown, back, forth };
    },
    { messages, rounds: ROUNDS },
  );
  console.log(`taken in and drawn by the panel: ${ms(times.shown)}`);
  console.log(`a hundredth on: ${ms(times.forth)}; back to the middle: ${ms(times.back)}`);
  await panel.close();
} finally {
  await browser.close();
  await rm(path, { recursive: true, force: true });
}

function ms(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `median ${sorted[sorted.length >> 1]?.toFixed(0)} ms, worst ${sorted.at(-1)?.toFixed(0)} ms`;
}

// First diagram in the panel, against what VS Code's own Mermaid preview does with the same text: the
// full mermaid package in a page of its own.   node test/bench/webview.ts
import { build } from 'esbuild';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { openPanel } from '../webview/openPanel.ts';
import { builtScript } from '../webview/panelSite.ts';
import { manyNodes, twoSubgraphs } from '../webview/sampleGraphs.ts';

const ROUNDS = 7;
const root = join(import.meta.dirname, '../..');

const browser = await launchBrowser();
try {
  const full = await bundleFullMermaid();
  const ours = Buffer.from(await builtScript());
  console.log(`script: panel ${size(ours)}, full mermaid ${size(Buffer.from(full))}`);
  for (const graph of [twoSubgraphs, manyNodes(10), manyNodes(300)]) {
    const panel: Times[] = [];
    const preview: Times[] = [];
    for (let round = 0; round < (graph.nodes.length > 100 ? 3 : ROUNDS); round++) {
      panel.push(await timePanel(browser, graph));
      preview.push(await timePreview(browser, full, graph.mermaid));
    }
    console.log(
      `${graph.title}, ${graph.nodes.length} nodes, median ms (page opened to drawn, drawing alone, drawing again):`,
    );
    console.log(`  panel         ${describe(panel)}`);
    console.log(`  full mermaid  ${describe(preview)}`);
  }
  console.log(
    `300 nodes changed in one frame: script ${(await timeFrame(browser)).toFixed(1)} ms (median)`,
  );
} finally {
  await browser.close();
}

interface Times {
  readonly opened: number;
  readonly first: number;
  readonly again: number;
}

async function timePanel(
  browser: Browser,
  graph: Parameters<Awaited<ReturnType<typeof openPanel>>['draw']>[0],
): Promise<Times> {
  const panel = await openPanel(browser, { answerReady: graph, isCold: true });
  const first = await panel.waitFor('drawn', { revision: 1 });
  const opened = await panel.page.evaluate(() => (globalThis as any).drawnAt as number);
  // Unchanged, it would not be drawn again.
  await panel.draw({ ...graph, revision: 2, mermaid: `${graph.mermaid}%% again\n` });
  const again = await panel.waitFor('drawn', { revision: 2 });
  await panel.close();
  return { opened, first: first.renderMs, again: again.renderMs };
}

/** What the panel's own work for a frame takes in which every one of 300 nodes changes. */
async function timeFrame(browser: Browser): Promise<number> {
  const panel = await openPanel(browser);
  await panel.draw(manyNodes(300));
  await panel.send({ type: 'runStarted', revision: 1 });
  const median = await panel.page.evaluate(async () => {
    const scope = globalThis as any;
    const frame = () => new Promise((resolve) => scope.requestAnimationFrame(resolve));
    const times: number[] = [];
    for (let step = 0; step < 40; step++) {
      const nodes = Array.from({ length: 300 }, (_, index) => ({
        id: `node_${index}`,
        status: step % 2 ? 'done' : 'running',
        running: 1 - (step % 2),
        done: step % 2,
        failed: 0,
        totalMs: step,
      }));
      // Callbacks of one frame run in the order in which they were asked for.
      let start = 0;
      scope.requestAnimationFrame(() => (start = performance.now()));
      scope.dispatchEvent(
        new scope.MessageEvent('message', { data: { type: 'progress', revision: 1, nodes } }),
      );
      await frame();
      times.push(performance.now() - start);
      await frame();
    }
    return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
  });
  await panel.close();
  return median;
}

async function timePreview(browser: Browser, script: string, text: string): Promise<Times> {
  const context = await browser.newContext({ viewport: { width: 720, height: 640 } });
  const page = await context.newPage();
  await page.route('**/*', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({
          contentType: 'text/html',
          body: '<!DOCTYPE html><body><script src="https://panel.test/mermaid.js"></script></body>',
        }),
  );
  await page.goto('https://panel.test/');
  const times = await page.evaluate(async (source) => {
    const { mermaid, document } = globalThis as any;
    mermaid.initialize({ startOnLoad: false });
    const start = performance.now();
    document.body.innerHTML = (await mermaid.render('a', source)).svg;
    const opened = performance.now();
    document.body.innerHTML = (await mermaid.render('b', source)).svg;
    return { opened, first: opened - start, again: performance.now() - opened };
  }, text);
  await context.close();
  return times;
}

async function bundleFullMermaid(): Promise<string> {
  const result = await build({
    stdin: {
      contents: "import mermaid from 'mermaid'; globalThis.mermaid = mermaid;",
      resolveDir: root,
    },
    bundle: true,
    format: 'iife',
    minify: true,
    write: false,
    legalComments: 'none',
    logLevel: 'error',
  });
  return result.outputFiles[0]?.text ?? '';
}

function describe(times: readonly Times[]): string {
  const median = (key: keyof Times) => {
    const sorted = times.map((time) => time[key]).sort((a, b) => a - b);
    return Math.round(sorted[sorted.length >> 1] ?? 0);
  };
  return `${median('opened')}, ${median('first')}, ${median('again')}`;
}

function size(content: Buffer): string {
  const kb = (bytes: number) => `${Math.round(bytes / 1024)} KB`;
  return `${kb(content.length)} (${kb(gzipSync(content).length)} gzip)`;
}

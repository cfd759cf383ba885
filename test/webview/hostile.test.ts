import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import type { RunEvent, TaskInfo } from '../../src/engine/model/events.ts';
import { panelHtml } from '../../src/protocol/panelHtml.ts';
import type { ModelNode } from '../../src/webview/diagram/diagramModel.ts';
import { writeMermaid } from '../../src/webview/diagram/mermaidText.ts';
import { launchBrowser } from '../host/browser.ts';
import { hostileText } from './hostileText.ts';
import { withPanel } from './openPanel.ts';
import { started } from './panelParts.ts';
import { graphMessage, question } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('10,000 hostile titles add no markup to the page', () => {
  const page = (title: string) => panelHtml({ ...resources, title });
  const markup = (html: string) => html.match(/[<"]/g)?.length;
  const plain = markup(page('title'));
  fc.assert(
    fc.property(hostileText, (title) => markup(page(title)) === plain),
    { numRuns: 10_000 },
  );
});

const resources = { nonce: 'n', cspSource: 'https://p.test', scriptUri: 's', styleUri: 't' };

test('10,000 hostile names and labels stay inside their quotes in the text for Mermaid', () => {
  const textOf = (name: string, label: string) => {
    const node = { kind: 'node', isDeferred: false, joins: [], facts: [label] } as const;
    const nodes: ModelNode[] = [
      { ...node, id: 'a', name, block: 's' },
      { ...node, id: 'b', name: label },
    ];
    const edge = { source: 'a', target: 'b', label, kind: 'conditional' } as const;
    return writeMermaid({ nodes, blocks: [{ id: 's', name }], edges: [edge] }, 'TD').text;
  };
  const outside = (text: string) => text.replaceAll(/"[^"]*"/g, '""');
  const plain = outside(textOf('name', 'label'));
  fc.assert(
    fc.property(hostileText, hostileText, (name, label) => {
      const text = textOf(name, label);
      assert.equal(outside(text), plain);
      for (const [quoted] of text.matchAll(/"[^"]*"/g)) {
        assert.doesNotMatch(quoted.replaceAll(/<br\/><small>|<\/small>/g, ''), /[<>\n]/);
      }
    }),
    { numRuns: 10_000 },
  );
});

/** As the engine writes them. */
function encoded(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ]/gu, (char) => `#${char.codePointAt(0)};`);
}

test('10,000 hostile names and values run no script and load nothing, in any view', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const texts = fc.sample(hostileText, { numRuns: 10_000, seed: 1 });
    let at = 0;
    const next = () => texts[at++ % texts.length]!;
    const ids = Array.from({ length: 60 }, (_, i) => `n${i}`);
    const nodes = ids.map((id) => ({ id, name: next(), mermaidId: id }));
    const lines = ids.map((id, i) =>
      i === 0
        ? `\t${id}(x)`
        : `\t${id}(x)\n\tn${(i - 1) >> 1} -. &nbsp;${encoded(next())}&nbsp; .-> ${id};`,
    );
    const graph = graphMessage(next(), ids, lines.join('\n'), nodes);
    await panel.draw(graph);
    const events: RunEvent[] = [
      { type: 'runStarted', time: 0, graph: next(), startedAt: 0, input: {} },
      { type: 'superstepStarted', time: 0, path: [], superstep: 1, tasks: ids.length },
    ];
    nodes.forEach(({ id, name }, i) => {
      const task: TaskInfo = { id: i + 1, node: name, nodeId: id, path: [next()], superstep: 1 };
      const error = { name: next(), message: next(), stack: next() };
      events.push(
        { type: 'taskStarted', time: i, task, attempt: 1, input: { [next()]: next() } },
        { type: 'console', time: i, task, level: 'log', text: next() },
        {
          type: 'taskWrote',
          time: i,
          task,
          update: { [next()]: [next(), { [next()]: next() }] },
        },
        { type: 'custom', time: i, task, value: { [next()]: next() } },
        i % 2 === 0
          ? { type: 'taskFinished', time: i + 1, task, durationMs: 1 }
          : { type: 'taskFailed', time: i + 1, task, durationMs: 1, error, cancelled: false },
      );
    });
    const state: Record<string, unknown> = {};
    while (at < texts.length - 60) state[next()] = [next(), { type: next(), content: next() }];
    const written = Object.keys(state);
    events.push({ type: 'superstepFinished', time: 500, path: [], superstep: 1, written, state });
    const questions = Array.from({ length: 10 }, (_, i) =>
      question(`q${i}`, { [next()]: next(), options: [next(), next()] }, { asker: next() }),
    );
    const progress = nodes.map(({ id }) => {
      const counts = { status: 'failed', running: 0, done: 0, failed: 1, totalMs: 1 } as const;
      return { id, ...counts, error: id, answer: id };
    });
    await panel.send(
      started,
      { type: 'runEvents', revision: 1, events },
      { type: 'progress', revision: 1, nodes: progress },
      { type: 'runEnded', revision: 1, status: 'waiting', durationMs: 500, waits: { questions } },
    );
    for (const [name, shown] of [
      ['Timeline', '#timelineCanvas'],
      ['State', '#stateTree .row'],
      ['Output', '#outputLines .row'],
      ['Diagram', 'g.node .chip'],
    ] as const) {
      await page.getByRole('tab', { name }).click();
      await page.locator(shown).first().waitFor();
      const foreign = await page.evaluate(lookThrough, shown);
      assert.deepEqual(foreign, [], name);
    }
  }));

/** Runs in the page: scrolls through a list, if it is one, and tells of all that should not be there. */
async function lookThrough(shown: string): Promise<string[]> {
  const { document, requestAnimationFrame } = globalThis as any;
  const wrong = 'img, iframe, object, embed, link:not([rel=stylesheet]), a[href], style, base';
  const found = new Set<string>();
  const look = () => {
    for (const each of document.body.querySelectorAll('*')) {
      const isActing = [...each.attributes].some(
        ({ name, value }) =>
          name.startsWith('on') || (name === 'style' && /url\(|javascript:/.test(value)),
      );
      if (isActing || each.matches(`${wrong}, script:not([nonce])`)) {
        found.add(each.outerHTML.slice(0, 200));
      }
    }
  };
  const box = shown.endsWith('.row') && document.querySelector(shown.split(' ')[0]);
  look();
  while (box && box.scrollTop + box.clientHeight < box.scrollHeight - 1) {
    const before = box.scrollTop;
    box.scrollTop += box.clientHeight;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    look();
    if (box.scrollTop === before) break;
  }
  return [...found].slice(0, 3);
}

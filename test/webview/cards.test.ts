import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { staticDiagram } from '../../src/extension/panel/staticDiagram.ts';
import { findGraphs } from '../../src/loader/source/findGraphs.ts';
import type { NodeProgress, ToWebview } from '../../src/protocol/webviewMessages.ts';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { started } from './panelParts.ts';
import {
  agentLoop,
  modelUse,
  progress,
  roomyNodes,
  running,
  twoSubgraphs,
} from './sampleGraphs.ts';
import { edgesTaken } from './sampleRuns.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

type GraphMessage = Extract<ToWebview, { type: 'graph' }>;

/** Each graph of `examples/`, as a panel draws it. */
function examples(): GraphMessage[] {
  const folder = join(import.meta.dirname, '../../examples');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graph.ts'))
    .flatMap((file) => {
      const { graphs } = findGraphs(readFileSync(join(folder, file), 'utf8'), file);
      return graphs.map((graph): GraphMessage => {
        const { title, mermaid, nodes } = staticDiagram(graph, { graphs, file });
        return { type: 'graph', revision: 1, title, file, mermaid, nodes };
      });
    });
}

/** As much as can be said of a node at once. */
function everything(id: string): NodeProgress {
  return running(id, {
    done: 300,
    failed: 20,
    cancelled: 4,
    totalMs: 123_456,
    modelUse: modelUse({
      models: ['a/model-with-a-very-long-name'],
      retries: 3,
      sources: ['offline'],
    }),
  });
}

interface Place {
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where the texts of the drawing stand: names and labels, and what a run has put there. */
async function places(page: Page): Promise<{ names: Place[]; marks: Place[] }> {
  return page.evaluate(() => {
    const { document } = globalThis as any;
    const find = (selector: string) =>
      [...document.querySelectorAll(selector)]
        .filter((element) => element.textContent !== '')
        .map((element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return { what: element.textContent as string, left, right, top, bottom };
        })
        .filter(({ left, right }) => right > left);
    const texts = '#diagram :is(.nodeLabel p, .edgeLabel p)';
    // A name's own lines, without the room below them.
    const names = [...document.querySelectorAll(texts)].flatMap((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return [...range.getClientRects()].map(({ left, right, top, bottom }: any) => ({
        what: element.textContent as string,
        left,
        right,
        top,
        bottom,
      }));
    });
    return { names, marks: find('#diagram .chip text, #diagram .edgeCount') };
  });
}

/** By more than a hair. */
function overlap(a: Place, b: Place): boolean {
  const [across, down] = [
    Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
  ];
  return across > 1 && down > 1;
}

for (const graph of [...examples(), agentLoop, twoSubgraphs]) {
  test(`nothing that a run shows lies over a name or a label of ${graph.file} ${graph.title}`, () =>
    withPanel(browser, {}, async (panel) => {
      const { page } = panel;
      await panel.draw(graph);
      const ids = await page
        .locator('#nodes button')
        .evaluateAll((rows) => rows.map((row: any) => row.dataset.id as string));
      await panel.send(
        started,
        { type: 'runEvents', revision: 1, events: edgesTaken(graph, 1234) },
        progress(...ids.map(everything)),
      );
      await page.locator('.chip').first().waitFor({ state: 'attached' });
      const { names, marks } = await places(page);
      assert.ok(marks.length >= ids.length, 'each node has its state');
      for (const mark of marks) {
        const under = names.find((name) => overlap(mark, name));
        assert.equal(under, undefined, `${mark.what} over ${under?.what}`);
        const other = marks.find((each) => each !== mark && overlap(mark, each));
        assert.equal(other, undefined, `${mark.what} over ${other?.what}`);
      }
    }));
}

for (const direction of ['TD', 'LR']) {
  test(`subgraphs side by side do not lie over each other (${direction})`, () =>
    withPanel(browser, { state: { direction } }, async (panel) => {
      for (const [revision, graph] of [...examples(), twoSubgraphs].entries()) {
        await panel.draw({ ...graph, revision });
        const boxes = await panel.page.locator('g.cluster > rect').evaluateAll((rects) =>
          rects.map((rect: any) => {
            const { left, right, top, bottom } = rect.getBoundingClientRect();
            return { what: rect.parentElement.textContent as string, left, right, top, bottom };
          }),
        );
        for (const box of boxes) {
          const other = boxes.find((each) => each !== box && overlap(each, box));
          assert.equal(other, undefined, `${box.what} over ${other?.what}`);
        }
      }
    }));
}

test('a run moves no node and no edge, whatever it says of them', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(agentLoop);
    const layout = () =>
      page.evaluate(() =>
        [
          ...(globalThis as any).document.querySelectorAll(
            '#diagram svg, g.node, g.node > rect:not(.stack), path.flowchart-link',
          ),
        ].map((element) =>
          ['transform', 'x', 'y', 'width', 'height', 'd'].map((name) => element.getAttribute(name)),
        ),
      );
    const before = await layout();
    await panel.send(started, progress(...agentLoop.nodes.map(({ id }) => everything(id))));
    await page.locator('.chip').first().waitFor({ state: 'attached' });
    assert.deepEqual(await layout(), before);
  }));

test('state and models have a line each in the card, below the name and inside of it', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    await panel.draw(roomyNodes);
    await panel.send(started, progress(everything('compare_answers')));
    const card = page.locator('g.node[data-status=running]');
    await card.waitFor();
    const box = async (selector: string) => (await card.locator(selector).boundingBox())!;
    const [outline, state, note] = [
      await box('rect.basic'),
      await box('.chip text:not(.note)'),
      await box('.note'),
    ];
    for (const line of [state, note]) {
      assert.ok(line.x >= outline.x && line.x + line.width <= outline.x + outline.width);
      assert.ok(line.y + line.height <= outline.y + outline.height);
    }
    assert.ok(state.y + state.height <= note.y + 1);
  }));

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel, type Panel } from './openPanel.ts';
import { started } from './panelParts.ts';
import { agentLoop, done, graphMessage, progress } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

async function image(panel: Panel, format: 'svg' | 'png'): Promise<string> {
  await panel.send({ type: 'drawImage', revision: 1, format });
  const { data } = await panel.waitFor('image', { format });
  assert.ok(data !== undefined);
  return data;
}

/** How wide a picture is, and how many colours are in it, as a browser sees it by itself. */
async function looked(page: Page, url: string): Promise<{ width: number; colours: number }> {
  return page.evaluate(async (source) => {
    const { document, Image } = globalThis as any;
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, colours: new Set(new Uint32Array(data.buffer)).size };
  }, url);
}

test('the diagram is exported as an SVG that has its look and its texts in itself', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(agentLoop);
    await panel.send(started, progress(done('plan', 12)));
    await panel.page.locator('g.node[data-status="done"]').waitFor();
    const svg = await image(panel, 'svg');
    const foreign = /foreignObject|class=|var\(--|color\(srgb/.exec(svg);
    assert.equal(foreign?.[0], undefined, 'what other programs do not know');
    for (const text of ['plan', 'read_page', 'not enough', '12 ms']) {
      assert.ok(new RegExp(`<text[^>]*>${text}</text>`).test(svg), text);
    }
    assert.equal(/undefined|NaN/.exec(svg)?.[0], undefined, 'everything has its place');
    const url = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    const { colours, width } = await looked(panel.page, url);
    assert.ok(colours > 10, 'it is no empty picture');
    const png = await looked(panel.page, `data:image/png;base64,${await image(panel, 'png')}`);
    assert.ok(png.colours > 10);
    assert.ok(Math.abs(png.width - 2 * width) <= 2, 'twice as large');
    assert.equal(await panel.page.locator('svg[role="img"]').count(), 1, 'the page is as it was');
  }));

test('names in an exported SVG are texts, whatever they look like', () =>
  withPanel(browser, {}, async (panel) => {
    const name = '<script>alert(1)</script>&"\u202e';
    await panel.draw({
      ...agentLoop,
      nodes: agentLoop.nodes.map((node) => (node.id === 'plan' ? { ...node, name } : node)),
    });
    const svg = await image(panel, 'svg');
    assert.doesNotMatch(svg, /<script/);
    const url = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    assert.ok((await looked(panel.page, url)).colours > 10, 'it is well-formed');
  }));

for (const size of [3, 200]) {
  test(`names and labels that are cut stand whole in the titles of a drawing of ${size} nodes, and in its export`, () =>
    withPanel(browser, {}, async (panel) => {
      const long = (what: string) => `${what} ${'that is long '.repeat(5)}to its end`;
      const ids = Array.from({ length: size }, (_, i) => `n${i}`);
      const lines = ids.map((id) => `\t${id}(x)\n\tn0 --> ${id};`).slice(1);
      lines.push(`\tn0(x)\n\tn1 -. &nbsp;${long('label')}&nbsp; .-> n2;`);
      const graph = graphMessage('g', ids, lines.join('\n'));
      const nodes = graph.nodes.map((node) =>
        node.id === 'n2' ? { ...node, name: long('node') } : node,
      );
      await panel.draw({ ...graph, nodes });
      const svg = await image(panel, 'svg');
      for (const what of ['node', 'label']) {
        assert.ok(svg.includes(`<title>${long(what)}</title>`), what);
      }
      // Into how many lines it is broken before depends on the font.
      assert.match(svg, /<text[^>]*>[^<]*that is [^<]*…<\/text>/);
    }));
}

test('a picture is exported of a diagram whose tab is not shown', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(agentLoop);
    const shown = await image(panel, 'svg');
    await panel.page.getByRole('tab', { name: 'State' }).click();
    await panel.page.evaluate(() => ((globalThis as any).posted = []));
    assert.ok((await image(panel, 'svg')) === shown);
  }));

test('where nothing is drawn there is no picture', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.send({ type: 'drawImage', revision: 1, format: 'svg' });
    assert.equal((await panel.waitFor('image')).data, undefined);
  }));

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
import { started } from './panelParts.ts';
import { themes, type ThemeName } from './page/themes.ts';
import { parallelNodes } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

for (const theme of Object.keys(themes) as ThemeName[]) {
  test(`the colours are those of the ${theme} theme, from the start and after a change`, () =>
    withPanel(browser, { theme }, async (panel) => {
      await panel.draw(parallelNodes);
      const colours = () =>
        panel.page.evaluate(() => {
          const { document, getComputedStyle } = globalThis as any;
          const style = (selector: string) => getComputedStyle(document.querySelector(selector));
          return {
            background: style('body').backgroundColor as string,
            label: style('g.node .nodeLabel p').color as string,
            node: style('g.node:not(.terminal) > rect').fill as string,
            border: style('g.node:not(.terminal) > rect').stroke as string,
            edge: style('.flowchart-link').stroke as string,
          };
        });
      const first = await colours();
      assert.equal(first.background, toRgb(themes[theme].variables['--vscode-editor-background']));
      assert.notEqual(first.border, first.background);
      assert.notEqual(first.edge, first.background);
      for (const other of Object.keys(themes) as ThemeName[]) {
        await panel.setTheme(other);
        const { variables } = themes[other];
        assert.equal((await colours()).background, toRgb(variables['--vscode-editor-background']));
      }
      await panel.setTheme(theme);
      assert.deepEqual(await colours(), first);
      assert.equal((await panel.posted()).filter(({ type }) => type === 'drawn').length, 1);
    }));
}

test('what waits is told apart in every theme, also where its colour is half transparent', () =>
  withPanel(browser, {}, async (panel) => {
    await panel.draw(parallelNodes);
    const { id } = parallelNodes.nodes[0]!;
    const waiting = {
      id,
      status: 'waiting',
      running: 0,
      done: 0,
      failed: 0,
      paused: 1,
      totalMs: 0,
    };
    await panel.send(started, { type: 'progress', revision: 1, nodes: [waiting] });
    const card = panel.page.locator('g.node[data-status=waiting]');
    await card.waitFor({ state: 'attached' });
    for (const theme of Object.keys(themes) as ThemeName[]) {
      await panel.setTheme(theme);
      const contrast = await card.evaluate((node: any) => {
        const { document, getComputedStyle } = globalThis as any;
        const context = document.createElement('canvas').getContext('2d');
        // As it is painted: over the background, whatever the colour is written like.
        const luminance = (...colours: string[]) => {
          for (const colour of colours) {
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
          }
          const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value: number) => {
            const share = value / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        };
        const ground = getComputedStyle(document.body).backgroundColor as string;
        const sign = getComputedStyle(node.querySelector('.sign')).stroke as string;
        const [low, high] = [luminance(ground), luminance(ground, sign)].sort((a, b) => a - b);
        return (high! + 0.05) / (low! + 0.05);
      });
      assert.ok(contrast >= 3, `${theme}: ${contrast}`);
    }
  }));

function toRgb(hex: string): string {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join('') : hex.slice(1);
  const [r, g, b] = [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
  return `rgb(${r}, ${g}, ${b})`;
}

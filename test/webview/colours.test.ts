import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import { withPanel } from './openPanel.ts';
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

function toRgb(hex: string): string {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join('') : hex.slice(1);
  const [r, g, b] = [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
  return `rgb(${r}, ${g}, ${b})`;
}

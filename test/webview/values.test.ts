import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { launchBrowser } from '../host/browser.ts';
import { findBarriers } from './findBarriers.ts';
import { withPanel, type Panel } from './openPanel.ts';
import { started } from './panelParts.ts';
import { parallelNodes } from './sampleGraphs.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const gif = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** A picture of 40 × 30 pixels, as a `data:` URL. */
const picture = (page: Page, type: 'png' | 'jpeg' | 'webp'): Promise<string> =>
  page.evaluate((name) => {
    const canvas = (globalThis as any).document.createElement('canvas');
    [canvas.width, canvas.height] = [40, 30];
    canvas.getContext('2d').fillRect(5, 5, 20, 20);
    return canvas.toDataURL(`image/${name}`) as string;
  }, type);

/** Shows the view of a state, and all of it. */
async function showState(
  panel: Panel,
  ...states: readonly Readonly<Record<string, unknown>>[]
): Promise<void> {
  const { page } = panel;
  await panel.draw(parallelNodes);
  const events = states.map((state, superstep): RunEvent => {
    const written = Object.keys(state);
    return { type: 'superstepFinished', time: superstep, path: [], superstep, written, state };
  });
  await panel.send(started, { type: 'runEvents', revision: 1, events });
  await page.getByRole('tab', { name: 'State' }).click();
  await page.locator('#stateTree .row').first().waitFor();
}

/** What is said of a key of the state. */
async function choose(page: Page, key: string): Promise<string> {
  await page.locator('#stateTree .row', { hasText: key }).click();
  return page.locator('#stateDetail').innerText();
}

const widths = (page: Page): Promise<number[]> =>
  page.locator('#stateDetail img').evaluateAll(async (images) => {
    await Promise.all(images.map((image: any) => image.decode()));
    return images.map((image: any) => image.naturalWidth as number);
  });

test('images in a state are shown as such, in each format that a data: URL or base64 may hold', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const [png, jpeg, webp] = await Promise.all(
      (['png', 'jpeg', 'webp'] as const).map((type) => picture(page, type)),
    );
    const part = { type: 'image_url', image_url: { url: jpeg } };
    const source = { type: 'base64', media_type: 'image/webp', data: webp!.split(',')[1] };
    const content = [{ type: 'text', text: 'Look:' }, part, { type: 'image', source }];
    await showState(panel, { png, gif, asked: { type: 'human', content }, list: [png, gif] });
    assert.match(await choose(page, 'png'), /PNG image, 40 × 30, [\d,]+ (bytes|kB)$/);
    assert.deepEqual(await widths(page), [40]);
    assert.deepEqual(await findBarriers(page), []);
    assert.match(await choose(page, 'gif'), /GIF image, 1 × 1, 42 bytes$/);
    assert.deepEqual(await widths(page), [1]);
    const told = await choose(page, 'asked');
    assert.match(told, /human\s+Look:\s+JPEG image, 40 × 30[^]*WebP image, 40 × 30/);
    assert.doesNotMatch(told, /base64,/);
    assert.deepEqual(await widths(page), [40, 40]);
    await choose(page, 'list');
    assert.deepEqual(await widths(page), [40, 1]);
    const rows = await page.locator('#stateTree').innerText();
    assert.match(rows, /PNG image, 40 × 30/);
    assert.match(rows, /human: Look: \(JPEG image, 40 × 30/);
    assert.doesNotMatch(rows, /iVBOR/);
    assert.deepEqual(panel.faults, []);
  }));

test('nothing is an image that may hold script, is somewhere else, or only says that it is one', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect/></svg>';
    const texts = {
      svgText: svg,
      svgUrl: `data:image/svg+xml;base64,${Buffer.from(svg.repeat(3)).toString('base64')}`,
      lies: `data:image/png;base64,${Buffer.from(svg.repeat(3)).toString('base64')}`,
      remote: 'https://example.org/picture.png',
      quoted: `${gif}" onerror="alert(1)`,
    };
    await showState(panel, texts);
    for (const key of Object.keys(texts)) {
      await choose(page, key);
      assert.equal(await page.locator('#stateDetail :is(img, svg)').count(), 0, key);
    }
    assert.deepEqual(panel.faults, []);
    assert.deepEqual(panel.requests, []);
  }));

test('the type of an image is what its bytes say, and one that is broken is shown as its text', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const png = await picture(page, 'png');
    const renamed = png.replace('image/png', 'image/svg+xml');
    await showState(panel, { renamed, broken: `${png.slice(0, 70)}${'A'.repeat(400)}` });
    await choose(page, 'renamed');
    const source = await page.locator('#stateDetail img').getAttribute('src');
    assert.match(source!, /^data:image\/png;/);
    await choose(page, 'broken');
    await page.locator('#stateDetail pre', { hasText: 'AAAA' }).waitFor();
    assert.equal(await page.locator('#stateDetail img').count(), 0);
  }));

test('an image that was cut, or has more pixels than fit into memory, is told of', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const png = (await picture(page, 'png')).split(',')[1]!;
    const bytes = Buffer.from(png, 'base64');
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(60_000, 20);
    const cut = `${png.slice(0, 100)} … (1,000,000 characters more)`;
    await showState(panel, { cut, bomb: bytes.toString('base64') });
    assert.match(await choose(page, 'cut'), /PNG image, 40 × 30, too large to be shown$/);
    assert.match(await choose(page, 'bomb'), /PNG image, 60000 × 60000/);
    assert.equal(await page.locator('#stateDetail img').count(), 0);
  }));

test('a text that is JSON opens as a tree, whose parts tell what has changed', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const plan = (steps: readonly string[]) => JSON.stringify({ title: 'Trip', steps });
    const broken = '{ "title": ';
    await showState(
      panel,
      { plan: plan(['pack']), broken },
      { plan: plan(['pack', 'go']), broken },
    );
    const rows = () => page.locator('#stateTree .row').allInnerTexts();
    await choose(page, 'plan');
    await page.getByRole('tree').focus();
    await page.keyboard.press('ArrowRight');
    const flat = async () => (await rows()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
    assert.deepEqual((await flat()).slice(1), [
      'title Trip',
      '▸ steps [2] changed',
      'broken { "title":',
    ]);
    assert.match(await choose(page, 'plan'), /"steps": \[/);
    await page.getByLabel('Search the state').fill('go');
    assert.deepEqual((await flat()).slice(-1), ['1 go new']);
  }));

test('a list of messages is shown as messages, and of very many the last', () =>
  withPanel(browser, {}, async (panel) => {
    const { page } = panel;
    const say = (n: number) => ({ type: n % 2 ? 'ai' : 'human', content: `text ${n}` });
    const few = [say(0), say(1)];
    const many = Array.from({ length: 150 }, (_, n) => say(n));
    await showState(panel, { few, many, mixed: [say(0), 'no message'] });
    assert.match(await choose(page, 'few'), /human\s+text 0\s+ai\s+text 1$/);
    assert.match(await choose(page, 'many'), /50 before them\s+human\s+text 50\s/);
    assert.match(await choose(page, 'mixed'), /"type": "human"/);
  }));
